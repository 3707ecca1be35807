"""Asking the stores how things really stand: what webhooks told late, wrongly or never."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django_tasks import task

from billing.models import Entitlement, StoreEvent
from billing.outside import revenuecat, stripe
from billing.rules import pictures
from billing.rules.news import News, Provider, Store
from billing.services import entitlements
from solacore.kit import metrics


@dataclass(frozen=True, slots=True)
class Drift:
    """One place where a store and we differ, in words."""

    user_id: UUID
    store: str
    ours: str
    theirs: str


def stripe_tiers() -> dict[str, str]:
    """Return the plan of each price id."""
    return {price: tier for tier, prices in settings.STRIPE_PRICES.items() for price in prices}


@task()
def check_subscription(subscription_id: str) -> None:
    """Take Stripe's own picture of a subscription as the newest news of it.

    A webhook's payload is how things stood when it was made. Raises PaymentsUnavailable; the
    queue tries again.
    """
    now = datetime.now(UTC)
    event = StoreEvent.objects.filter(
        provider=Provider.STRIPE.value, contract=subscription_id
    ).exclude(subject="")
    known = event.values_list("subject", flat=True).first()
    if known is None:
        return
    news = _picture_of(subscription_id, known, now)
    entitlements.hear(news=news, now=now)


def compare(*, apply: bool, now: datetime) -> Iterator[Drift]:
    """Yield where stores and we differ; with ``apply`` take the stores' word for it.

    Only stores whose key is configured are asked. Raises PaymentsUnavailable.
    """
    count = 0
    for row in Entitlement.objects.order_by("pk").iterator():
        news = _truth(row, now)
        if not news:
            continue
        differs = pictures.difference(
            tier=row.tier,
            status=row.status,
            period_end=row.period_end,
            cancels=row.cancel_at_period_end,
            told=news[0],
        )
        if differs is None:
            continue
        count += 1
        yield Drift(row.user_id, row.store, *differs)
        if apply:
            entitlements.hear(news=news, now=now)
    metrics.ENTITLEMENT_DRIFT.set(count)


def _truth(row: Entitlement, now: datetime) -> list[News]:
    if row.store == Store.STRIPE and settings.STRIPE_KEY and row.contract.startswith("sub_"):
        subject = StoreEvent.objects.of(row.user_id).filter(contract=row.contract).first()
        return _picture_of(row.contract, subject.subject if subject else "", now)
    in_app = row.store in (Store.APP_STORE, Store.PLAY_STORE, Store.PROMO)
    if in_app and settings.REVENUECAT_KEY:
        names = {name: tier for tier, name in settings.REVENUECAT_ENTITLEMENTS.items() if name}
        found = revenuecat.subscriber(str(row.user_id))
        return pictures.of_subscriber(
            found,
            user_id=row.user_id,
            store=Store(row.store),
            contract=row.contract,
            tiers=names,
            now=now,
        )
    return []


def _picture_of(subscription_id: str, customer_id: str, now: datetime) -> list[News]:
    found = stripe.subscription(subscription_id)
    return pictures.of_subscription(
        found, id=subscription_id, customer_id=customer_id, tiers=stripe_tiers(), now=now
    )
