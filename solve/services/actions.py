"""First steps: done, and not done after all."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from solve import errors
from solve.models import SolveSession
from solve.services import sessions


@transaction.atomic
def complete(*, session_id: UUID, user_id: UUID, now: datetime) -> SolveSession:
    """Mark a session's first step as done; a second time changes nothing.

    Raises ActionSessionNotFound, NoAction.
    """
    session = _lock(session_id, user_id)
    if not session.first_step_action:
        raise errors.NoAction
    if not session.action_completed:
        session.action_completed, session.action_completed_at = True, now
        session.save(update_fields=["action_completed", "action_completed_at", "updated_at"])
    return session


@transaction.atomic
def reopen(*, session_id: UUID, user_id: UUID) -> SolveSession:
    """Mark a session's first step as not done. Raises ActionSessionNotFound."""
    session = _lock(session_id, user_id)
    session.action_completed, session.action_completed_at = False, None
    session.save(update_fields=["action_completed", "action_completed_at", "updated_at"])
    return session


def _lock(session_id: UUID, user_id: UUID) -> SolveSession:
    try:
        return sessions.lock(session_id=session_id, user_id=user_id)
    except errors.SessionNotFound as error:
        raise errors.ActionSessionNotFound from error
