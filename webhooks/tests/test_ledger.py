"""Whatever the order, however often: the fold ends where the orderly telling does."""

import itertools
import random
from datetime import timedelta

import pytest

from billing.rules import ledger, plans
from billing.rules.news import Store
from billing.tests.stores import DAY, NAMES, NOW, PRICES, RevenueCat, Stripe
from webhooks.rules import revenuecat, stripe

USER = "0b0b0b0b-0000-4000-8000-000000000001"
START = NOW.timestamp() - 40 * DAY
RUNS_EACH = 720


def lifecycles():
    """Yield (name, payloads in order, what the store then gives at NOW, 40 days on)."""
    s = Stripe(USER, START)
    other = f"{s.subscription}2"
    yield "buy", [s.checkout(), s.invoice(0, length=60)], "standard"
    yield "buy, nothing more is told", [s.checkout(), s.invoice(0)], None
    yield "buy without a period", [s.checkout()], None
    yield "renew", [s.checkout(), s.invoice(0), s.invoice(30)], "standard"
    yield (
        "trial",
        [
            s.changed(0, "created", status="trialing", tier="pro"),
            s.checkout("pro", 0.1),
            s.changed(14, status="active"),
            s.invoice(14, "pro"),
            s.invoice(38, "pro"),
        ],
        "pro",
    )
    yield (
        "upgrade",
        [
            s.checkout(),
            s.invoice(0, length=60),
            s.changed(5, status="active", tier="pro"),
            s.invoice(5, "pro", lines=[s.line(5, "pro", 1, True)]),
        ],
        "pro",
    )
    yield (
        "downgrade",
        [
            s.checkout("pro"),
            s.invoice(0, "pro"),
            s.changed(20, status="active", tier="standard"),
            s.invoice(30, "standard"),
        ],
        "standard",
    )
    yield (
        "cancel",
        [s.checkout(), s.invoice(0), s.changed(3, status="active", cancel_at_period_end=True)],
        None,
    )
    yield (
        "cancel, take it back",
        [
            s.checkout(),
            s.invoice(0),
            s.changed(3, cancel_at_period_end=True),
            s.changed(4, cancel_at_period_end=False),
            s.invoice(30),
        ],
        "standard",
    )
    yield (
        "cancel at once",
        [s.checkout(), s.invoice(0), s.changed(3, status="active"), s.changed(5, "deleted")],
        None,
    )
    yield (
        "payment fails",
        [
            s.checkout(),
            s.invoice(0),
            s.invoice(30, kind="payment_failed"),
            s.changed(30.1, status="past_due"),
        ],
        None,
    )
    yield (
        "fails and is in its grace",
        [
            s.checkout(),
            s.invoice(0),
            s.invoice(36, kind="payment_failed"),
            s.changed(36.1, status="past_due"),
        ],
        "standard",
    )
    yield (
        "fails and recovers",
        [
            s.checkout(),
            s.invoice(0),
            s.invoice(30, kind="payment_failed"),
            s.invoice(32),
            s.changed(32.1, status="active"),
        ],
        "standard",
    )
    yield (
        "unpaid at last",
        [
            s.checkout(),
            s.invoice(0),
            s.invoice(30, kind="payment_failed"),
            s.changed(37, status="unpaid"),
        ],
        None,
    )
    yield "refund", [s.checkout(), s.invoice(30, payment="pi_1"), s.refund(31, "pi_1")], None
    yield (
        "partial refund",
        [s.checkout(), s.invoice(30, payment="pi_1"), s.refund(31, "pi_1", whole=False)],
        "standard",
    )
    yield (
        "old one deleted after the new one began",
        [
            s.checkout(),
            s.invoice(0),
            s.checkout("pro", 20, sub=other),
            s.invoice(20, "pro", sub=other),
            s.changed(21, "deleted"),
        ],
        "pro",
    )
    yield (
        "lapse and return",
        [
            s.checkout(),
            s.invoice(0),
            s.changed(30, "deleted"),
            s.checkout(day=35, sub=other),
            s.invoice(35, sub=other),
        ],
        "standard",
    )
    yield (
        "unpaid checkout",
        [s.checkout(payment_status="unpaid"), s.checkout(kind="async_payment_failed", day=1)],
        None,
    )
    yield (
        "checkout paid later",
        [
            s.checkout(payment_status="unpaid"),
            s.checkout(kind="async_payment_succeeded", day=30),
            s.invoice(30),
        ],
        "standard",
    )
    yield (
        "pause and go on",
        [
            s.checkout(),
            s.invoice(30),
            s.changed(31, "paused", status="paused"),
            s.changed(32, "resumed", status="active"),
        ],
        "standard",
    )
    yield "paused", [s.checkout(), s.invoice(30), s.changed(31, "paused", status="paused")], None
    r = RevenueCat(USER, START)
    yield "app: buy", [r.event("INITIAL_PURCHASE", 0, ends=60)], "standard"
    yield "app: buy and lapse untold", [r.event("INITIAL_PURCHASE", 0, ends=30)], None
    yield (
        "app: renew",
        [r.event("INITIAL_PURCHASE", 0, ends=30), r.event("RENEWAL", 30, ends=60)],
        "standard",
    )
    yield (
        "app: upgrade",
        [
            r.event("INITIAL_PURCHASE", 0, ends=30),
            r.event("PRODUCT_CHANGE", 10, "pro"),
            r.event("RENEWAL", 30, "pro", ends=60),
        ],
        "pro",
    )
    yield (
        "app: cancel",
        [r.event("INITIAL_PURCHASE", 0, ends=45), r.event("CANCELLATION", 3, ends=45)],
        "standard",
    )
    yield (
        "app: cancelled and over",
        [r.event("INITIAL_PURCHASE", 0, ends=39), r.event("CANCELLATION", 3, ends=39)],
        None,
    )
    yield (
        "app: uncancel",
        [
            r.event("INITIAL_PURCHASE", 0, ends=30),
            r.event("CANCELLATION", 3),
            r.event("UNCANCELLATION", 4),
            r.event("RENEWAL", 30, ends=60),
        ],
        "standard",
    )
    yield (
        "app: billing issue",
        [
            r.event("INITIAL_PURCHASE", 0, ends=35),
            r.event("BILLING_ISSUE", 35),
            r.event("CANCELLATION", 35.1),
        ],
        "standard",
    )
    yield (
        "app: issue, recovered",
        [
            r.event("INITIAL_PURCHASE", 0, ends=30),
            r.event("BILLING_ISSUE", 30),
            r.event("RENEWAL", 33, ends=63),
        ],
        "standard",
    )
    yield (
        "app: expire",
        [
            r.event("INITIAL_PURCHASE", 0, ends=30),
            r.event("CANCELLATION", 20),
            r.event("EXPIRATION", 30, ends=30),
        ],
        None,
    )
    yield (
        "app: lapse and return",
        [
            r.event("INITIAL_PURCHASE", 0, ends=30),
            r.event("EXPIRATION", 30),
            r.event("INITIAL_PURCHASE", 36, "pro", ends=66),
        ],
        "pro",
    )
    yield (
        "app: renewed after expiry",
        [
            r.event("INITIAL_PURCHASE", 0, ends=30),
            r.event("EXPIRATION", 30),
            r.event("RENEWAL", 31, ends=61),
        ],
        "standard",
    )
    yield (
        "app: refund",
        [
            r.event("INITIAL_PURCHASE", 0, ends=60),
            r.event("CANCELLATION", 9, cancel_reason="CUSTOMER_SUPPORT"),
        ],
        None,
    )
    yield (
        "app: refund reversed",
        [
            r.event("INITIAL_PURCHASE", 0, ends=60),
            r.event("REFUND", 9),
            r.event("REFUND_REVERSED", 12),
        ],
        "standard",
    )
    yield (
        "app: extended",
        [r.event("INITIAL_PURCHASE", 0, ends=30), r.event("SUBSCRIPTION_EXTENDED", 29, ends=50)],
        "standard",
    )
    yield (
        "app: pause",
        [r.event("INITIAL_PURCHASE", 0, ends=45), r.event("SUBSCRIPTION_PAUSED", 5, ends=45)],
        "standard",
    )
    yield "app: bought for good", [r.event("NON_RENEWING_PURCHASE", 0, "pro")], "pro"
    yield (
        "app: given for a while",
        [r.event("TEMPORARY_ENTITLEMENT_GRANT", 39.5, ends=40.5)],
        "standard",
    )
    yield (
        "app: long story",
        [
            r.event("INITIAL_PURCHASE", 0, ends=10),
            r.event("RENEWAL", 10, ends=20),
            r.event("CANCELLATION", 12),
            r.event("EXPIRATION", 20),
            r.event("INITIAL_PURCHASE", 25, "pro", ends=35),
            r.event("RENEWAL", 35, "pro", ends=45),
        ],
        "pro",
    )


