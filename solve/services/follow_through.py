"""What became of a first step: people say when to be asked, and answer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.errors import InvalidOrExpiredToken
from accounts.services.letters import CHECK_IN_PASS
from solacore.kit import signed
from solve import errors
from solve.models import CheckIn, SolveSession
from solve.rules.outcomes import Outcome
from solve.services import actions, check_ins, sessions


@dataclass(frozen=True, slots=True)
class Answered:
    """A check-in that was answered, and when the next question comes, if one does."""

    check_in: CheckIn
    next_due_at: datetime | None


@transaction.atomic
def schedule(*, session_id: UUID, user_id: UUID, due_at: datetime) -> CheckIn:
    """Ask about a session's first step at ``due_at``, whatever was planned before.

    Raises SessionNotFound, NothingToCheck, ActionCompleted.
    """
    session = sessions.lock(session_id=session_id, user_id=user_id)
    if not session.first_step_action:
        raise errors.NothingToCheck
    if session.action_completed:
        raise errors.ActionCompleted
    return _of(session, check_ins.schedule(session, due_at))


@transaction.atomic
def cancel(*, session_id: UUID, user_id: UUID) -> None:
    """Take the open question back, asked or not. Raises SessionNotFound, CheckInNotFound."""
    session = sessions.lock(session_id=session_id, user_id=user_id)
    removed, _ = session.check_ins.open().delete()
    if not removed:
        raise errors.CheckInNotFound


@transaction.atomic
def answer(
    *,
    session_id: UUID,
    user_id: UUID,
    outcome: Outcome,
    now: datetime,
    note: str | None = None,
    next_due_at: datetime | None = None,
) -> Answered:
    """Answer a session's open check-in, or its last one anew.

    The same answer again changes nothing but a note that is sent; another one replaces it, note
    included, until a follow-up has begun from it. "Not yet", said again before the next question
    has come, is the same answer again. ``next_due_at`` counts with "not yet" only.
    Raises SessionNotFound, CheckInNotFound, CheckInSettled.
    """
    session = sessions.lock(session_id=session_id, user_id=user_id)
    check_in = _meant(session, outcome, now)
    if check_in is None:
        raise errors.CheckInNotFound
    _answer(session, check_in, outcome, note, now)
    if outcome == Outcome.NOT_YET and next_due_at is not None and session.first_step_action:
        check_ins.schedule(session, next_due_at)
    following = session.check_ins.open().first()
    return Answered(_of(session, check_in), following.due_at if following else None)


@transaction.atomic
def answer_by_link(*, token: str, outcome: Outcome, now: datetime) -> UUID:
    """Answer the one check-in that a letter was about; return its session's id.

    Raises InvalidOrExpiredToken, also when it was cancelled, replaced by a newer one, or settled.
    """
    check_in_id = link_leads_to(token=token, now=now)
    asked = CheckIn.objects.filter(pk=check_in_id, session__user__is_active=True)
    found = asked.values_list("session_id", "session__user_id").first()
    if found is None:
        raise InvalidOrExpiredToken
    session_id, user_id = found
    try:
        session = sessions.lock(session_id=session_id, user_id=user_id)
        newest = check_ins.latest(session)
        if newest is None or newest.pk != check_in_id:
            raise InvalidOrExpiredToken
        _answer(session, newest, outcome, None, now)
    except (errors.SessionNotFound, errors.CheckInSettled) as error:
        raise InvalidOrExpiredToken from error
    return session.pk


def link_leads_to(*, token: str, now: datetime) -> UUID:
    """Return the check-in that a letter's link names; nothing is read or changed.

    Raises InvalidOrExpiredToken.
    """
    subject = signed.read(token, purpose=CHECK_IN_PASS, now=now)
    if subject is None:
        raise InvalidOrExpiredToken
    return UUID(subject)


def _meant(session: SolveSession, outcome: Outcome, now: datetime) -> CheckIn | None:
    """Return which check-in an answer is for: the newest, but for a "not yet" said twice."""
    asked = list(session.check_ins.order_by("-created_at", "-pk")[:2])
    if len(asked) < 2 or asked[0].outcome is not None:
        return asked[0] if asked else None
    newest, before = asked
    to_come = newest.asked_at is None and newest.due_at > now
    repeated = to_come and before.outcome == outcome == Outcome.NOT_YET
    return before if repeated else newest


def _answer(
    session: SolveSession, check_in: CheckIn, outcome: Outcome, note: str | None, now: datetime
) -> None:
    before = check_in.outcome
    if before not in (None, outcome) and session.follow_ups.exists():
        raise errors.CheckInSettled
    if before != outcome:
        check_in.outcome, check_in.answered_at, check_in.note = outcome, now, note
    elif note is not None:
        check_in.note = note
    check_in.save(update_fields=["outcome", "answered_at", "note", "updated_at"])
    if outcome == Outcome.DONE and session.first_step_action:
        actions.mark(session, now)
    elif before == Outcome.DONE:
        actions.unmark(session, now)


def _of(session: SolveSession, check_in: CheckIn) -> CheckIn:
    """Let a check-in know its session, so that telling its step asks nothing again."""
    check_in.session = session
    return check_in
