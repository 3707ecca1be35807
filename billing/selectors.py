"""What somebody may do, and how much of it they did."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from billing.models import StripeCustomer, Usage
from billing.rules import periods, plans


@dataclass(frozen=True, slots=True)
class Allowance:
    """A plan's sessions in the running period; ``limit`` None is unlimited."""

    tier: str
    limit: int | None
    period_start: datetime


def allowance(*, joined: datetime) -> Allowance:
    """Return what an account may do. Everybody is on the free plan until entitlements exist."""
    plan = plans.FREE
    limit = None if settings.BETA_MODE else plan.sessions
    return Allowance(plan.tier, limit, periods.free_period(joined))


def sessions_used(*, user_id: UUID, period_start: datetime) -> int:
    """Return how many sessions were opened in a period."""
    used = Usage.objects.filter(user_id=user_id, period_start=period_start)
    return used.values_list("session_count", flat=True).first() or 0


def export(user_id: UUID) -> Iterator[tuple[str, Any]]:
    """Yield what billing keeps of somebody (contract 1.9)."""
    customer = StripeCustomer.objects.filter(user_id=user_id).first()
    yield "subscription", None  # everybody is on the free plan until entitlements exist
    yield "stripe_customer_id", customer.customer_id if customer else None
    usage = Usage.objects.filter(user_id=user_id).order_by("period_start")
    yield "usage", usage.values("period_start", "session_count", "updated_at").iterator()
