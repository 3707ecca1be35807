"""The life of a Solve session. Only here and in ``replies`` do its step and status change."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from accounts.models import User
from accounts.services import devices
from accounts.services.devices import DeviceClaim
from billing.selectors import Allowance
from billing.services import quotas
from solacore.kit.errors import AuthFlow
from solacore.kit.rows import insert, select
from solve import errors
from solve.models import Message, PromptTemplate, Role, SolveSession, StepVisit
from solve.rules.horizons import bucket
from solve.rules.steps import Status, Step
from solve.services import analytics, check_ins

# One statement, one round trip (speed.md 2.4): device known, one more allowed, session,
# history and event, or none of them.
_START = f"""
    WITH device AS (
        SELECT id FROM accounts_device WHERE user_id = %(user)s AND fingerprint = %(fingerprint)s
    ), permitted AS (SELECT 1 FROM device), {quotas.SPEND}, opened AS (
        INSERT INTO solve_solvesession
               (id, user_id, device_id, template_id, status, current_step, locale, tags,
                action_completed, reminder_sent, created_at, updated_at)
        SELECT %(id)s, %(user)s, device.id, %(template)s, 'active', 'receive', %(locale)s, '{{}}',
               false, false, %(now)s, %(now)s
          FROM spent, device
     RETURNING id, device_id
    ), visited AS (
        INSERT INTO solve_stepvisit
               (id, session_id, step, started_at, message_count, created_at, updated_at)
        SELECT gen_random_uuid(), id, 'receive', %(now)s, 0, %(now)s, %(now)s FROM opened
    ), noted AS (
        INSERT INTO solve_analyticsevent
               (id, user_id, session_id, event_type, payload, created_at, updated_at)
        SELECT gen_random_uuid(), %(user)s, id, 'session_started',
               jsonb_build_object('user_id', %(user)s::text, 'device_id', device_id::text),
               %(now)s, %(now)s
          FROM opened
    )
    SELECT (SELECT count(*) FROM device), (SELECT session_count FROM spent)"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Started:
    """A new session and what its owner has used by it."""

    session_id: UUID
    created_at: datetime
    sessions_used: int
    allowance: Allowance


def start(
    *,
    user_id: UUID,
    fingerprint: str,
    locale: str,
    allowance: Allowance,
    now: datetime,
    template_id: UUID | None = None,
    follow_up_of: UUID | None = None,
) -> Started:
    """Open a session at the first step and count it; ``follow_up_of`` is one it looks back on.

    Raises TemplateNotFound (asked first), SessionNotFound, DeviceNotFound, QuotaExceeded; then
    nothing is kept.
    """
    if template_id is None and follow_up_of is None:
        return _open_known(user_id, fingerprint, locale, allowance, now, None)
    with transaction.atomic():
        template = _template(template_id) if template_id else None
        if follow_up_of is not None:  # locked: from now on the answer it begins from stands
            lock(session_id=follow_up_of, user_id=user_id)
        started = _open_known(user_id, fingerprint, locale, allowance, now, template_id)
        if template is not None:
            _greet(started.session_id, template)
        if follow_up_of is not None:
            opened = SolveSession.objects.filter(pk=started.session_id)
            opened.update(follows_id=follow_up_of)
        return started


def _template(template_id: UUID) -> PromptTemplate:
    template = PromptTemplate.objects.active().filter(pk=template_id).first()
    if template is None:
        raise errors.TemplateNotFound
    return template


def _open_known(
    user_id: UUID,
    fingerprint: str,
    locale: str,
    allowance: Allowance,
    now: datetime,
    template_id: UUID | None,
) -> Started:
    """Open a session; a tester's device is made known on the way (contract M19)."""
    try:
        return _open(user_id, fingerprint, locale, allowance, now, template_id)
    except errors.DeviceNotFound:
        if not settings.BETA_MODE:
            raise
    try:
        devices.recognise(user=User(pk=user_id), claim=DeviceClaim(fingerprint), now=now)
    except AuthFlow as error:
        raise errors.DeviceNotFound from error
    return _open(user_id, fingerprint, locale, allowance, now, template_id)


