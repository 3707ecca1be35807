"""What somebody may do, how much of it they did, and why."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.db import connection

from accounts.selectors import people
from billing.models import (
    Allowed,
    Entitlement,
    StoreEvent,
    StripeCustomer,
    Usage,
    UserSpending,
)
from billing.rules import explain, periods, plans
from billing.rules.plans import FREE, PLANS, Plan
from solacore.kit import metrics
from solacore.kit.threads import in_thread

PLAN_SECONDS = 300  # contract 2.12; a trigger announces every change (migration 0003)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many sessions of a kind a plan allows in the running period.

    ``limit`` None is unlimited; ``resets_at`` None means never.
    """

    tier: str
    limit: int | None
    period_start: datetime
    resets_at: datetime | None = None
    kind: str = Allowed.SESSIONS.value


@dataclass(frozen=True, slots=True)
class Standing:
    """What plan somebody has, and how it came to be."""

    plan: Plan
    status: str
    period_start: datetime | None
    period_end: datetime | None
    cancel_at_period_end: bool
    joined: datetime
    now: datetime
    entitlements: tuple[Entitlement, ...]

    @property
    def allowance(self) -> Allowance:
        """Return what Solve allows (contract 5.2)."""
        limit = None if settings.BETA_MODE else self.plan.sessions
        if self.plan is FREE:
            start, resets_at = periods.free_period(self.joined), None
        elif self.period_start is not None:
            start, resets_at = self.period_start, self.period_end
        else:
            start = periods.month_of(self.now)
            resets_at = periods.next_month(start)
        return Allowance(self.plan.tier, limit, start, resets_at)

    @property
    def lessons(self) -> Allowance:
        """Return what Learn allows: its own count, by the month for those who pay nothing."""
        limit = None if settings.BETA_MODE else self.plan.lessons
        own = self.allowance
        if self.plan is FREE:
            start = periods.month_of(self.now)
            own = replace(own, period_start=start, resets_at=periods.next_month(start))
        return replace(own, limit=limit, kind=Allowed.LESSONS.value)


async def standing(*, user_id: UUID, joined: datetime, now: datetime) -> Standing:
    """Return what plan somebody has at ``now``."""
    load = partial(in_thread(entitlements), user_id)
    rows = await people.read_through(user_id, "entitlements", PLAN_SECONDS, load)
    return stand(rows, joined=joined, now=now)


def entitlements(user_id: UUID) -> tuple[Entitlement, ...]:
    """Return what each store says of somebody, by store."""
    return tuple(Entitlement.objects.filter(user_id=user_id).order_by("store"))


def stand(rows: tuple[Entitlement, ...], *, joined: datetime, now: datetime) -> Standing:
    """Return what ``rows`` amount to at ``now``."""
    decisive = plans.best(rows, now)
    if decisive is not None:
        return Standing(
            PLANS[decisive.tier],
            decisive.status,
            decisive.period_start,
            decisive.period_end,
            decisive.cancel_at_period_end,
            joined,
            now,
            rows,
        )
    last = max(rows, key=lambda row: row.as_of, default=None)
    status, will_end = "active", False
    if last is not None:
        lapsed = last.opens and last.tier != FREE.tier
        status = "expired" if lapsed else last.status
        will_end = last.cancel_at_period_end and not lapsed
    return Standing(FREE, status, None, None, will_end, joined, now, rows)


def used(*, user_id: UUID, allowance: Allowance) -> int:
    """Return how many sessions of a kind were opened in a period."""
    mine = Usage.objects.filter(
        user_id=user_id, kind=allowance.kind, period_start=allowance.period_start
    )
    return mine.values_list("session_count", flat=True).first() or 0


MICROS = 1_000_000  # of a US dollar
_SPENT_TODAY = """
    SELECT (SELECT cost_micros FROM billing_userspending WHERE user_id = %s AND day = %s),
           (SELECT cost_micros FROM billing_housespending WHERE day = %s)"""


def within_budget(*, user_id: UUID, now: datetime) -> Literal["user", "house"] | None:
    """Return whose budget of the day is spent, None if another answer may be opened.

    One query, none without budgets. Answers that are on their way are not in it yet: a budget
    is passed by what those of one moment cost, never by more.
    """
    budgets = settings.LLM["llm_daily_budget_user"], settings.LLM["llm_daily_budget_house"]
    if not any(budgets):
        return None
    day = periods.day_of(now)
    with connection.cursor() as cursor:
        cursor.execute(_SPENT_TODAY, [user_id, day, day])
        mine, house = (spent or 0 for spent in cursor.fetchone())
    show_budget(house)
    if budgets[0] and mine >= budgets[0] * MICROS:
        return "user"
    return "house" if budgets[1] and house >= budgets[1] * MICROS else None


