"""RevenueCat's webhooks: is it RevenueCat, and what does it tell?

Events and fields: https://www.revenuecat.com/docs/integrations/webhooks/event-types-and-fields
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from billing.rules.news import Kind, News, Provider, Store
from billing.rules.plans import PLANS
from billing.rules.reading import items, mapping, moment, text
from webhooks import errors

STORES = {
    "APP_STORE": Store.APP_STORE,
    "MAC_APP_STORE": Store.APP_STORE,
    "PLAY_STORE": Store.PLAY_STORE,
    "PROMOTIONAL": Store.PROMO,
}

# What each type is in our words, and why. TEST and whatever is not named here is kept without
# effect: nobody gains or loses by what we do not understand.
KINDS = {
    # Money was paid, or access given: a new beginning, also after an end.
    "INITIAL_PURCHASE": Kind.GRANTED,
    # Bought once: lasts until its expiry, or for good when it has none.
    "NON_RENEWING_PURCHASE": Kind.GRANTED,
    # The store is down and RevenueCat vouches for a day: believed for as long as it says.
    "TEMPORARY_ENTITLEMENT_GRANT": Kind.GRANTED,
    # Paid for another period; also what follows a failed payment or an expiry that was mended.
    "RENEWAL": Kind.RENEWED,
    # Another plan; status and period stay until a renewal tells them.
    "PRODUCT_CHANGE": Kind.UPDATED,
    # They will not go on: access stays until the period they paid for ends, without grace.
    "CANCELLATION": Kind.WILL_END,
    # A pause begins when the paid period ends; EXPIRATION tells that it has.
    "SUBSCRIPTION_PAUSED": Kind.WILL_END,
    # They changed their mind before the end.
    "UNCANCELLATION": Kind.WILL_GO_ON,
    # The store tries again for days: access goes on meanwhile, and says so.
    "BILLING_ISSUE": Kind.PAYMENT_FAILED,
    # Paid or given time on top.
    "SUBSCRIPTION_EXTENDED": Kind.EXTENDED,
    # It is over. A later RENEWAL or purchase revives it: stores do mend their own mistakes.
    "EXPIRATION": Kind.ENDED,
    # The money went back, and access with it; reversed, both come back.
    "REFUND": Kind.REFUNDED,
    "REFUND_REVERSED": Kind.RESTORED,
    # The same store account now belongs to somebody else here: what it bought goes along.
    "TRANSFER": Kind.MOVED,
}
REFUND_REASONS = {"CUSTOMER_SUPPORT"}  # the store gave the money back


def verify(header: str | None, *, secret: str) -> None:
    """Check the bearer token, in constant time. Raises MissingAuth, InvalidAuth.

    Without a configured secret nobody is believed.
    """
    if header is None or not header.startswith("Bearer "):
        raise errors.MissingAuth
    given = header[len("Bearer ") :].encode("latin-1", "replace")
    if not secret or not hmac.compare_digest(given, secret.encode()):
        raise errors.InvalidAuth


def event_of(body: object) -> dict[str, Any]:
    """Return the event in a body: under ``event``, or the body itself. Raises InvalidPayload."""
    if not isinstance(body, dict):
        raise errors.InvalidPayload
    event = body.get("event", body)
    if not isinstance(event, dict):
        raise errors.InvalidPayload
    return event


def type_of(event: Mapping[str, Any]) -> str:
    """Return the event's type in capitals."""
    return text(event.get("type") or event.get("event_type"), 64).upper()


def id_of(event: Mapping[str, Any]) -> str:
    """Return the event's id, or ""."""
    return text(event.get("id")) or text(event.get("event_id"))


def is_sandbox(event: Mapping[str, Any]) -> bool:
    """Whether nobody paid for this: a tester's purchase."""
    return text(event.get("environment")).upper() == "SANDBOX"


def read(
    event: Mapping[str, Any], *, tiers: Mapping[str, str], event_id: str, now: datetime
) -> list[News]:
    """Return what an event tells; ``tiers`` maps entitlement names to plans."""
    name = type_of(event)
    kind = KINDS.get(name)
    if kind is None:
        return []
    at = moment(event.get("event_timestamp_ms")) or now
    common: dict[str, Any] = {
        "provider": Provider.REVENUECAT,
        "store": STORES.get(text(event.get("store")).upper(), Store.OTHER),
        "event_id": event_id,
        "type": name,
        "at": min(at, now),
    }
    if kind is Kind.MOVED:
        return _moves(event, common)
    reason = text(event.get("cancel_reason")).upper()
    if kind is Kind.WILL_END and reason in REFUND_REASONS:
        kind = Kind.REFUNDED
    subject = text(event.get("app_user_id")) or text(event.get("original_app_user_id"))
    if not subject:
        return []
    names = [event.get("original_app_user_id"), *items(event.get("aliases"))]
    return [
        News(
            **common,
            kind=kind,
            subject=_canonical(subject),
            contract=text(event.get("original_transaction_id")) or "-",
            aliases=tuple(_canonical(alias) for alias in map(text, names) if alias),
            tier=_tier(event, tiers),
            status=_status(kind),
            period_end=_expiry(event),
            lasting=name == "NON_RENEWING_PURCHASE",
        )
    ]


def _moves(event: Mapping[str, Any], common: dict[str, Any]) -> list[News]:
    """A transfer takes everything from each old owner to one new one."""
    to = [_canonical(name) for name in map(text, items(event.get("transferred_to"))) if name]
    target = next((name for name in to if _is_uuid(name)), to[0] if to else "")
    origins = {_canonical(name) for name in map(text, items(event.get("transferred_from"))) if name}
    return [
        News(**common, kind=Kind.MOVED, subject=origin, target=target)
        for origin in sorted(origins - set(to))
        if target
    ]


def _tier(event: Mapping[str, Any], tiers: Mapping[str, str]) -> str | None:
    """Return the highest plan among the event's entitlements; None when it names none."""
    named = event.get("entitlement_ids")
    if not isinstance(named, list):
        named = list(mapping(event.get("entitlements"))) or [event.get("entitlement_id")]
    found = [tiers[name] for name in map(text, named) if name in tiers]
    return max(found, key=lambda tier: PLANS[tier].rank, default=None)


def _status(kind: Kind) -> str | None:
    return {Kind.ENDED: "expired", Kind.REFUNDED: "canceled", Kind.UPDATED: None}.get(kind)


def _expiry(event: Mapping[str, Any]) -> datetime | None:
    """Return the end of the period; a grace period the store gives is part of it."""
    names = ("expiration_at_ms", "expiration_at", "expires_at_ms", "expires_at")
    found = (moment(event.get(name)) for name in names)
    return next((each for each in found if each is not None), None)


def _canonical(name: str) -> str:
    """Return a user id as we write it; other names as they are."""
    try:
        return str(UUID(name))
    except ValueError:
        return name


def _is_uuid(name: str) -> bool:
    try:
        UUID(name)
    except ValueError:
        return False
    return True
