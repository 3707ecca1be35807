"""The one thing about an answer that is not a stream: stopping it."""

from functools import partial
from uuid import UUID

from ninja import Router, Schema

from accounts.auth import SIGNED_IN, ApiRequest
from solacore.kit.ratelimit import meter
from solacore.kit.replies import producer
from solacore.kit.threads import in_thread
from solve import limits
from solve.services import replies

router = Router(tags=["solve"], auth=SIGNED_IN)


class StoppedOut(Schema):
    id: UUID
    state: str
    content: str


@router.post("/{session_id}/messages/{message_id}/stop", response=StoppedOut)
async def stop(request: ApiRequest, session_id: UUID, message_id: UUID) -> dict[str, object]:
    """End an answer that is still being written; what was said is kept."""
    await meter(request.scope, limits.API, str(request.auth.user_id))
    mine = partial(
        replies.find,
        session_id=session_id,
        message_id=message_id,
        user_id=request.auth.user_id,
    )
    answer = await in_thread(mine)()
    await producer.end(answer.pk, lambda text: replies.stop(answer=answer, text=text))
    ended = await in_thread(mine)()
    return {"id": ended.pk, "state": ended.state, "content": ended.content}
