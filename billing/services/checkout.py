"""Buying: a page of Stripe's for who wants more, and one for who wants to look after it."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from billing import errors, selectors
from billing.models import StripeCustomer
from billing.outside import stripe
from billing.outside.stripe import Page
from billing.rules.news import Store
from billing.rules.plans import PLANS


def start(
    *, user_id: UUID, email: str, joined: datetime, price_id: str, key: str | None, now: datetime
) -> Page:
    """Return the page on which somebody buys a plan, or changes to it.

    Raises InvalidPriceId, AlreadySubscribed, PaymentsUnavailable.
    """
    tier = tier_of(price_id)
    if tier is None:
        raise errors.InvalidPriceId
    rows = selectors.entitlements(user_id)
    mine = selectors.stand(rows, joined=joined, now=now)
    if mine.plan.rank >= PLANS[tier].rank:
        raise errors.AlreadySubscribed
    customer_id = _customer(user_id, email)
    # The same wish within an hour leads to the same page, however often it is expressed.
    named = key or f"{now:%Y-%m-%dT%H}"
    idempotency = f"checkout:{user_id}:{price_id}:{named}"
    running = next((row for row in rows if row.store == Store.STRIPE and row.opens), None)
    if running is not None and running.contract != "-":
        return stripe.create_upgrade(
            customer_id=customer_id,
            subscription_id=running.contract,
            price_id=price_id,
            key=idempotency,
        )
    return stripe.create_checkout(
        customer_id=customer_id, user_id=user_id, price_id=price_id, key=idempotency
    )


def portal(*, user_id: UUID) -> Page:
    """Return the page on which somebody looks after what they bought.

    Raises NoSubscription, PaymentsUnavailable.
    """
    customer = _newest(user_id)
    if customer is None:
        raise errors.NoSubscription
    return stripe.create_portal(customer_id=customer.customer_id)


def tier_of(price_id: str) -> str | None:
    """Return the plan sold at a price. An empty id is nobody's, whatever is configured."""
    for tier, prices in settings.STRIPE_PRICES.items():
        if price_id and price_id in prices:
            return str(tier)
    return None


def _customer(user_id: UUID, email: str) -> str:
    """Return who somebody is at Stripe, made known there on first need."""
    known = _newest(user_id)
    if known is not None:
        return known.customer_id
    customer_id = stripe.create_customer(user_id=user_id, email=email)
    try:
        with transaction.atomic():
            StripeCustomer.objects.create(user_id=user_id, customer_id=customer_id)
    except IntegrityError:
        pass  # the same wish, in this very moment: Stripe gave both the same customer
    return customer_id


def _newest(user_id: UUID) -> StripeCustomer | None:
    mine = StripeCustomer.objects.filter(user_id=user_id)
    return mine.order_by("-created_at", "pk").first()
