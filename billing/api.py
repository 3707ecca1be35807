"""What plan somebody has, and what is left of it. Checkout and portal come with the stores."""

from datetime import datetime

from django.conf import settings
from ninja import Router, Schema

from accounts.auth import SIGNED_IN, ApiRequest
from billing import errors, limits, selectors
from solacore.kit.ratelimit import meter
from solacore.kit.threads import in_thread

router = Router(tags=["subscriptions"], auth=SIGNED_IN)


class CurrentOut(Schema):
    tier: str
    status: str
    period_start: datetime | None
    period_end: datetime | None
    cancel_at_period_end: bool


class UsageOut(Schema):
    tier: str
    sessions_used: int
    sessions_limit: int | None
    period_start: datetime
    period_end: datetime | None
    is_lifetime: bool


@router.get("/current", response=CurrentOut)
async def current(request: ApiRequest) -> dict[str, object]:
    """Say which plan I have."""
    await _enter(request)
    mine = selectors.allowance(joined=request.auth.joined)
    return {
        "tier": mine.tier,
        "status": "active",
        "period_start": None,
        "period_end": None,
        "cancel_at_period_end": False,
    }


@router.get("/usage", response=UsageOut)
async def usage(request: ApiRequest) -> dict[str, object]:
    """Say how much of my plan I have used."""
    await _enter(request)
    who = request.auth
    mine = selectors.allowance(joined=who.joined)
    used = await in_thread(selectors.sessions_used)(
        user_id=who.user_id, period_start=mine.period_start
    )
    return {
        "tier": mine.tier,
        "sessions_used": used,
        "sessions_limit": mine.limit,
        "period_start": mine.period_start,
        "period_end": None,
        "is_lifetime": mine.tier == "free",
    }


async def _enter(request: ApiRequest) -> None:
    if not settings.PAYMENTS_ENABLED:
        raise errors.PaymentsDisabled
    await meter(request.scope, limits.API, str(request.auth.user_id))
