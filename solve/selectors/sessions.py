"""The two hot reads: the history and one session, rows as they leave PostgreSQL.

Measured (speed.md 1): model instances and a schema over them cost 2-3 times what these plain
rows do; times and ids are made text where they are, so nothing is parsed twice.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from solve import errors
from solve.selectors import highlights, search

_TIME = """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def _time(column: str) -> str:
    return _TIME.format(column)


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which sessions to list; None asks nothing. ``tags`` match any, ``words`` all (search.py)."""

    status: str | None = None
    words: str | None = None
    tags: Sequence[str] | None = None
    since: datetime | None = None
    until: datetime | None = None


_SUMMARY = ("id", "status", "current_step", "created_at", "completed_at", "first_message", "tags")
_HISTORY = f"""
    WITH mine AS (
        SELECT s.id, s.created_at FROM solve_solvesession s WHERE s.user_id = %(user)s {{where}}
    ), page AS (
        SELECT s.* FROM solve_solvesession s JOIN (
            SELECT id FROM mine ORDER BY created_at DESC, id LIMIT %(limit)s OFFSET %(offset)s
        ) AS found USING (id)
    )
    SELECT id::text, status, current_step, {_time("created_at")}, {_time("completed_at")},
           first_message, tags, (SELECT count(*) FROM mine)
      FROM page ORDER BY created_at DESC, id"""  # noqa: S608
_CONDITIONS = {
    "status": "AND s.status = %(status)s",
    "tags": "AND s.tags && %(tags)s::varchar[]",
    "since": "AND s.created_at >= %(since)s",
    "until": "AND s.created_at <= %(until)s",
}


def history(
    *, user_id: UUID, wanted: HistoryFilter, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    """Return a page of somebody's sessions, newest first, and how many there are in all.

    With ``words`` each has ``highlights``: where its messages say them.
    """
    asked = search.read(wanted.words.split()) if wanted.words and wanted.words.strip() else None
    parameters: dict[str, Any] = {"user": user_id, "limit": limit, "offset": offset}
    where = []
    for name, condition in _CONDITIONS.items():
        value = getattr(wanted, name)
        if value is not None:
            parameters[name] = value
            where.append(condition)
    if asked is not None:
        where.append(f"AND {search.condition(asked)}")
        parameters |= search.parameters(asked, user_id)
    statement = _HISTORY.replace("{where}", " ".join(where))
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
        if rows or not offset:
            total = rows[0][-1] if rows else 0
        else:  # past the end there is no row to read it from
            cursor.execute(statement, {**parameters, "offset": 0})
            found = cursor.fetchone()
            total = found[-1] if found else 0
    page = [dict(zip(_SUMMARY, row[:-1], strict=True)) for row in rows]
    if asked is not None and page:
        marked = highlights.of_sessions(asked, session_ids=[s["id"] for s in page])
        for session in page:
            session["highlights"] = marked.get(session["id"], [])
    return page, total


_DETAIL = (
    "id", "status", "current_step", "created_at", "completed_at", "locale", "tags",
    "reminder_time", "first_step_action", "action_completed", "action_completed_at",
    "follows", "check_in",
)  # fmt: skip
_ONE = f"""
    SELECT id::text, status, current_step, {_time("created_at")}, {_time("completed_at")},
           locale, tags, {_time("reminder_time")}, first_step_action, action_completed,
           {_time("action_completed_at")}, follows_id::text,
           (SELECT jsonb_build_object('due_at', {_time("c.due_at")}, 'outcome', c.outcome,
                                      'answered_at', {_time("c.answered_at")})
              FROM solve_checkin c WHERE c.session_id = solve_solvesession.id
             ORDER BY c.created_at DESC, c.id DESC LIMIT 1)::text
      FROM solve_solvesession WHERE id = %(id)s AND user_id = %(user)s"""  # noqa: S608
_MESSAGE = ("id", "role", "content", "step", "state", "variants", "created_at")
_MESSAGES = f"""
    SELECT id::text, role, content, step, state, variants, {_time("created_at")}
      FROM solve_message WHERE session_id = %(id)s AND role <> 'system' AND NOT shelved
     ORDER BY number LIMIT %(limit)s OFFSET %(offset)s"""  # noqa: S608


def detail(
    *, session_id: UUID, user_id: UUID, messages: bool, limit: int | None, offset: int
) -> dict[str, Any]:
    """Return a session, with its messages if wanted (all of them when ``limit`` is None).

    ``completed_at``, ``messages`` and a message's ``step`` are left out when there is none
    (M5); the system's message is never shown (M13). Raises SessionNotFound.
    """
    parameters = {"id": session_id, "user": user_id, "limit": limit, "offset": offset}
    with connection.cursor() as cursor:
        cursor.execute(_ONE, parameters)
        row = cursor.fetchone()
        if row is None:
            raise errors.SessionNotFound
        found = dict(zip(_DETAIL, row, strict=True))
        if found["completed_at"] is None:
            del found["completed_at"]
        if found["check_in"] is not None:
            found["check_in"] = json.loads(found["check_in"])
        if messages:
            cursor.execute(_MESSAGES, parameters)
            found["messages"] = [_message(said) for said in cursor.fetchall()]
    return found


def _message(row: tuple[Any, ...]) -> dict[str, Any]:
    said = dict(zip(_MESSAGE, row, strict=True))
    if said["step"] is None:
        del said["step"]
    return said
