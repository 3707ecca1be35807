"""Does time tell who has an account? And do logins hold up anybody else?

python bench/enumeration.py [--samples 300]

AUC: the chance that a random answer for a known address took longer than one for an unknown
one; 0.5 is a coin (Mann-Whitney U over n*m). Classes interleave, one request at a time.
"""

import argparse
import random
import statistics
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import httpx
from house import Server, house

PASSWORD = "Quiet-Morning-7"
TRIES_EACH = 6  # below what one account's tally allows


def person(client: httpx.Client) -> dict[str, str]:
    body = {
        "email": f"{uuid.uuid4().hex[:12]}@example.com",
        "password": PASSWORD,
        "device_fingerprint": uuid.uuid4().hex,
    }
    client.post("/auth/register", json=body).raise_for_status()
    return body


def timed(client: httpx.Client, path: str, body: dict[str, str]) -> float:
    started = time.perf_counter()
    reply = client.post(path, json=body)
    taken = time.perf_counter() - started
    assert reply.status_code in (200, 401), reply.text
    return taken


def auc(known: list[float], unknown: list[float]) -> float:
    wins = sum((k > u) + 0.5 * (k == u) for k in known for u in unknown)
    return wins / (len(known) * len(unknown))


def login_body(email: str) -> dict[str, str]:
    return {"email": email, "password": "Wrong-Morning-7", "device_fingerprint": uuid.uuid4().hex}


def compare(client: httpx.Client, path: str, emails: list[str], samples: int) -> None:
    body = login_body if path == "/auth/login" else lambda email: {"email": email}
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    for n in range(samples):
        pair = [
            ("known", emails[n % len(emails)]),
            ("unknown", f"{uuid.uuid4().hex[:12]}@example.com"),
        ]
        random.shuffle(pair)
        for name, email in pair:
            times[name].append(timed(client, path, body(email)))
            time.sleep(0.004)
    medians = {name: statistics.median(values) * 1000 for name, values in times.items()}
    gap = abs(medians["known"] - medians["unknown"])
    print(
        f"| `POST {path}` | {auc(times['known'], times['unknown']):.3f} | 0.45-0.55 "
        f"| {medians['known']:.1f} / {medians['unknown']:.1f} ms | {gap:.2f} ms (under 3) |"
    )


def logins(server: Server, people: list[dict[str, str]]) -> None:
    """20 logins at once, and somebody who only asks who they are."""
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        answer = client.post("/auth/login", json=people[0]).json()
        client.headers["Authorization"] = f"Bearer {answer['access_token']}"
        waits, done = [], threading.Event()

        def ask() -> None:
            while not done.is_set():
                started = time.perf_counter()
                client.get("/auth/me").raise_for_status()
                waits.append(time.perf_counter() - started)

        asking = threading.Thread(target=ask)
        asking.start()
        with ThreadPoolExecutor(20) as pool:
            url = f"{server.url}/auth/login"

            def post(who):
                return httpx.post(url, json=who, trust_env=False, timeout=60)

            replies = list(pool.map(post, people[1:21]))
        done.set()
        asking.join()
    assert {reply.status_code for reply in replies} == {200}
    waits.sort()
    print(
        f"\n`GET /auth/me` beside 20 logins: median {waits[len(waits) // 2] * 1000:.0f} ms, "
        f"longest {waits[-1] * 1000:.0f} ms of {len(waits)} (asked: under 300)"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", type=int, default=300)
    samples = parser.parse_args().samples
    with (
        house(LLM_PROVIDER="offline", BETA_MODE="false") as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=60) as client,
    ):
        people = [person(client) for _ in range(max(21, samples // TRIES_EACH))]
        emails = [who["email"] for who in people]
        time.sleep(3)  # the welcome letters are out
        print(f"\n{date.today()}, {samples} samples of each class\n")
        print("| Route | AUC | asked | median known / unknown | apart |\n|---|---|---|---|---|")
        compare(client, "/auth/login", emails, samples)
        compare(client, "/auth/forgot-password", emails, samples)
        logins(server, people)


if __name__ == "__main__":
    main()
