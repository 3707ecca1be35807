"""The life of a lesson. Only here and in ``replies`` do its step, tool and status change."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from billing.selectors import Allowance
from billing.services import quotas
from learn import errors
from learn.models import LearnSession
from learn.rules import path, schedule
from learn.rules.steps import Status, Step
from solacore.kit.rows import select

# One statement: one more lesson allowed, and the session, or neither.
_START = f"""
    WITH permitted AS (SELECT 1), {quotas.SPEND}
    INSERT INTO learn_learnsession
           (id, user_id, device_id, status, current_step, mode, tool_plan, current_tool,
            completed_tools, locale, created_at, updated_at)
    SELECT %(id)s, %(user)s,
           (SELECT id FROM accounts_device
             WHERE user_id = %(user)s AND fingerprint = %(fingerprint)s),
           'active', 'start', %(mode)s, %(plan)s::varchar[], %(tool)s, '{{}}',
           %(locale)s, %(now)s, %(now)s
      FROM spent"""  # noqa: S608


def start(
    *,
    user_id: UUID,
    mode: str,
    fingerprint: str | None,
    locale: str,
    allowance: Allowance,
    now: datetime,
) -> UUID:
    """Open a lesson and count it; return its id. An unknown device is fine.

    Raises InvalidMode, QuotaExceeded; then nothing is kept.
    """
    plan = path.default(mode)
    session_id = uuid4()
    parameters: dict[str, Any] = {
        **quotas.spend_parameters(user_id=user_id, allowance=allowance, now=now),
        "id": session_id,
        "fingerprint": fingerprint,
        "mode": mode,
        "plan": plan,
        "tool": plan[0] if plan else None,
        "locale": locale,
    }
    with connection.cursor() as cursor:
        cursor.execute(_START, parameters)
        if not cursor.rowcount:
            raise quotas.exceeded(user_id=user_id, allowance=allowance)
    return session_id


def lock(*, session_id: UUID, user_id: UUID) -> LearnSession:
    """Return somebody's own session, locked. Raises SessionNotFound."""
    found = select(LearnSession, "id = %s AND user_id = %s FOR UPDATE", [session_id, user_id])
    if not found:
        raise errors.SessionNotFound
    return found[0]


@transaction.atomic
def change(
    *, session_id: UUID, user_id: UUID, step: str | None, status: str | None, now: datetime
) -> LearnSession:
    """Set the step, the status, or both; a refusal leaves all as it was.

    Any step may be set, also the one already reached: the web client says where it is.
    Raises SessionNotFound, InvalidStep, InvalidStatus.
    """
    session = lock(session_id=session_id, user_id=user_id)
    if step is not None:
        if step not in Step.values:
            raise errors.InvalidStep
        session.current_step = step
    if status is not None:
        if status not in Status.values:
            raise errors.InvalidStatus
        if status == Status.COMPLETED:
            complete(session, now)
        else:
            session.status, session.completed_at = status, None
    session.save()
    return session


@transaction.atomic
def choose_path(
    *,
    session_id: UUID,
    user_id: UUID,
    mode: str,
    selected: Sequence[str],
    preferred: Sequence[str],
) -> LearnSession:
    """Choose which tools, in which order; the first one is current.

    What was recorded as done stays recorded, as far as it is in the new path.
    Raises SessionNotFound, SessionNotActive, ToolsRequired, InvalidTool,
    InvalidPreferredOrder, EmptyToolPlan.
    """
    session = _active(session_id, user_id)
    session.tool_plan = path.plan(mode, selected, preferred)
    session.mode, session.current_tool = mode, session.tool_plan[0]
    session.completed_tools = path.recorded(session.tool_plan, session.completed_tools)
    session.save(
        update_fields=["mode", "tool_plan", "current_tool", "completed_tools", "updated_at"]
    )
    return session


@transaction.atomic
def switch_tool(*, session_id: UUID, user_id: UUID, tool: str) -> LearnSession:
    """Go on with another tool of the plan; going forward records the one that is left as done.

    Raises SessionNotFound, SessionNotActive, ToolNotInPlan.
    """
    session = _active(session_id, user_id)
    if tool not in session.tool_plan:
        raise errors.ToolNotInPlan(tool=tool)
    left = path.left_behind(session.tool_plan, session.current_tool, tool)
    session.completed_tools = path.recorded(session.tool_plan, session.completed_tools, left)
    session.current_tool = tool
    session.save(update_fields=["current_tool", "completed_tools", "updated_at"])
    return session


def complete(session: LearnSession, now: datetime) -> None:
    """Complete a locked session and say when to review it; the caller saves it."""
    if session.status == Status.COMPLETED:
        return
    session.status, session.completed_at = Status.COMPLETED, now
    session.review_schedule = schedule.reviews(now)


def take_back(session: LearnSession, to: Step) -> None:
    """Put a locked session back to where a replaced answer found it, and save it."""
    session.current_step = to
    if session.status == Status.COMPLETED:
        session.status, session.completed_at, session.review_schedule = Status.ACTIVE, None, None
    session.save()


def delete(*, session_id: UUID, user_id: UUID) -> None:
    """Delete a lesson with all that was said. Raises SessionNotFound."""
    deleted, _ = LearnSession.objects.owned_by(user_id).filter(pk=session_id).delete()
    if not deleted:
        raise errors.SessionNotFound


@transaction.atomic
def erase_all(*, user_id: UUID, now: datetime) -> list[UUID]:
    """Delete all of somebody's lessons; return the answers of the last hours."""
    parameters: dict[str, Any] = {"user": user_id, "since": now - timedelta(hours=2)}
    with connection.cursor() as cursor:
        cursor.execute(_RECENT_ANSWERS, parameters)
        answers = [row[0] for row in cursor.fetchall()]
        for statement in _ERASE:
            cursor.execute(statement, parameters)
    return answers


_MINE = "(SELECT id FROM learn_learnsession WHERE user_id = %(user)s)"
_RECENT_ANSWERS = f"""
    SELECT id FROM learn_learnmessage
     WHERE role = 'assistant' AND updated_at > %(since)s AND session_id IN {_MINE}"""  # noqa: S608
_ERASE = [
    "DELETE FROM learn_review WHERE user_id = %(user)s",
    "DELETE FROM learn_card WHERE user_id = %(user)s",
    "DELETE FROM learn_concept WHERE user_id = %(user)s",
    "DELETE FROM learn_learnersettings WHERE user_id = %(user)s",
    "DELETE FROM learn_calendarfeed WHERE user_id = %(user)s",
    f"DELETE FROM learn_learnmessage WHERE session_id IN {_MINE}",  # noqa: S608
    "DELETE FROM learn_learnsession WHERE user_id = %(user)s",
]


def _active(session_id: UUID, user_id: UUID) -> LearnSession:
    session = lock(session_id=session_id, user_id=user_id)
    if session.status != Status.ACTIVE:
        raise errors.SessionNotActive(status=session.status)
    return session
