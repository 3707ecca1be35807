"""Stripe's webhooks: is it Stripe, and what does it tell?

Signatures: https://docs.stripe.com/webhooks#verify-manually
Events: https://docs.stripe.com/api/events/types
"""

import hashlib
import hmac
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from billing.rules.news import Kind, News, Provider, Store
from billing.rules.pictures import subscription_facts
from billing.rules.reading import identifier, items, mapping, moment, text
from webhooks import errors

TOLERANCE_SECONDS = 300


def verify(body: bytes, header: str | None, *, secrets: Collection[str], now: datetime) -> None:
    """Check that one of ``secrets`` signed ``body`` within the last five minutes.

    Raises MissingSignature, InvalidSignature.
    """
    if not header:
        raise errors.MissingSignature
    stamps: list[str] = []
    given: list[str] = []
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        (stamps if name == "t" else given if name == "v1" else []).append(value)
    if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdigit()):
        raise errors.InvalidSignature
    if len(stamps[0]) > 12 or abs(now.timestamp() - int(stamps[0])) > TOLERANCE_SECONDS:
        raise errors.InvalidSignature
    signed = stamps[0].encode() + b"." + body
    for secret in secrets:
        right = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()
        if any(hmac.compare_digest(right, each.encode()) for each in given):
            return
    raise errors.InvalidSignature


def read(
    event: Mapping[str, Any], *, tiers: Mapping[str, str], event_id: str, now: datetime
) -> list[News]:
    """Return what an event tells; ``tiers`` maps price ids to plans. Nothing for what is not ours.

    ``event_id`` stands in for an id Stripe left out.
    """
    kind = text(event.get("type"), 64)
    thing = mapping(mapping(event.get("data")).get("object"))
    reader = _READERS.get(kind)
    told = reader(thing, tiers) if reader is not None and thing else None
    if told is None:
        return []
    what, facts = told
    subject = identifier(thing.get("customer")) or _unnamed(facts)
    if not subject:
        return []
    return [
        News(
            provider=Provider.STRIPE,
            store=Store.STRIPE,
            event_id=event_id,
            type=kind,
            kind=what,
            at=min(moment(event.get("created")) or now, now),
            subject=subject,
            **facts,
        )
    ]


Facts = dict[str, Any]
Told = tuple[Kind, Facts] | None


def _checkout(thing: dict[str, Any], tiers: Mapping[str, str]) -> Told:
    """A finished checkout counts when it is paid; one that is paid later tells so later."""
    if thing.get("payment_status", "paid") not in ("paid", "no_payment_required"):
        return None
    return Kind.GRANTED, _bought(thing, tiers)


def _paid_later(thing: dict[str, Any], tiers: Mapping[str, str]) -> Told:
    return Kind.GRANTED, _bought(thing, tiers)


def _never_paid(thing: dict[str, Any], tiers: Mapping[str, str]) -> Told:
    return Kind.ENDED, {**_bought(thing, tiers), "status": "canceled"}


def _bought(thing: dict[str, Any], tiers: Mapping[str, str]) -> Facts:
    metadata = mapping(thing.get("metadata"))
    return {
        "contract": identifier(thing.get("subscription")) or "-",
        "tier": tiers.get(text(metadata.get("price_id"))),
        "user_id": _uuid(metadata.get("user_id")) or _uuid(thing.get("client_reference_id")),
    }


def _subscription(thing: dict[str, Any], tiers: Mapping[str, str]) -> Told:
    user_id = _uuid(mapping(thing.get("metadata")).get("user_id"))
    return Kind.UPDATED, {**subscription_facts(thing, tiers), "user_id": user_id}


def _deleted(thing: dict[str, Any], tiers: Mapping[str, str]) -> Told:
    return Kind.ENDED, {"contract": identifier(thing) or "-", "status": "canceled"}