def _open(
    user_id: UUID,
    fingerprint: str,
    locale: str,
    allowance: Allowance,
    now: datetime,
    template_id: UUID | None,
) -> Started:
    session_id = uuid4()
    parameters = {
        **quotas.spend_parameters(user_id=user_id, allowance=allowance, now=now),
        "id": session_id,
        "fingerprint": fingerprint,
        "template": template_id,
        "locale": locale,
    }
    with connection.cursor() as cursor:
        cursor.execute(_START, parameters)
        devices, used = cursor.fetchone()
    if not devices:
        raise errors.DeviceNotFound
    if used is None:
        raise quotas.exceeded(user_id=user_id, allowance=allowance)
    return Started(session_id, now, used, allowance)


def _greet(session_id: UUID, template: PromptTemplate) -> None:
    said = [(Role.SYSTEM, template.system_prompt), (Role.ASSISTANT, template.welcome_message)]
    Message.objects.bulk_create(
        Message(session_id=session_id, number=number, role=role, content=content)
        for number, (role, content) in enumerate(said, 1)
        if content
    )
    PromptTemplate.objects.filter(pk=template.pk).update(usage_count=F("usage_count") + 1)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a PATCH asks for. ``fields`` holds only what was sent, so null can mean "clear"."""

    status: str | None = None
    step: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)


CLEARABLE = {"reminder_time", "first_step_action"}


@transaction.atomic
def change(*, session_id: UUID, user_id: UUID, changes: Changes, now: datetime) -> SolveSession:
    """Change a session: status, then step, then the rest; a refusal leaves all as it was.

    Raises SessionNotFound, InvalidStatus, InvalidStep, InvalidStepTransition.
    """
    session = lock(session_id=session_id, user_id=user_id)
    reminder, action = session.reminder_time, session.first_step_action
    if changes.status is not None:
        if changes.status not in Status.values:
            raise errors.InvalidStatus
        _set_status(session, Status(changes.status), now)
    if changes.step is not None:
        if changes.step not in Step.values:
            raise errors.InvalidStep
        if Step(session.current_step).next != changes.step:
            raise errors.InvalidStepTransition(current=session.current_step, requested=changes.step)
        advance(session, Step(changes.step), now)
    for name, value in changes.fields.items():
        if value is not None or name in CLEARABLE:
            setattr(session, name, value)
    if "reminder_time" in changes.fields:
        session.reminder_sent, session.reminder_sent_at = False, None
    session.save()
    moved = session.reminder_time != reminder
    if moved and session.reminder_time is not None:
        ahead = bucket(session.reminder_time - now)
        analytics.record(session, "reminder_set", ahead=ahead)
    if moved or session.first_step_action != action or session.status == Status.ABANDONED:
        check_ins.plan(session, now, moved=moved)
    return session


def _set_status(session: SolveSession, status: Status, now: datetime) -> None:
    if status == session.status:
        return
    if status == Status.COMPLETED:
        complete(session, now)
        return
    if status == Status.ABANDONED:
        abandon(session, now)
        return
    session.status, session.completed_at = status, None


_LEAVE = """
    UPDATE solve_stepvisit SET completed_at = %s, updated_at = %s
     WHERE session_id = %s AND completed_at IS NULL"""


def _leave(session: SolveSession, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE, [now, now, session.pk])


def enter(session: SolveSession, step: str, now: datetime, *, message_count: int = 0) -> None:
    """Close the visit that is open in a locked session, and open one of ``step``."""
    _leave(session, now)
    visit = StepVisit(session=session, step=step, started_at=now, message_count=message_count)
    insert([visit])


def advance(session: SolveSession, to: Step, now: datetime) -> None:
    """Move a locked session to ``to``; the caller saves it."""
    left = session.current_step
    enter(session, to, now)
    session.current_step = to
    analytics.record(session, "step_completed", from_step=left, to_step=to.value)


def complete(session: SolveSession, now: datetime) -> None:
    """End a locked session, from whatever step (contract M21); the caller saves it."""
    _leave(session, now)
    session.status, session.completed_at = Status.COMPLETED, now
    analytics.record(session, "session_completed", final_step=session.current_step)


def take_back(session: SolveSession, to: Step, now: datetime) -> int:
    """Put a locked session back to where a replaced answer found it, and save it.

    Returns how many messages its visit of that step has. Nothing happens to one that is
    still there.
    """
    if session.current_step != to or session.status == Status.COMPLETED:
        left = session.current_step
        session.visits.open().filter(message_count=0).delete()
        _leave(session, now)
        last = session.visits.filter(step=to).order_by("-started_at").first()
        if last is not None:
            session.visits.filter(pk=last.pk).update(completed_at=None, updated_at=now)
        _go_back(session, to, left)
    visit = session.visits.open().filter(step=to).first()
    return max(1, visit.message_count) if visit else 1


@transaction.atomic
def undo(*, session_id: UUID, user_id: UUID, now: datetime) -> SolveSession:
    """Go back one step, or reopen a session that has just ended; all that was said stays.

    The step begins anew: nobody is hurried on by what they said in it before.
    Raises SessionNotFound, NothingToUndo.
    """
    session = lock(session_id=session_id, user_id=user_id)
    left = session.current_step
    to = Step(left) if session.status == Status.COMPLETED else Step(left).previous
    if to is None:
        raise errors.NothingToUndo
    enter(session, to, now)
    _go_back(session, to, left)
    return session


def _go_back(session: SolveSession, to: Step, left: str) -> None:
    session.current_step, session.status, session.completed_at = to, Status.ACTIVE, None
    session.save(update_fields=["current_step", "status", "completed_at", "updated_at"])
    analytics.record(session, "step_undone", from_step=left, to_step=to.value)


def abandon(session: SolveSession, now: datetime) -> None:
    """Set a locked session down where it stands; the caller saves it."""
    _leave(session, now)
    session.status, session.completed_at = Status.ABANDONED, None
    analytics.record(session, "session_abandoned", step=session.current_step)


def delete(*, session_id: UUID, user_id: UUID) -> None:
    """Delete a session and all that was said in it. Raises SessionNotFound."""
    deleted, _ = SolveSession.objects.owned_by(user_id).filter(pk=session_id).delete()
    if not deleted:
        raise errors.SessionNotFound


def lock(*, session_id: UUID, user_id: UUID) -> SolveSession:
    """Return the user's session, locked until the transaction ends. Raises SessionNotFound."""
    found = select(SolveSession, "id = %s AND user_id = %s FOR UPDATE", [session_id, user_id])
    if not found:
        raise errors.SessionNotFound
    return found[0]


