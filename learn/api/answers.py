"""An answer besides reading it: stop it, see its versions and what was sent for it."""

from functools import partial
from typing import Any
from uuid import UUID

from ninja import Router

from accounts.auth import SIGNED_IN, ApiRequest
from learn import limits
from learn.selectors import messages
from learn.services import replies
from solacore.kit.ratelimit import meter
from solacore.kit.replies import producer
from solacore.kit.schemas import SentOut, StoppedOut, VariantsOut
from solacore.kit.talk import versions
from solacore.kit.threads import in_thread

router = Router(tags=["learn"], auth=SIGNED_IN)


@router.post("/{session_id}/messages/{message_id}/stop", response=StoppedOut)
async def stop(request: ApiRequest, session_id: UUID, message_id: UUID) -> dict[str, object]:
    """End an answer that is still being written; what was said is kept."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    mine = partial(replies.find, session_id=session_id, message_id=message_id, user_id=who.user_id)
    answer = await in_thread(mine)()
    await producer.end(answer.pk, lambda text: replies.stop(answer=answer, text=text))
    ended = await in_thread(mine)()
    return {"id": ended.pk, "state": ended.state, "content": ended.content}


@router.get("/{session_id}/messages/{message_id}/variants", response=VariantsOut)
async def variants(request: ApiRequest, session_id: UUID, message_id: UUID) -> dict[str, Any]:
    """List all versions of an answer, oldest first."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    found = await in_thread(messages.variants)(
        session_id=session_id, message_id=message_id, user_id=who.user_id
    )
    return {"variants": found}


@router.get("/{session_id}/messages/{message_id}/sent", response=SentOut)
async def sent(request: ApiRequest, session_id: UUID, message_id: UUID) -> dict[str, Any]:
    """Show what left the house for an answer, word for word."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    mine = partial(replies.find, session_id=session_id, message_id=message_id, user_id=who.user_id)
    return await in_thread(lambda: versions.sent(mine()))()
