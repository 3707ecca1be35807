"""Messages one by one."""

from typing import Any
from uuid import UUID

from learn import errors
from learn.models import LearnMessage, LearnSession
from solacore.kit.talk import versions


def variants(*, session_id: UUID, message_id: UUID, user_id: UUID) -> list[dict[str, Any]]:
    """Return all versions of a message, oldest first. Raises SessionNotFound, MessageNotFound."""
    mine = LearnMessage.objects.owned_by(user_id).filter(session_id=session_id, pk=message_id)
    message = mine.first()
    if message is None:
        if not LearnSession.objects.owned_by(user_id).filter(pk=session_id).exists():
            raise errors.SessionNotFound
        raise errors.MessageNotFound
    return versions.variants(message)
