"""What the coach remembers of a session: for its owner to see, and to have forgotten."""

from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema

from accounts.auth import SIGNED_IN, ApiRequest
from solacore.kit.ratelimit import meter
from solacore.kit.threads import in_thread
from solve import limits
from solve.rules.profile import Profile
from solve.services import profiles

router = Router(tags=["solve"], auth=SIGNED_IN)


class EmotionOut(Schema):
    label: str
    confidence: float
    intensity: int


class CommitmentOut(Schema):
    step: str = ""
    when: str = ""


class ProfileOut(Schema):
    concern: str
    goal: str
    success_criteria: list[str]
    constraints: list[str]
    attempts: list[str]
    emotion: EmotionOut | None
    options: list[str]
    commitment: CommitmentOut | None


@router.get("/{session_id}/profile", response=ProfileOut)
async def remembered(request: ApiRequest, session_id: UUID) -> dict[str, object]:
    """Show what the coach remembers of my session; what is not known is empty."""
    await meter(request.scope, limits.API, str(request.auth.user_id))
    profile: Profile = await in_thread(profiles.read)(
        session_id=session_id, user_id=request.auth.user_id
    )
    return {
        "concern": profile.concern,
        "goal": profile.goal,
        "success_criteria": list(profile.success_criteria),
        "constraints": list(profile.constraints),
        "attempts": list(profile.attempts),
        "emotion": dict(profile.emotion) or None,
        "options": list(profile.options),
        "commitment": dict(profile.commitment) or None,
    }


@router.delete("/{session_id}/profile", response={204: None})
async def forget(request: ApiRequest, session_id: UUID) -> HttpResponse:
    """Forget it. What was said stays; the coach learns anew from what is said next."""
    await meter(request.scope, limits.API, str(request.auth.user_id))
    await in_thread(profiles.forget)(session_id=session_id, user_id=request.auth.user_id)
    return HttpResponse(status=204)