def read(payload):
    if "data" in payload:
        return stripe.read(payload, tiers=PRICES, event_id=payload["id"], now=NOW)
    return revenuecat.read(payload, tiers=NAMES, event_id=payload["id"], now=NOW)


def outcome(payloads):
    """What the deliveries amount to: each event kept once, in the order it came."""
    kept = {}
    for payload in payloads:
        for item in read(payload):
            kept.setdefault(item.event_id, item)
    return ledger.standing(ledger.fold(kept.values()), NOW)


STORIES = list(lifecycles())


@pytest.mark.parametrize(
    ("story", "tier"), [(s[1], s[2]) for s in STORIES], ids=[s[0] for s in STORIES]
)
def test_orderly_telling_ends_where_it_should(story, tier):
    contract = outcome(story)
    valid = (
        contract and contract.opens and (contract.valid_until is None or contract.valid_until > NOW)
    )
    assert (contract.tier if valid else None) == tier


def test_every_order_and_every_repetition_ends_the_same():
    chance = random.Random(7)
    tried = 0
    for name, story, _ in STORIES:
        expected = outcome(story)
        orders = itertools.cycle(itertools.permutations(story))
        for order in itertools.islice(orders, RUNS_EACH):
            deliveries = [payload for payload in order for _ in range(chance.randint(1, 3))]
            if chance.random() < 0.5:
                chance.shuffle(deliveries)
            assert outcome(deliveries) == expected, (name, [d.get("type") for d in deliveries])
            tried += 1
    assert tried >= 20_000


