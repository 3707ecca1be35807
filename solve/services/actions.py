"""First steps: done, and not done after all."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from solve import errors
from solve.models import SolveSession
from solve.services import check_ins, sessions


@transaction.atomic
def complete(*, session_id: UUID, user_id: UUID, now: datetime) -> SolveSession:
    """Mark a session's first step as done; a second time changes nothing.

    Raises ActionSessionNotFound, NoAction.
    """
    session = _lock(session_id, user_id)
    if not session.first_step_action:
        raise errors.NoAction
    return mark(session, now)


@transaction.atomic
def reopen(*, session_id: UUID, user_id: UUID, now: datetime) -> SolveSession:
    """Mark a session's first step as not done. Raises ActionSessionNotFound."""
    return unmark(_lock(session_id, user_id), now)


def mark(session: SolveSession, now: datetime) -> SolveSession:
    """Mark a locked session's first step as done; an open check-in is answered by it."""
    if not session.action_completed:
        session.action_completed, session.action_completed_at = True, now
        session.save(update_fields=["action_completed", "action_completed_at", "updated_at"])
        check_ins.settle(session, now)
    return session


def unmark(session: SolveSession, now: datetime) -> SolveSession:
    """Mark a locked session's first step as not done; a check-in that says so is open again."""
    session.action_completed, session.action_completed_at = False, None
    session.save(update_fields=["action_completed", "action_completed_at", "updated_at"])
    check_ins.unsettle(session, now)
    return session


def _lock(session_id: UUID, user_id: UUID) -> SolveSession:
    try:
        return sessions.lock(session_id=session_id, user_id=user_id)
    except errors.SessionNotFound as error:
        raise errors.ActionSessionNotFound from error
