"""Rubbish at every address of the description: a clear code, never a 5xx, always the envelope."""

import json
import random
import uuid
from urllib.parse import quote

import pytest

from solacore.api import api

TEXTS = [
    "", "a\x00b", "'; drop table x;--", "%", "\\", "../../etc", "9" * 400, "-1", "0", "1e309", "NaN",
    "true", "null", "[]", "{}", "😀" * 50, "x" * 9000, "\u202e", "\ufffe", "urn:uuid:" + "0" * 32,
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "2026-02-30", "active", "receive", "completed",
]  # fmt: skip
VALUES = [
    *TEXTS, None, True, False, 0, -1, 2**31, 2**63, 2**64, 10**30, 1.5, 1e308, [], {}, [1], [None],
    ["a"] * 20, {"a": 1}, "x" * 20_000,
]  # fmt: skip
BODIES = [
    b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 3000, b'{"a":' * 2000, b"NaN", b"1" * 5000,
    b'{"content":"\\ud800","step":"receive"}', b'{"content": "x", "content": 1}', b"\xef\xbb\xbf{}",
]  # fmt: skip
FIELDS = [
    *("content", "step", "status", "current_step", "locale", "first_step_action", "reminder_time"),
    *(
        "tags",
        "template_id",
        "follow_up_of",
        "outcome",
        "note",
        "due_at",
        "next_due_at",
        "email",
        "password",
        "device_fingerprint",
        "device_name",
        "refresh_token",
    ),
]
QUERY = ["limit", "offset", "q", "tags", "status", "from_date", "to_date", "include_messages"]
HEADERS = ["x-device-fingerprint", "idempotency-key", "last-event-id", "x-csrf-token", "origin"]


def operations():
    paths = api.get_openapi_schema()["paths"]
    return [(method.upper(), path) for path, found in paths.items() for method in found]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(4))
def test_rubbish_is_answered_clearly_everywhere(ada, say_words, seed):
    say_words("Hm.")
    dice = random.Random(seed)
    session_id = ada.open_session()
    tried = 0
    for method, template in dice.choices([o for o in operations() if "logout" not in o[1]], k=400):
        path = template
        for place in ("session_id", "message_id", "template_id"):
            filling = dice.choice([session_id, session_id, str(uuid.uuid4()), dice.choice(TEXTS)])
            path = path.replace(f"{{{place}}}", quote(filling, safe="") or "-")
        names = dice.sample(QUERY, dice.randint(0, 3))
        query = "&".join(f"{name}={quote(dice.choice(TEXTS))}" for name in names)
        headers = {
            name: dice.choice(["", "x", "é", "a" * 500, "-1", session_id])
            for name in dice.sample(HEADERS, dice.randint(0, 2))
        }
        body = b""
        if method != "GET" and dice.random() < 0.9:
            chosen = dice.sample(FIELDS, dice.randint(0, 6))
            made = {name: dice.choice(VALUES) for name in chosen}
            body = dice.choice([*BODIES, *[json.dumps(made).encode()] * 30])
            headers["content-type"] = dice.choice(["application/json"] * 9 + ["text/plain"])
        who = ada if dice.random() < 0.85 else None
        target = f"{path}?{query}" if query else path
        sent = {**(ada.headers if who else {}), **headers}

        reply = ada.wire.send(method, target, body=body, headers=sent)

        assert reply.status < 500, (method, target, body[:200], headers, reply.body)
        if reply.status >= 400:
            assert {"error", "detail", "message"} <= set(reply.json()), (method, target)
            assert b"Traceback" not in reply.body
        tried += 1
    assert tried == 400


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", 5e20])
def test_times_beyond_the_calendar_are_422(ada, moment):
    session_id = ada.open_session()
    reply = ada.send("PATCH", f"/sessions/{session_id}", {"reminder_time": moment})
    assert reply.status == 422
    assert reply.json()["detail"][0]["loc"] == ["body", "reminder_time"]