@transaction.atomic
def erase_all(*, user_id: UUID, now: datetime) -> list[UUID]:
    """Delete all of somebody's sessions and events; return the answers of the last hours.

    Plain statements: Django's cascade would first read every message of the account.
    """
    parameters: dict[str, Any] = {"user": user_id, "since": now - timedelta(hours=2)}
    with connection.cursor() as cursor:
        cursor.execute(_RECENT_ANSWERS, parameters)
        answers = [row[0] for row in cursor.fetchall()]
        for statement in _ERASE:
            cursor.execute(statement, parameters)
    return answers


_MINE = "(SELECT id FROM solve_solvesession WHERE user_id = %(user)s)"
_RECENT_ANSWERS = f"""
    SELECT id FROM solve_message
     WHERE role = 'assistant' AND updated_at > %(since)s AND session_id IN {_MINE}"""  # noqa: S608
_ERASE = [
    "DELETE FROM solve_analyticsevent WHERE user_id = %(user)s",
    f"DELETE FROM solve_checkin WHERE session_id IN {_MINE}",  # noqa: S608
    f"DELETE FROM solve_stepvisit WHERE session_id IN {_MINE}",  # noqa: S608
    f"DELETE FROM solve_solveprofile WHERE session_id IN {_MINE}",  # noqa: S608
    f"DELETE FROM solve_message WHERE session_id IN {_MINE}",  # noqa: S608
    "DELETE FROM solve_solvesession WHERE user_id = %(user)s",
]
