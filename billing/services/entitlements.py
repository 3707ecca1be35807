"""What stores tell becomes what somebody has. Nothing else writes an Entitlement."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q

from accounts.models import User
from accounts.selectors import people
from billing import selectors
from billing.models import Entitlement, StoreEvent, StripeCustomer
from billing.rules import ledger
from billing.rules.news import Kind, News, Provider, Store
from billing.rules.plans import FREE, PLANS


@transaction.atomic(savepoint=False)
def hear(*, news: Iterable[News], now: datetime) -> bool:
    """Keep what a store told, and compute anew what it touches. Return whether it was new.

    Idempotent: an event told again changes nothing. What is about nobody we know is parked.
    """
    touched: dict[UUID, set[Store] | None] = {}  # which stores of whom; None is all of them
    fresh = False
    for item in news:
        user_id = _whose(item)
        if user_id is not None and not _lock(user_id):
            user_id = None
        if not _keep(item, user_id):
            continue
        fresh = True
        if user_id is not None:
            claimed = _claim(item, user_id)
            stores = touched.setdefault(user_id, set())
            if claimed or stores is None:
                touched[user_id] = None
            else:
                stores.add(item.store)
        if item.kind is Kind.MOVED:
            touched |= {pk: None for pk in map(_known_user, (item.subject, item.target)) if pk}
    for user_id in sorted(touched):
        recompute(user_id=user_id, now=now, stores=touched[user_id])
    return fresh


@transaction.atomic(savepoint=False)
def recompute(*, user_id: UUID, now: datetime, stores: set[Store] | None = None) -> None:
    """Fold somebody's news into one row for each store, and tell the porter the devices.

    ``stores`` None is all of them.
    """
    user = _lock(user_id)
    if user is None:
        return
    by_store: dict[Store, list[News]] = {}
    for item in _news_of(user_id, stores):
        by_store.setdefault(item.store, []).append(item)
    rows = []
    for store, items in by_store.items():
        contract = ledger.standing(ledger.fold(items), now)
        if contract is not None and contract.as_of is not None:
            rows.append(_row(user_id, store, contract, contract.as_of, now))
    if rows:
        Entitlement.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["user", "store"],
            update_fields=[*_COMPUTED, "updated_at"],
        )
    if stores is None:
        told = [row.store for row in rows]
        Entitlement.objects.filter(user_id=user_id).exclude(store__in=told).delete()
    people.forget_on_commit(user_id)
    settle_devices(user=user, now=now)


def settle_devices(*, user: User, now: datetime) -> None:
    """Write how many devices the plan of this moment allows, where the porter counts."""
    rows = selectors.entitlements(user.pk)
    if not rows and user.device_limit == FREE.devices:
        return
    plan = selectors.stand(rows, joined=user.created_at, now=now).plan
    if user.device_limit != plan.devices:
        user.device_limit = plan.devices
        user.save(update_fields=["device_limit", "updated_at"])


def settle(*, now: datetime) -> int:
    """Compute anew for those whose access has run out since; return how many they are.

    The plan itself ends by the clock; this brings another contract of the same store forward
    and the devices in line.
    """
    lapsed = Entitlement.objects.filter(valid_until__lte=now, updated_at__lt=F("valid_until"))
    people_lapsed = set(lapsed.values_list("user_id", flat=True))
    for user_id in sorted(people_lapsed):
        recompute(user_id=user_id, now=now)
    return len(people_lapsed)


def claim_parked(*, now: datetime) -> int:
    """Give parked news to people who have appeared since; return how many pieces."""
    claimed = 0
    for subject in StoreEvent.objects.parked().values_list("subject", flat=True).distinct():
        user_id = _known_user(subject)
        if user_id is None:
            continue
        with transaction.atomic():
            claimed += StoreEvent.objects.parked().filter(subject=subject).update(user=user_id)
            recompute(user_id=user_id, now=now)
    return claimed


def grant(*, user_id: UUID, tier: str, until: datetime | None, reason: str, now: datetime) -> None:
    """Give somebody a plan by hand; ``until`` None is for good. ``tier`` "free" takes it back.

    Raises ValueError for an unknown tier.
    """
    if tier not in PLANS:
        raise ValueError(f"{tier!r} is no plan")
    hear(
        news=[
            News(
                provider=Provider.STAFF,
                store=Store.GRANT,
                event_id=f"{user_id}:{now.timestamp()}",
                type=reason[:64] or "granted",
                kind=Kind.ENDED if tier == FREE.tier else Kind.GRANTED,
                at=now,
                subject=str(user_id),
                user_id=user_id,
                tier=tier,
                status="canceled" if tier == FREE.tier else "active",
                period_end=until,
                lasting=True,
            )
        ],
        now=now,
    )


@transaction.atomic
def erase(*, user_id: UUID) -> None:
    """Forget what was told of somebody; what has moved on to others becomes theirs entirely."""
    mine = str(user_id)
    moves = [event.news() for event in StoreEvent.objects.filter(kind=Kind.MOVED, subject=mine)]
    if moves:
        for event in StoreEvent.objects.of(user_id).exclude(kind=Kind.MOVED):
            heir = _known_user(ledger.owner_at(event.subject, event.at, moves))
            if heir is not None and heir != user_id:
                event.user_id, event.subject = heir, str(heir)
                event.save(update_fields=["user", "subject"])
    StoreEvent.objects.of(user_id).delete()
    Entitlement.objects.filter(user_id=user_id).delete()


def _lock(user_id: UUID) -> User | None:
    """Return somebody, locked: one at a time, so that each fold sees all that was committed."""
    # NO KEY: who only refers to the account (a new session, say) need not wait.
    return User.objects.select_for_update(no_key=True).filter(pk=user_id).first()


def _news_of(user_id: UUID, stores: set[Store] | None) -> list[News]:
    """Return all news that is about ``user_id`` by now, in the order it arrived."""
    events = StoreEvent.objects.exclude(kind=Kind.MOVED).order_by("pk")
    if stores is not None:
        events = events.filter(store__in=[store.value for store in stores])
    own = events.of(user_id)
    if stores is not None and stores <= {Store.STRIPE, Store.GRANT}:  # these cannot be moved
        return [event.news() for event in own]
    mine = str(user_id)
    moves = _moves_about(mine)
    if not moves:
        return [event.news() for event in own]
    names = {move.subject for move in moves} | {move.target for move in moves}
    others = events.filter(subject__in=names - {mine}, provider=Provider.REVENUECAT)
    return [
        event.news()
        for event in (own | others)
        if event.provider != Provider.REVENUECAT
        or ledger.owner_at(event.subject, event.at, moves) == mine
    ]


def _moves_about(name: str) -> list[News]:
    """Return every move that bears on ``name``: to it, from it, and to and from those."""
    seen: dict[int, StoreEvent] = {}
    names, frontier = {name}, {name}
    while frontier:
        bearing = Q(subject__in=frontier) | Q(target__in=frontier)
        found = StoreEvent.objects.filter(bearing, kind=Kind.MOVED)
        seen |= {event.pk: event for event in found}
        frontier = {name for event in found for name in (event.subject, event.target)} - names
        names |= frontier
    return [event.news() for event in seen.values()]


_COMPUTED = [
    *("contract", "tier", "status", "period_start", "period_end", "cancel_at_period_end"),
    *("opens", "valid_until", "as_of", "because"),
]


def _row(
    user_id: UUID, store: Store, contract: ledger.Contract, as_of: datetime, now: datetime
) -> Entitlement:
    opens = contract.opens
    return Entitlement(
        user_id=user_id,
        store=store.value,
        contract=contract.id,
        tier=contract.tier or FREE.tier if opens else FREE.tier,
        status=contract.status,
        period_start=contract.period_start if opens else None,
        period_end=contract.period_end if opens else None,
        cancel_at_period_end=contract.will_end,
        opens=opens,
        valid_until=contract.valid_until if opens else None,
        as_of=as_of,
        because=contract.because,
        updated_at=now,
    )


_KEEP = """
    INSERT INTO billing_storeevent
           (user_id, provider, store, event_id, type, kind, at, subject, contract, tier, status,
            period_start, period_end, will_end, lasting, target, payment, received_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, now())
        ON CONFLICT (provider, event_id, subject) DO NOTHING"""


def _keep(item: News, user_id: UUID | None) -> bool:
    """Insert a piece of news; return whether it was not there yet."""
    known = item.provider is Provider.REVENUECAT and user_id is not None
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            [
                *(user_id, item.provider.value, item.store.value, item.event_id[:255]),
                *(item.type[:64], item.kind.value, item.at),
                str(user_id) if known else item.subject,
                *(item.contract[:255], item.tier, item.status, item.period_start),
                *(item.period_end, item.will_end, item.lasting, item.target, item.payment[:255]),
            ],
        )
        return bool(cursor.rowcount)


def _whose(item: News) -> UUID | None:
    """Return whom news is about, if it is somebody of ours."""
    if item.user_id is not None and item.provider is not Provider.STRIPE:
        return item.user_id
    if item.provider is Provider.STRIPE:
        customer = StripeCustomer.objects.filter(customer_id=item.subject).first()
        if customer is not None:
            return customer.user_id
        if item.subject.startswith("payment:"):
            paid = StoreEvent.objects.filter(provider=item.provider.value, payment=item.payment)
            return paid.exclude(user=None).values_list("user_id", flat=True).first()
        if item.user_id is None or not User.objects.filter(pk=item.user_id).exists():
            return None
        if item.subject.startswith("cus_"):
            StripeCustomer.objects.get_or_create(
                customer_id=item.subject, defaults={"user_id": item.user_id}
            )
        return item.user_id
    for name in (item.subject, *item.aliases):
        user_id = _known_user(name)
        if user_id is not None:
            return user_id
    return None


def _claim(item: News, user_id: UUID) -> int:
    """Give somebody what was parked under a name this news shows to be theirs."""
    names = {item.subject, *item.aliases} - {str(user_id)}
    if item.payment:
        names.add(f"payment:{item.payment}")
    if not names:
        return 0
    parked = StoreEvent.objects.parked().filter(provider=item.provider.value, subject__in=names)
    if item.provider is Provider.REVENUECAT:
        return parked.update(user=user_id, subject=str(user_id))
    return parked.update(user=user_id)


def _known_user(name: str) -> UUID | None:
    try:
        user_id = UUID(name)
    except ValueError:
        customer = StripeCustomer.objects.filter(customer_id=name).first()
        return customer.user_id if customer else None
    return user_id if User.objects.filter(pk=user_id).exists() else None
