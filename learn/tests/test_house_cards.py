"""Several at once, on a real server and real connections: nothing is lost, nothing is doubled."""

import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from itertools import pairwise

import httpx
import psycopg
import pytest

from learn.rules import memory
from learn.rules.memory import Memory, Rating

pytestmark = [pytest.mark.house, pytest.mark.timeout(120)]


@pytest.fixture
def somebody(live_house):
    """Register somebody on the running server."""
    clients = []

    def somebody():
        fingerprint = uuid.uuid4().hex
        body = {
            "email": f"{fingerprint[:12]}@example.com",
            "password": "Quiet-Morning-7",
            "device_fingerprint": fingerprint,
        }
        found = httpx.post(f"{live_house.url}/auth/register", json=body, trust_env=False).json()
        headers = {"authorization": f"Bearer {found['access_token']}"}
        client = httpx.Client(base_url=live_house.url, headers=headers, trust_env=False, timeout=30)
        clients.append(client)
        return client, found["user_id"]

    yield somebody
    for client in clients:
        client.close()


def at_once(*calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def rows(house, sql, *values):
    with psycopg.connect(house.env["DATABASE_URL"]) as connection:
        return connection.execute(sql, values).fetchall()


def test_grades_of_many_devices_at_once_are_all_kept_in_a_row(live_house, somebody):
    client, user = somebody()
    card = client.post("/learn/cards", json={"question": "q", "answer": "a"}).json()["id"]

    def grade(rating, key):
        return lambda: client.post(
            f"/learn/reviews/{card}/grade",
            json={"rating": rating},
            headers={"idempotency-key": key},
        )

    ratings = ["good", "again", "hard", "easy"]
    # Eight devices, each of which sends its grade twice.
    calls = [grade(ratings[n % 4], f"k{n}") for n in range(8) for _ in range(2)]
    assert {reply.status_code for reply in at_once(*calls)} == {200}
    sql = "SELECT number, rating, at, before FROM learn_review WHERE user_id = %s ORDER BY number"
    looks = rows(live_house, sql, user)
    assert [number for number, *_ in looks] == list(range(1, 9))
    for (_, rating, at, before), (*_, after) in pairwise(looks):  # each began where one had ended
        known = memory.grade(Memory.unpacked(before), Rating(rating), now=at.astimezone(UTC))
        assert known == Memory.unpacked(after)
    ((kept,),) = rows(live_house, "SELECT looks FROM learn_card WHERE id = %s", card)
    assert kept == 8


def test_undo_at_once_takes_one_grade_back(live_house, somebody):
    client, user = somebody()
    card = client.post("/learn/cards", json={"question": "q", "answer": "a"}).json()["id"]
    for rating in ("good", "easy"):
        client.post(f"/learn/reviews/{card}/grade", json={"rating": rating})
    replies = at_once(*[lambda: client.post(f"/learn/reviews/{card}/undo")] * 6)
    assert {reply.status_code for reply in replies} == {200}
    sql = "SELECT number FROM learn_review WHERE user_id = %s AND withdrawn_at IS NOT NULL"
    assert rows(live_house, sql, user) == [(2,)]


def test_same_file_brought_in_by_two_at_once_is_one(live_house, somebody):
    client, user = somebody()
    body = {"format": "csv", "content": "".join(f"q{n},a\n" for n in range(200))}
    replies = at_once(*[lambda: client.post("/learn/cards/import", json=body)] * 4)
    assert sorted(reply.json()["created"] for reply in replies) == [0, 0, 0, 200]
    assert rows(live_house, "SELECT count(*) FROM learn_card WHERE user_id = %s", user) == [(200,)]


def test_settings_changed_by_two_at_once_are_both_kept(live_house, somebody):
    client, _ = somebody()
    changes = [
        {"new_per_day": 7},
        {"reviews_per_day": 70},
        {"digest_hour": 7},
        {"load_balance": True},
    ]
    at_once(*[lambda c=c: client.patch("/learn/settings", json=c) for c in changes])
    found = client.get("/learn/settings").json()
    assert all(found[name] == value for change in changes for name, value in change.items())


def test_two_schedulers_at_once_send_one_letter_each(live_house, somebody):
    people = [somebody() for _ in range(5)]
    for client, user in people:
        client.post("/learn/cards", json={"question": "q", "answer": "a"})
        client.patch("/learn/settings", json={"digest": True})
        with psycopg.connect(live_house.env["DATABASE_URL"]) as connection:
            connection.execute(
                "UPDATE learn_learnersettings SET digest_next = now() - interval '1 minute' WHERE user_id = %s", [user]
            )  # fmt: skip
    command = [sys.executable, "manage.py", "send_review_digests", "--verbosity", "0"]
    running = [subprocess.Popen(command, env=live_house.env) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    queued = rows(
        live_house, "SELECT args_kwargs::text FROM django_tasks_database_dbtaskresult WHERE args_kwargs::text LIKE '%%review_digest%%'"
    )  # fmt: skip
    for _, user in people:
        assert sum(user in row for (row,) in queued) == 1
