"""What plan somebody has and why, what is left of it, and how to get another."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from django.conf import settings
from django.utils import timezone
from ninja import Header, Router, Schema
from pydantic import Field

from accounts.auth import SIGNED_IN, ApiRequest
from billing import errors, limits, selectors
from billing.selectors import Allowance, Standing
from billing.services import checkout
from solacore.kit.http import Text
from solacore.kit.ratelimit import meter
from solacore.kit.threads import in_thread

router = Router(tags=["subscriptions"], auth=SIGNED_IN)

WARN_AT = (80, 100)  # percent


class CheckoutIn(Schema):
    price_id: Annotated[Text, Field(max_length=255)]


class CheckoutOut(Schema):
    """``checkout_url`` leads to a new subscription, or to the change of a running one."""

    checkout_url: str
    session_id: str


class PortalOut(Schema):
    portal_url: str


class CurrentOut(Schema):
    tier: str
    status: str
    period_start: datetime | None
    period_end: datetime | None
    cancel_at_period_end: bool


class AllowanceOut(Schema):
    """``limit`` null is unlimited, ``resets_at`` null is never; ``warning`` is 80 or 100 (%)."""

    used: int
    limit: int | None
    period_start: datetime
    resets_at: datetime | None
    warning: int | None


class AnswersTodayOut(Schema):
    """What my answers took since midnight UTC; ``budget_used_percent`` null is unlimited."""

    answers: int
    tokens_in: int
    tokens_out: int
    budget_used_percent: int | None
    resets_at: datetime


class UsageOut(Schema):
    tier: str
    sessions_used: int
    sessions_limit: int | None
    period_start: datetime
    period_end: datetime | None
    is_lifetime: bool
    resets_at: datetime | None
    solve: AllowanceOut
    learn: AllowanceOut
    answers_today: AnswersTodayOut


class ToldOut(Schema):
    type: str
    at: datetime
    did: str


class EntitlementOut(Schema):
    store: str
    tier: str
    status: str
    valid: bool
    valid_until: datetime | None
    cancel_at_period_end: bool
    as_of: datetime
    because: str
    events: list[ToldOut]


class ExplainOut(Schema):
    tier: str
    status: str
    until: datetime | None
    sentence: str
    entitlements: list[EntitlementOut]


@router.post("/checkout", response=CheckoutOut)
async def start_checkout(
    request: ApiRequest,
    body: CheckoutIn,
    idempotency_key: Header[Annotated[Text, Field(min_length=1, max_length=200)] | None] = None,
) -> dict[str, str]:
    """Give me the page on which I buy this plan."""
    await _enter(request)
    who = request.auth
    page = await in_thread(checkout.start, purpose="outbound")(
        user_id=who.user_id,
        email=who.email,
        joined=who.joined,
        price_id=body.price_id,
        key=idempotency_key,
        now=timezone.now(),
    )
    return {"checkout_url": page.url, "session_id": page.id}


@router.get("/portal", response=PortalOut)
async def portal(request: ApiRequest) -> dict[str, str]:
    """Give me the page on which I change or cancel what I bought."""
    await _enter(request)
    page = await in_thread(checkout.portal, purpose="outbound")(user_id=request.auth.user_id)
    return {"portal_url": page.url}


@router.get("/current", response=CurrentOut)
async def current(request: ApiRequest) -> dict[str, object]:
    """Say which plan I have."""
    await _enter(request)
    mine = await _standing(request)
    return {
        "tier": mine.plan.tier,
        "status": mine.status,
        "period_start": mine.period_start,
        "period_end": mine.period_end,
        "cancel_at_period_end": mine.cancel_at_period_end,
    }


@router.get("/usage", response=UsageOut)
async def usage(request: ApiRequest) -> dict[str, object]:
    """Say how much of my plan I have used, and when it begins anew."""
    await _enter(request)
    mine = await _standing(request)
    solve = await _used(request, mine.allowance)
    learn = await _used(request, mine.lessons)
    today = await in_thread(selectors.answers_today)(user_id=request.auth.user_id, now=mine.now)
    return {
        "tier": mine.plan.tier,
        "sessions_used": solve["used"],
        "sessions_limit": solve["limit"],
        "period_start": solve["period_start"],
        "period_end": mine.period_end,
        "is_lifetime": mine.plan.tier == "free",
        "resets_at": solve["resets_at"],
        "solve": solve,
        "learn": learn,
        "answers_today": asdict(today),
    }


@router.get("/explain", response=ExplainOut)
async def explain(request: ApiRequest) -> dict[str, Any]:
    """Say why my plan is what it is: the sentence our staff see as well."""
    await _enter(request)
    who = request.auth
    return await in_thread(selectors.explanation)(
        user_id=who.user_id, joined=who.joined, now=timezone.now()
    )


async def _standing(request: ApiRequest) -> Standing:
    who = request.auth
    return await selectors.standing(user_id=who.user_id, joined=who.joined, now=timezone.now())


async def _used(request: ApiRequest, allowance: Allowance) -> dict[str, Any]:
    used = await in_thread(selectors.used)(user_id=request.auth.user_id, allowance=allowance)
    percent = 0 if not allowance.limit else 100 * used // allowance.limit
    return {
        "used": used,
        "limit": allowance.limit,
        "period_start": allowance.period_start,
        "resets_at": allowance.resets_at,
        "warning": max((mark for mark in WARN_AT if percent >= mark), default=None),
    }


async def _enter(request: ApiRequest) -> None:
    if not settings.PAYMENTS_ENABLED:
        raise errors.PaymentsDisabled
    await meter(request.scope, limits.API, str(request.auth.user_id))
