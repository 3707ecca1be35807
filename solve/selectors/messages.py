"""Messages one by one."""

from typing import Any
from uuid import UUID

from solacore.kit.messages import Role
from solacore.kit.talk import versions
from solve import errors
from solve.models import Message, SolveSession


def variants(*, session_id: UUID, message_id: UUID, user_id: UUID) -> list[dict[str, Any]]:
    """Return all versions of a message, oldest first. Raises SessionNotFound, MessageNotFound."""
    mine = Message.objects.owned_by(user_id).filter(session_id=session_id, pk=message_id)
    message = mine.exclude(role=Role.SYSTEM).first()
    if message is None:
        if not SolveSession.objects.owned_by(user_id).filter(pk=session_id).exists():
            raise errors.SessionNotFound
        raise errors.MessageNotFound
    return versions.variants(message)
