"""A store's own picture of how things stand, read as news of this moment."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from billing.rules.news import Kind, News, Provider, Store
from billing.rules.plans import FREE, PLANS
from billing.rules.reading import identifier, items, mapping, moment, text

# How a Stripe subscription's status reads in ours.
# https://docs.stripe.com/api/subscriptions/object#subscription_object-status
STATUSES = {
    "active": "active",
    "trialing": "active",
    "past_due": "past_due",
    "unpaid": "suspended",
    "incomplete": "suspended",
    "paused": "suspended",
    "incomplete_expired": "expired",
    "canceled": "canceled",
}
REVENUECAT_STORES = {
    "app_store": Store.APP_STORE,
    "mac_app_store": Store.APP_STORE,
    "play_store": Store.PLAY_STORE,
    "promotional": Store.PROMO,
}
SAME = timedelta(hours=1)  # two tellings of one period's end


def subscription_facts(thing: Mapping[str, Any], tiers: Mapping[str, str]) -> dict[str, Any]:
    """Return what a Stripe subscription object tells; what it leaves out is None."""
    line = mapping(next(iter(items(mapping(thing.get("items")).get("data"))), None))
    will_end = thing.get("cancel_at_period_end")
    if will_end is not None or "cancel_at" in thing:
        will_end = bool(will_end) or thing.get("cancel_at") is not None
    return {
        "contract": identifier(thing) or "-",
        "tier": tiers.get(identifier(line.get("price"))),
        "status": STATUSES.get(text(thing.get("status"))),
        "will_end": will_end,
        # Moved from the subscription to its item in API version 2025-03-31.
        "period_start": moment(
            line.get("current_period_start") or thing.get("current_period_start")
        ),
        "period_end": moment(line.get("current_period_end") or thing.get("current_period_end")),
    }


def of_subscription(
    found: Mapping[str, Any] | None,
    *,
    id: str,
    customer_id: str,
    tiers: Mapping[str, str],
    now: datetime,
) -> list[News]:
    """Return what Stripe's subscription ``id`` is now; one that is not there has ended."""
    common: dict[str, Any] = {
        "provider": Provider.STRIPE,
        "store": Store.STRIPE,
        "event_id": f"picture:{id}:{now.timestamp()}",
        "type": "picture",
        "at": now,
        "subject": customer_id,
    }
    if found is None:
        return [News(**common, kind=Kind.ENDED, contract=id, status="canceled")]
    return [News(**common, kind=Kind.UPDATED, **subscription_facts(found, tiers))]


def of_subscriber(
    found: Mapping[str, Any],
    *,
    user_id: UUID,
    store: Store,
    contract: str,
    tiers: Mapping[str, str],
    now: datetime,
) -> list[News]:
    """Return what a RevenueCat subscriber has in ``store`` now."""
    subscriptions = mapping(found.get("subscriptions"))
    best: tuple[int, datetime, dict[str, Any]] | None = None
    for name, raw in mapping(found.get("entitlements")).items():
        tier, entitlement = tiers.get(name), mapping(raw)
        bought = mapping(subscriptions.get(text(entitlement.get("product_identifier"))))
        if tier is None or REVENUECAT_STORES.get(text(bought.get("store"))) is not store:
            continue
        until = moment(entitlement.get("expires_date"))
        if until is not None and until > now:
            candidate = (PLANS[tier].rank, until, {**bought, "tier": tier})
            best = max(best or candidate, candidate, key=lambda each: each[:2])
    common: dict[str, Any] = {
        "provider": Provider.REVENUECAT,
        "store": store,
        "event_id": f"picture:{user_id}:{store}:{now.timestamp()}",
        "type": "picture",
        "at": now,
        "subject": str(user_id),
        "contract": contract,
    }
    if best is None:
        return [News(**common, kind=Kind.ENDED, status="expired")]
    _, until, bought = best
    failing = bought.get("billing_issues_detected_at") is not None
    return [
        News(
            **common,
            kind=Kind.UPDATED,
            tier=bought["tier"],
            status="past_due" if failing else "active",
            will_end=bought.get("unsubscribe_detected_at") is not None,
            period_end=until,
        )
    ]


def difference(
    *, tier: str, status: str, period_end: datetime | None, cancels: bool, told: News
) -> tuple[str, str] | None:
    """Return how a row differs from what its store tells: (ours, theirs), or None."""
    if told.kind is Kind.ENDED or told.status in ("canceled", "expired"):
        theirs: tuple[object, ...] = (FREE.tier, told.status)
        ours: tuple[object, ...] = (tier, status)
        return None if tier == FREE.tier else (_words(ours), _words(theirs))
    status_told = "past_due" if told.status == "suspended" else told.status
    pairs = [
        (tier, told.tier),
        (status, status_told),
        (cancels, told.will_end),
    ]
    end_moved = (
        told.period_end is not None
        and tier != FREE.tier
        and (period_end is None or abs(told.period_end - period_end) > SAME)
    )
    if not end_moved and all(theirs in (None, ours) for ours, theirs in pairs):
        return None
    return (
        _words((tier, status, period_end, cancels)),
        _words((told.tier, status_told, told.period_end, told.will_end)),
    )


def _words(facts: tuple[object, ...]) -> str:
    return ", ".join(str(fact) for fact in facts)
