"""From what stores told to what somebody has: a fold over all news, in the order it happened.

Nothing is ever applied to a state that only remembers its last news. The whole of what was
told is sorted by the provider's own time and folded anew, so lost, late, doubled and
reordered deliveries end where orderly ones do. Pure functions; the rows are services' affair.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from billing.rules.news import Kind, News, Store
from billing.rules.plans import FREE, PLANS

GRACE = timedelta(days=3)  # a renewal's news may be late or lost: access goes on this long
PAST_DUE_GRACE = timedelta(days=7)  # since a payment first failed; stores try again meanwhile
UNDATED = timedelta(days=35)  # a purchase whose period nobody told: a month and some


@dataclass(slots=True)
class Contract:
    """One purchase at one store, as far as its news has been read."""

    id: str
    store: Store
    tier: str | None = None
    status: str = "active"
    period_start: datetime | None = None
    period_end: datetime | None = None
    will_end: bool = False
    lasting: bool = False
    ended: bool = False
    suspended: bool = False
    begun_at: datetime | None = None
    past_due_since: datetime | None = None
    as_of: datetime | None = None
    because: str = ""  # the last event that counted

    @property
    def opens(self) -> bool:
        """Whether it gives access at all, until ``valid_until``."""
        return self.tier in PLANS and not self.ended and not self.suspended

    @property
    def valid_until(self) -> datetime | None:
        """When access ends unless there is more news; None for a purchase for good."""
        if self.past_due_since is not None:
            return self.past_due_since + PAST_DUE_GRACE
        if self.period_end is not None:
            return self.period_end if self.will_end or self.lasting else self.period_end + GRACE
        if self.lasting or self.begun_at is None:
            return None
        return self.begun_at + UNDATED


def fold(news: Iterable[News]) -> list[Contract]:
    """Return the contracts that ``news`` (of one person and store, in any order) amounts to.

    News of the same moment keeps the order it is given in: stores tell times in seconds.
    """
    contracts: dict[str, Contract] = {}
    of_payment: dict[str, str] = {}
    for item in sorted(news, key=lambda each: each.at):
        key = item.contract
        if item.payment:
            if key == "-":  # a refund or dispute names the payment only
                key = of_payment.get(item.payment, "-")
            else:
                of_payment[item.payment] = key
        if key == "-" and len(contracts) == 1:
            key = next(iter(contracts))
        contract = contracts.setdefault(key, Contract(key, item.store))
        _apply(contract, item)
    return list(contracts.values())


def standing(contracts: list[Contract], now: datetime) -> Contract | None:
    """Return the contract that stands for its store: one that is valid before one that is not,
    then the higher plan, the longer one, the newest."""
    return max(contracts, key=lambda contract: _weight(contract, now), default=None)


def _weight(contract: Contract, now: datetime) -> tuple[object, ...]:
    until = contract.valid_until
    return (
        contract.opens and (until is None or now < until),
        contract.opens,
        PLANS.get(contract.tier or "", FREE).rank if contract.opens else 0,
        until is None,
        until.timestamp() if until else 0.0,
        contract.as_of.timestamp() if contract.as_of else 0.0,
        contract.id,
    )


def _apply(contract: Contract, news: News) -> None:
    """Let one piece of news happen to a contract."""
    final = contract.ended and news.store is Store.STRIPE
    if final and news.kind is not Kind.REFUNDED:
        return  # Stripe revives no deleted subscription: whatever comes after is about before
    if news.kind is Kind.NOTED or news.kind is Kind.MOVED:
        return
    _EFFECTS[news.kind](contract, news)
    contract.as_of, contract.because = news.at, news.type


def _granted(contract: Contract, news: News) -> None:
    contract.begun_at = news.at
    contract.lasting = news.lasting
    contract.tier = news.tier or contract.tier
    contract.will_end = False
    _in_good_standing(contract)
    if news.lasting:
        contract.period_end = news.period_end  # a gift replaces the one before it
    _period(contract, news)


def _renewed(contract: Contract, news: News) -> None:
    contract.begun_at = contract.begun_at or news.at
    contract.tier = news.tier or contract.tier
    if news.store is not Store.STRIPE:
        contract.will_end = False  # Stripe tells that itself
    _in_good_standing(contract)
    _period(contract, news)


def _updated(contract: Contract, news: News) -> None:
    contract.begun_at = contract.begun_at or news.at
    contract.tier = news.tier or contract.tier
    if news.will_end is not None:
        contract.will_end = news.will_end
    _period(contract, news)
    if news.status == "active":
        _in_good_standing(contract)
    elif news.status == "past_due":
        _payment_failed(contract, news)
    elif news.status == "suspended":
        contract.suspended, contract.status = True, "past_due"
    elif news.status is not None:
        _ended(contract, news)


def _will_end(contract: Contract, news: News) -> None:
    contract.will_end = True
    _period(contract, news)


def _will_go_on(contract: Contract, news: News) -> None:
    contract.will_end = False
    _period(contract, news)


def _payment_failed(contract: Contract, news: News) -> None:
    if contract.ended:
        return
    contract.status = "past_due"
    contract.past_due_since = contract.past_due_since or news.at


def _extended(contract: Contract, news: News) -> None:
    _period(contract, news)


def _ended(contract: Contract, news: News) -> None:
    contract.ended, contract.will_end = True, False
    contract.status = news.status or "expired"
    contract.past_due_since = None


def _suspended(contract: Contract, news: News) -> None:
    contract.suspended, contract.status = True, "past_due"


def _restored(contract: Contract, news: News) -> None:
    _in_good_standing(contract)


def _in_good_standing(contract: Contract) -> None:
    contract.status = "active"
    contract.ended = contract.suspended = False
    contract.past_due_since = None


def _period(contract: Contract, news: News) -> None:
    contract.period_start = news.period_start or contract.period_start
    contract.period_end = news.period_end or contract.period_end


_EFFECTS = {
    Kind.GRANTED: _granted,
    Kind.RENEWED: _renewed,
    Kind.UPDATED: _updated,
    Kind.WILL_END: _will_end,
    Kind.WILL_GO_ON: _will_go_on,
    Kind.PAYMENT_FAILED: _payment_failed,
    Kind.EXTENDED: _extended,
    Kind.ENDED: _ended,
    Kind.REFUNDED: _ended,
    Kind.SUSPENDED: _suspended,
    Kind.RESTORED: _restored,
}


def owner_at(subject: str, at: datetime, moves: Iterable[News]) -> str:
    """Return whose a purchase of ``subject`` at ``at`` is by now, following every later move."""
    ordered = sorted(moves, key=lambda move: move.at)
    for move in ordered:
        if move.subject == subject and move.at >= at:
            subject, at = move.target, move.at
    return subject