def test_news_of_one_second_keeps_the_order_of_arrival():
    s = Stripe(USER, START)
    paid, failed = s.invoice(30), s.invoice(30, kind="payment_failed")
    assert outcome([s.checkout(), paid, failed]).status == "past_due"
    assert outcome([s.checkout(), failed, paid]).status == "active"


def test_losing_any_event_never_gives_access_for_ever():
    far = NOW + timedelta(days=400)
    for name, story, _ in STORIES:
        if "for good" in name:
            continue
        for size in range(1, len(story) + 1):
            for told in itertools.combinations(story, size):
                contract = outcome(told)
                if contract and contract.opens:
                    assert contract.valid_until is not None, name
                    assert contract.valid_until < far, name


def test_dispute_finds_its_payment_in_any_order():
    s = Stripe(USER, START)
    story = [s.checkout(), s.invoice(30, payment="pi_9"), s.dispute(31, "pi_9")]
    won = s.dispute(35, "pi_9", "closed", "won")
    lost = s.dispute(35, "pi_9", "closed", "lost")
    for order in itertools.permutations(story):
        assert outcome(order).opens is False
    for order in itertools.permutations([*story, won]):
        assert outcome(order).opens is True
    for order in itertools.permutations([*story, lost]):
        assert outcome(order).opens is False


class Row:
    def __init__(self, tier, until, opens=True):
        self.tier, self.valid_until, self.opens, self.as_of = tier, until, opens, NOW
        self.store, self.status, self.cancel_at_period_end, self.because = (
            Store.STRIPE,
            "active",
            False,
            "x",
        )


def test_highest_valid_claim_counts():
    soon, later = NOW + timedelta(days=1), NOW + timedelta(days=9)
    pro, standard, longer = Row("pro", soon), Row("standard", later), Row("standard", None)
    assert plans.best([standard, pro], NOW) is pro
    assert plans.best([standard, pro], soon) is standard
    assert plans.best([standard, longer], NOW) is longer
    assert plans.best([Row("pro", later, opens=False), Row("free", None)], NOW) is None
    assert plans.best([], NOW) is None


def test_moves_are_followed_from_the_moment_of_the_purchase():
    r = RevenueCat("a", START)
    first = r.event("TRANSFER", 5, transferred_from=["a"], transferred_to=["b"])
    second = r.event("TRANSFER", 9, transferred_from=["b"], transferred_to=["a"])
    moves = [item for each in (second, first) for item in read(each)]
    at = {day: NOW - timedelta(days=40 - day) for day in (0, 6, 10)}
    assert ledger.owner_at("a", at[0], moves) == "a"  # there and back
    assert ledger.owner_at("a", at[0], moves[1:]) == "b"
    assert ledger.owner_at("b", at[6], moves) == "a"
    assert ledger.owner_at("b", at[10], moves) == "b"
