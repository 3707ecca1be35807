"""Ten thousand cards of one learner: the queue, and a grade.

python bench/cards.py [--cards 10000]
"""

import argparse
import random
import time
import uuid
from datetime import date

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
                " due, last_review, created_at, updated_at) FROM STDIN"
            ) as copy:
                for n in range(amount):
                    copy.write_row(
                        (uuid.uuid4(), user, f"Question {n}?", "An answer of some length. " * 4, "topic", "active", 2, None,
                         random.uniform(1, 90), random.uniform(1, 10), f"2026-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
                         "2025-12-01", "2025-12-01", "2025-12-01")
                    )  # fmt: skip
            connection.execute("ANALYZE learn_card")
        with httpx.Client(base_url=server.url, headers=named, trust_env=False) as client:
            queue, grades = [], []
            for _ in range(300):
                started = time.perf_counter()
                due = client.get("/learn/reviews/due").json()
                queue.append(time.perf_counter() - started)
                card = due["cards"][0]["id"]
                started = time.perf_counter()
                client.post(
                    f"/learn/reviews/{card}/grade", json={"rating": "good"}
                ).raise_for_status()
                grades.append(time.perf_counter() - started)
    for name, times, asked in (("due queue", queue, 30), ("grade", grades, 25)):
        times.sort()
        p50, p95 = (times[int(len(times) * q)] * 1000 for q in (0.5, 0.95))
        print(
            f"{date.today()}: {name} with {amount} cards: p50 {p50:.1f}, p95 {p95:.1f} ms (asked: p95 under {asked})"
        )


if __name__ == "__main__":
    main()
