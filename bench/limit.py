"""The limit: a bare ASGI application that does our round trips and sends our bytes, nothing else.

Reads DATABASE_URL, REDIS_URL, USER_ID and SESSION_ID (the rows that the run has seeded in our
own tables), so both sides ask the same database for the same rows.
"""

import os
import uuid

import orjson
from psycopg_pool import AsyncConnectionPool
from redis.asyncio import Redis

USER, SESSION = os.environ["USER_ID"], os.environ["SESSION_ID"]
redis = Redis.from_url(os.environ["REDIS_URL"], max_connections=64)
pool = AsyncConnectionPool(os.environ["DATABASE_URL"], min_size=4, max_size=4, open=False)
ME = orjson.dumps(
    {"id": USER, "email": "bench@example.com", "auth_provider": "email", "locale": "en"}
)
LIVE = orjson.dumps({"status": "healthy", "live": True, "checks": {"service": {"status": "up"}}})
HISTORY = """
    WITH mine AS (SELECT * FROM solve_solvesession WHERE user_id = %s),
    page AS (SELECT * FROM mine ORDER BY created_at DESC, id LIMIT 20)
    SELECT id::text, status, current_step, created_at::text, completed_at::text, first_message, tags,
           (SELECT count(*) FROM mine) FROM page"""
MESSAGES = """SELECT id::text, role, content, step, state, created_at::text
              FROM solve_message WHERE session_id = %s ORDER BY number"""
CREATE = """
    WITH s AS (INSERT INTO solve_solvesession
        (id, user_id, status, current_step, locale, tags, action_completed, reminder_sent, created_at, updated_at)
        VALUES (%(id)s, %(user)s, 'active', 'receive', 'en', '{}', false, false, now(), now()) RETURNING id),
    v AS (INSERT INTO solve_stepvisit (id, session_id, step, started_at, message_count, created_at, updated_at)
        SELECT gen_random_uuid(), id, 'receive', now(), 0, now(), now() FROM s),
    e AS (INSERT INTO solve_analyticsevent (id, user_id, session_id, event_type, payload, created_at, updated_at)
        SELECT gen_random_uuid(), %(user)s, id, 'session_started', '{}', now(), now() FROM s),
    u AS (UPDATE billing_usage SET session_count = session_count + 1 WHERE user_id = %(user)s
        RETURNING session_count)
    SELECT session_count FROM u"""


async def count() -> None:
    pipe = redis.pipeline(transaction=False)
    pipe.incr("bench:limit")
    pipe.expire("bench:limit", 60)
    await pipe.execute()


async def rows(sql: str, parameters: object) -> list:
    async with pool.connection() as connection:
        return await (await connection.execute(sql, parameters)).fetchall()


async def app(scope, receive, send) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await pool.open()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    path, status = scope["path"], 200
    if path == "/health/live":
        body = LIVE
    else:
        await count()
        if path == "/auth/me":
            body = ME
        elif scope["method"] == "POST":
            status = 201
            used = await rows(CREATE, {"id": uuid.uuid4(), "user": USER})
            usage = {"sessions_used": used[0][0], "sessions_limit": 0, "tier": "free"}
            body = orjson.dumps({"session_id": USER, "status": "active", "usage": usage})
        elif path == "/sessions":
            found = await rows(HISTORY, [USER])
            body = orjson.dumps({"sessions": [list(row) for row in found], "total": found[0][-1]})
        else:
            one = await rows(
                "SELECT id::text, status FROM solve_solvesession WHERE id = %s", [SESSION]
            )
            said = await rows(MESSAGES, [SESSION])
            body = orjson.dumps({"id": one[0], "messages": [list(row) for row in said]})
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