def _invoice_paid(thing: dict[str, Any], tiers: Mapping[str, str]) -> Told:
    """A paid invoice opens its period; one that only settles a change of plan does not."""
    facts = _invoice(thing)
    lines = [mapping(line) for line in items(mapping(thing.get("lines")).get("data"))]
    regular = [line for line in lines if not _is_proration(line)]
    if lines and not regular:
        return Kind.NOTED, facts
    periods = [
        (moment(mapping(line.get("period")).get("end")), line)
        for line in regular
        if moment(mapping(line.get("period")).get("end")) is not None
    ]
    if periods:
        end, line = max(periods, key=lambda pair: str(pair[0]))
        facts["period_end"] = end
        facts["period_start"] = moment(mapping(line.get("period")).get("start"))
        facts["tier"] = tiers.get(_price_of(line))
    return Kind.RENEWED, facts


def _invoice_failed(thing: dict[str, Any], tiers: Mapping[str, str]) -> Told:
    return Kind.PAYMENT_FAILED, _invoice(thing)


def _invoice(thing: dict[str, Any]) -> Facts:
    parent = mapping(mapping(thing.get("parent")).get("subscription_details"))
    first = mapping(next(iter(items(mapping(thing.get("lines")).get("data"))), None))
    inner = mapping(mapping(first.get("parent")).get("subscription_item_details"))
    found = (
        identifier(thing.get("subscription"))
        or identifier(parent.get("subscription"))
        or identifier(first.get("subscription"))
        or identifier(inner.get("subscription"))
    )
    return {"contract": found or "-", "payment": _payment(thing) or identifier(thing)}


def _is_proration(line: dict[str, Any]) -> bool:
    inner = mapping(mapping(line.get("parent")).get("subscription_item_details"))
    return bool(line.get("proration") or inner.get("proration"))


def _price_of(line: dict[str, Any]) -> str:
    priced = mapping(mapping(line.get("pricing")).get("price_details"))
    return identifier(line.get("price")) or identifier(priced.get("price"))


def _refunded(thing: dict[str, Any], tiers: Mapping[str, str]) -> Told:
    """Only a charge given back whole ends what it paid for."""
    if thing.get("refunded") is not True:
        return None
    payment = _payment(thing) or identifier(thing.get("invoice"))
    return Kind.REFUNDED, {"payment": payment, "status": "canceled"}


def _disputed(thing: dict[str, Any], tiers: Mapping[str, str]) -> Told:
    return Kind.SUSPENDED, {"payment": _payment(thing)}


def _dispute_closed(thing: dict[str, Any], tiers: Mapping[str, str]) -> Told:
    if thing.get("status") in ("won", "warning_closed"):
        return Kind.RESTORED, {"payment": _payment(thing)}
    return Kind.REFUNDED, {"payment": _payment(thing), "status": "canceled"}


def _payment(thing: dict[str, Any]) -> str:
    return identifier(thing.get("payment_intent")) or identifier(thing.get("charge"))


# Every event that counts, and why. All others (prices, payment methods, previews of invoices)
# are kept without effect: none of them changes what somebody has.
_READERS: dict[str, Callable[[dict[str, Any], Mapping[str, str]], Told]] = {
    # The only event that names our user and the price: it ties customer and subscription to them.
    "checkout.session.completed": _checkout,
    # Bank debits are settled days later: access begins, or never does, when they are.
    "checkout.session.async_payment_succeeded": _paid_later,
    "checkout.session.async_payment_failed": _never_paid,
    # Stripe's picture of the subscription: plan, status, period, and whether it will end.
    "customer.subscription.created": _subscription,
    "customer.subscription.updated": _subscription,
    "customer.subscription.paused": _subscription,
    "customer.subscription.resumed": _subscription,
    # Final: a deleted subscription never comes back, a new one has a new id.
    "customer.subscription.deleted": _deleted,
    # A paid invoice opens its period; a proration's does not.
    "invoice.paid": _invoice_paid,
    # Stripe tries again for days: access goes on meanwhile, and says so.
    "invoice.payment_failed": _invoice_failed,
    # The whole of it given back: what it paid for is over.
    "charge.refunded": _refunded,
    # The bank holds the money: access waits until it is settled who is right.
    "charge.dispute.created": _disputed,
    "charge.dispute.closed": _dispute_closed,
}


def _unnamed(facts: Facts) -> str:
    """Return a subject for an event without a customer: the user or the payment it names."""
    if facts.get("user_id"):
        return f"user:{facts['user_id']}"
    return f"payment:{facts['payment']}" if facts.get("payment") else ""


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(text(value))
    except ValueError:
        return None
