"""Why somebody's plan is what it is, in one sentence; the same for them and for staff."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from billing.rules.plans import Claim, best, is_valid

STORES = {
    "stripe": "the web shop (Stripe)",
    "app_store": "the App Store",
    "play_store": "Google Play",
    "promo": "a promotion",
    "grant": "a gift from our staff",
    "other": "another store",
}


class Told(Claim, Protocol):
    """A claim, and what it was told by."""

    store: str
    status: str
    cancel_at_period_end: bool
    because: str


def sentence(rows: Collection[Told], *, now: datetime) -> str:
    """Return the sentence."""
    decisive = best(rows, now)
    if decisive is None:
        return _why_free(rows, now)
    words = f"{decisive.tier.capitalize()}, by {STORES[decisive.store]}: {_reason(decisive)}"
    others = [row for row in rows if row is not decisive and is_valid(row, now)]
    if others:
        also = " and ".join(f"{row.tier} by {STORES[row.store]}" for row in others)
        words += f"; {also} would count if it ended"
    return f"{words}."


def _reason(row: Told) -> str:
    told = f"told last by {row.because} on {row.as_of:%Y-%m-%d %H:%M} UTC"
    if row.valid_until is None:
        return f"for good, {told}"
    until = f"{row.valid_until:%Y-%m-%d %H:%M} UTC"
    if row.status == "past_due":
        return f"a payment failed, access goes on until {until} while it is tried again, {told}"
    if row.cancel_at_period_end:
        return f"cancelled, access ends on {until}, {told}"
    return f"until {until} unless it is renewed (grace included), {told}"


def _why_free(rows: Collection[Told], now: datetime) -> str:
    if not rows:
        return "Free: no store has told of a purchase."
    last = max(rows, key=lambda row: row.as_of)
    told = f"{last.because} on {last.as_of:%Y-%m-%d %H:%M} UTC"
    if last.opens and last.valid_until is not None and last.valid_until <= now:
        return (
            f"Free: what {STORES[last.store]} gave ran out on {last.valid_until:%Y-%m-%d %H:%M} "
            f"UTC, and no renewal was told since {told}."
        )
    return f"Free: {STORES[last.store]} says {last.status}, told by {told}."
