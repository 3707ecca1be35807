"""Ten thousand cards of one learner: the queue, a grade, the forecast, the map.

Half of them are due; the learner has limits, easy days and load balance, so that all is counted.

python bench/cards.py [--cards 10000]
"""

import argparse
import random
import time
import uuid
from datetime import UTC, date, datetime, timedelta

import httpx
import psycopg
from house import house, sign_up


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cards", type=int, default=10_000)
    amount = parser.parse_args().cards
    with house(LLM_PROVIDER="offline") as server:
        user, headers = sign_up(server)
        named = dict(line.split(": ", 1) for line in headers)
        with psycopg.connect(server.env["DATABASE_URL"], autocommit=True) as connection:
            with connection.cursor().copy(
                "COPY learn_card (id, user_id, question, answer, concept, state, phase, step, stability, difficulty,"
                " due, last_review, looks, created_at, updated_at) FROM STDIN"
            ) as copy:
                for n in range(amount):
                    moment = datetime.now(UTC) + timedelta(days=random.uniform(-180, 180))
                    copy.write_row(
                        (uuid.uuid4(), user, f"Question {n}?", "An answer of some length. " * 4, f"topic {n % 100}", "active", 2, None,
                         random.uniform(1, 90), random.uniform(1, 10), moment.isoformat(),
                         "2025-12-01", 0, "2025-12-01", "2025-12-01")
                    )  # fmt: skip
            connection.execute("ANALYZE learn_card")
        with httpx.Client(base_url=server.url, headers=named, trust_env=False) as client:
            times: dict[str, list[float]] = {}

            def timed(what: str, method: str, path: str, **options: object) -> dict:
                started = time.perf_counter()
                answer = client.request(method, path, **options).raise_for_status()
                times.setdefault(what, []).append(time.perf_counter() - started)
                return answer.json()

            good = {"json": {"rating": "good"}}
            for _ in range(300):
                card = timed("due queue", "GET", "/learn/reviews/due")["cards"][0]["id"]
                timed("grade", "POST", f"/learn/reviews/{card}/grade", **good)
            wishes = {
                "reviews_per_day": 9999,
                "new_per_day": 9999,
                "load_balance": True,
                "easy_days": {"sunday": "none", "saturday": "reduced"},
                "time_zone": "Europe/Madrid",
            }
            client.patch("/learn/settings", json=wishes).raise_for_status()
            for _ in range(300):
                card = timed("due queue, limits", "GET", "/learn/reviews/due")["cards"][0]["id"]
                timed("grade, load balance", "POST", f"/learn/reviews/{card}/grade", **good)
            for _ in range(100):
                timed("forecast", "GET", "/learn/reviews/forecast")
                timed("map", "GET", "/learn/map")
    asked = {"due queue": 30, "due queue, limits": 30, "grade": 25, "grade, load balance": 25}
    for name, found in times.items():
        found.sort()
        p50, p95 = (found[int(len(found) * q)] * 1000 for q in (0.5, 0.95))
        wanted = f" (asked: p95 under {asked[name]})" if name in asked else ""
        print(
            f"{date.today()}: {name} with {amount} cards: p50 {p50:.1f}, p95 {p95:.1f} ms{wanted}"
        )


if __name__ == "__main__":
    main()
