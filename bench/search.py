"""A hundred thousand messages in ten thousand sessions of one person: the list, and search.

As many belong to others (5,000 each) in the same table.

python bench/search.py [--sessions 10000] [--others 20] [--rounds 100]
"""

import argparse
import random
import time
import uuid
from datetime import UTC, date, datetime, timedelta

import httpx
import psycopg
from house import house, sign_up

MESSAGES = 10
SYLLABLES = [
    "ba",
    "be",
    "bi",
    "co",
    "da",
    "de",
    "di",
    "el",
    "fa",
    "fo",
    "ga",
    "go",
    "ha",
    "in",
    "jo",
    "ka",
    "la",
    "lo",
    "ma",
    "me",
    "mi",
    "no",
    "on",
    "or",
    "pa",
    "re",
    "si",
    "to",
    "un",
    "ve",
]
ASKED = {
    "plain list": None,
    "plain list, offset 9,980": "offset=9980",
    "rare word": "q=zebra",
    "word of 6 in 10 messages": "q=landlord",
    "the same, inflected": "q=landlords",
    "two common words": "q=landlord%20here",
    "part of a common word": "q=andlor",
    "part of a word, 1 in 20": "q=eighbou",
    "CJK, 1 in 200": "q=房租",
    "no hit": "q=qqzzxx",
    "one letter, everywhere": "q=e",
    "one character, nowhere": "q=%25",
    "common, offset 9,900": "q=landlord&offset=9900",
    "common, status and dates": "q=landlord&status=active&from_date=2025-06-01T00:00:00Z",
    "a hundred letters": "q=" + "%20".join("abcdefghijklmnoprstuv"),
}


def texts() -> list[str]:
    """Return some of each kind; words as frequent as Zipf says, a tenth in Chinese."""
    words = ["".join(random.choices(SYLLABLES, k=random.randint(1, 4))) for _ in range(6000)]
    weights = [1 / (rank + 8) for rank in range(len(words))]
    letters = [chr(0x4E00 + random.randrange(3000)) for _ in range(2000)]
    found = []
    for n in range(20_000):
        if n % 10 == 0:
            found.append(
                "".join(random.choices(letters, k=120)) + ("，房租" if n % 200 == 0 else "")
            )
            continue
        said = random.choices(words, weights, k=random.randint(20, 90))
        if random.random() < 0.6:
            said.append("my landlord is here")
        if n % 20 == 1:
            said.append("the neighbour")
        found.append(" ".join(said))
    return found


def fill(database: str, user: str, sessions: int, said: list[str]) -> None:
    """Give somebody sessions of ten messages each, fifty minutes apart."""
    start = datetime(2025, 1, 1, tzinfo=UTC)
    made = [(uuid.uuid4(), start + timedelta(minutes=50 * n)) for n in range(sessions)]
    with psycopg.connect(database, autocommit=True) as connection:
        with connection.cursor().copy(
            "COPY solve_solvesession (id, user_id, status, current_step, locale, action_completed, reminder_sent,"
            " tags, first_message, created_at, updated_at) FROM STDIN"
        ) as copy:
            for session, at in made:
                copy.write_row(
                    (
                        session,
                        user,
                        "active",
                        "receive",
                        "en",
                        False,
                        False,
                        "{}",
                        "My landlord",
                        at,
                        at,
                    )
                )
        started = time.perf_counter()
        with connection.cursor().copy(
            "COPY solve_message (id, session_id, number, role, state, content, closing, created_at, updated_at) FROM STDIN"
        ) as copy:
            for session, at in made:
                for number in range(MESSAGES):
                    text = random.choice(said) + (
                        " zebra" if session == made[sessions // 2][0] and not number else ""
                    )
                    role = "assistant" if number % 2 else "user"
                    copy.write_row(
                        (uuid.uuid4(), session, number, role, "complete", text, "[]", at, at)
                    )
        each = (time.perf_counter() - started) / (sessions * MESSAGES)
    print(f"{sessions * MESSAGES} messages kept and indexed in {each * 1000:.2f} ms each")


def settle(database: str) -> None:
    """Leave the tables as autovacuum would, and say how large they are."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        sizes = connection.execute(
            "SELECT pg_relation_size('solve_searchentry') >> 20, pg_relation_size('solve_searchentry_terms') >> 20"
        ).fetchone()
    print(f"entries {sizes[0]}, their index {sizes[1]} MB")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--others", type=int, default=20)
    given = parser.parse_args()
    random.seed(1)
    with house(LLM_PROVIDER="offline") as server:
        user, headers = sign_up(server)
        database, said = server.env["DATABASE_URL"], texts()
        fill(database, user, given.sessions, said)
        for _ in range(given.others):
            fill(database, sign_up(server)[0], 500, said)
        settle(database)
        named = dict(line.split(": ", 1) for line in headers)
        with httpx.Client(base_url=server.url, headers=named, trust_env=False) as client:
            for name, query in ASKED.items():
                times = []
                for _ in range(given.rounds):
                    started = time.perf_counter()
                    answer = client.get(f"/sessions?{query or ''}")
                    times.append(time.perf_counter() - started)
                    answer.raise_for_status()
                times.sort()
                p50, p95 = (times[int(len(times) * q)] * 1000 for q in (0.5, 0.95))
                print(f"{date.today()}: {name}: {answer.json()['total']} found, p50 {p50:.1f}, p95 {p95:.1f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
