"""What stores tell, in our own words: one vocabulary for Stripe, the app stores and staff."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Provider(StrEnum):
    """Who tells it."""

    STRIPE = "stripe"
    REVENUECAT = "revenuecat"
    STAFF = "staff"


class Store(StrEnum):
    """Where something was bought or given."""

    STRIPE = "stripe"
    APP_STORE = "app_store"
    PLAY_STORE = "play_store"
    PROMO = "promo"
    GRANT = "grant"
    OTHER = "other"


class Kind(StrEnum):
    """What happened. The reducer (rules/ledger.py) says what each does."""

    GRANTED = "granted"  # bought, or given: a new beginning
    RENEWED = "renewed"  # paid for another period
    UPDATED = "updated"  # the store's own picture of how things stand
    WILL_END = "will_end"  # cancelled for the end of the period
    WILL_GO_ON = "will_go_on"  # the cancellation is taken back
    PAYMENT_FAILED = "payment_failed"
    EXTENDED = "extended"
    ENDED = "ended"
    REFUNDED = "refunded"
    SUSPENDED = "suspended"  # disputed, paused, unpaid
    RESTORED = "restored"
    MOVED = "moved"  # to somebody else (``target``)
    NOTED = "noted"  # kept, without effect


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news. None: this news does not say.

    ``subject`` is who it is about in the provider's words (a Stripe customer, RevenueCat's
    app user id), ``contract`` which purchase (a subscription, an original transaction).
    """

    provider: Provider
    store: Store
    event_id: str
    type: str  # the provider's own name of the event, for explanations
    kind: Kind
    at: datetime
    subject: str
    contract: str = "-"
    user_id: UUID | None = None
    aliases: tuple[str, ...] = ()
    tier: str | None = None
    status: str | None = None
    period_start: datetime | None = None
    period_end: datetime | None = None
    will_end: bool | None = None
    lasting: bool = False  # bought once, for good
    target: str = ""
    payment: str = ""  # the payment behind it, by which refunds and disputes find it