def show_budget(house_micros: int) -> None:
    """Show how much of the house's budget is spent, where an alert looks (deploy/alerts.yml)."""
    budget = settings.LLM["llm_daily_budget_house"] * MICROS
    metrics.LLM_BUDGET_USED.set(house_micros / budget if budget else 0)


@dataclass(frozen=True, slots=True)
class Today:
    """What somebody's answers of one day took; ``budget_used_percent`` None is unlimited."""

    answers: int
    tokens_in: int
    tokens_out: int
    budget_used_percent: int | None
    resets_at: datetime


def answers_today(*, user_id: UUID, now: datetime) -> Today:
    """Return what somebody's answers took today (UTC), and how much of their budget that is."""
    row = UserSpending.objects.filter(user_id=user_id, day=periods.day_of(now)).first()
    budget = settings.LLM["llm_daily_budget_user"] * MICROS
    micros = row.cost_micros if row else 0
    percent = min(100, int(100 * micros / budget)) if budget else None
    resets_at = periods.next_day(now)
    if row is None:
        return Today(0, 0, 0, percent, resets_at)
    return Today(row.answers, row.tokens_in, row.tokens_out, percent, resets_at)


def explanation(*, user_id: UUID, joined: datetime, now: datetime) -> dict[str, Any]:
    """Return why somebody's plan is what it is: a sentence, the rows, the news behind them."""
    mine = stand(entitlements(user_id), joined=joined, now=now)
    decisive = plans.best(mine.entitlements, now)
    events: dict[str, list[dict[str, Any]]] = {}
    for event in StoreEvent.objects.of(user_id).order_by("-at", "-pk")[:100]:
        told = {"type": event.type, "at": event.at, "did": event.kind}
        events.setdefault(event.store, []).append(told)
    return {
        "tier": mine.plan.tier,
        "status": mine.status,
        "until": decisive.valid_until if decisive else None,
        "sentence": explain.sentence(mine.entitlements, now=now),
        "entitlements": [
            {
                "store": row.store,
                "tier": row.tier,
                "status": row.status,
                "valid": plans.is_valid(row, now),
                "valid_until": row.valid_until,
                "cancel_at_period_end": row.cancel_at_period_end,
                "as_of": row.as_of,
                "because": row.because,
                "events": events.get(row.store, [])[:10],
            }
            for row in mine.entitlements
        ],
    }


def export(user_id: UUID) -> Iterator[tuple[str, Any]]:
    """Yield what billing keeps of somebody (contract 1.9)."""
    rows = entitlements(user_id)
    yield "subscription", _as_subscription(rows)
    yield "entitlements", [_told(row) for row in rows]
    customers = StripeCustomer.objects.filter(user_id=user_id).order_by("created_at", "pk")
    yield "stripe_customers", customers.values("customer_id", "created_at").iterator()
    events = StoreEvent.objects.of(user_id).order_by("at", "pk")
    yield (
        "store_events",
        events.values(
            "store", "type", "kind", "at", "tier", "status", "period_start", "period_end"
        ).iterator(),
    )
    usage = Usage.objects.filter(user_id=user_id).order_by("period_start", "kind")
    yield "usage", usage.values("kind", "period_start", "session_count", "updated_at").iterator()
    spending = UserSpending.objects.filter(user_id=user_id).order_by("day")
    yield "spending", spending.values(*_SPENDING_TOLD).iterator()


_SPENDING_TOLD = ("day", "answers", "tokens_in", "tokens_out", "cost_micros", "updated_at")


def _told(row: Entitlement) -> dict[str, Any]:
    return {
        "id": row.pk,
        "store": row.store,
        "tier": row.tier,
        "status": row.status,
        "current_period_start": row.period_start,
        "current_period_end": row.period_end,
        "cancel_at_period_end": row.cancel_at_period_end,
        "valid_until": row.valid_until,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def _as_subscription(rows: tuple[Entitlement, ...]) -> dict[str, Any] | None:
    """Return the row that v0 knew as the subscription: the one told of last."""
    last = max(rows, key=lambda row: (row.opens, row.as_of), default=None)
    return None if last is None else _told(last)
