"""What stores tell becomes what somebody has. Nothing else writes an Entitlement."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.selectors import people
from billing import selectors
from billing.models import Entitlement, StoreEvent, StripeCustomer
from billing.rules import ledger
from billing.rules.news import Kind, News, Provider, Store
from billing.rules.plans import FREE, PLANS


@transaction.atomic
def hear(*, news: Iterable[News], now: datetime) -> bool:
    """Keep what a store told, and compute anew what it touches. Return whether it was new.

    Idempotent: an event told again changes nothing. What is about nobody we know is parked.
    """
    touched: set[UUID] = set()
    fresh = False
    for item in news:
        user_id = _whose(item)
        if user_id is not None:
            # One at a time for each person: the fold must see all that was committed.
            User.objects.select_for_update(no_key=True).get(pk=user_id)
        kept = _keep(item, user_id)
        fresh = fresh or kept
        if kept and user_id is not None:
            touched |= {user_id, *_claim(item, user_id)}
        if kept and item.kind is Kind.MOVED:
            touched |= {pk for pk in map(_known_user, (item.subject, item.target)) if pk}
    for user_id in sorted(touched):
        recompute(user_id=user_id, now=now)
    return fresh


@transaction.atomic
def recompute(*, user_id: UUID, now: datetime) -> None:
    """Fold all of somebody's news into one row for each store, and tell the porter the devices."""
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        return
    by_store: dict[Store, list[News]] = {}
    for item in _news_of(user_id):
        by_store.setdefault(item.store, []).append(item)
    kept = []
    for store, items in by_store.items():
        contract = ledger.standing(ledger.fold(items), now)
        if contract is not None and contract.as_of is not None:
            kept.append(_write(user_id, store, contract, contract.as_of))
    Entitlement.objects.filter(user_id=user_id).exclude(pk__in=kept).delete()
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


def _news_of(user_id: UUID) -> list[News]:
    """Return all news that is about ``user_id`` by now, in the order it arrived."""
    mine = str(user_id)
    linked, frontier = {mine}, {mine}
    moves: list[StoreEvent] = []
    while frontier:  # whoever moved purchases here, and whoever moved them to those
        found = StoreEvent.objects.filter(kind=Kind.MOVED, target__in=frontier)
        away = StoreEvent.objects.filter(kind=Kind.MOVED, subject__in=frontier)
        seen = {event.pk for event in moves}
        fresh = [event for event in (*found, *away) if event.pk not in seen]
        moves += {event.pk: event for event in fresh}.values()
        frontier = {event.subject for event in fresh} | {event.target for event in fresh}
        frontier -= linked
        linked |= frontier
    told = [move.news() for move in moves]
    own = StoreEvent.objects.of(user_id)
    others = StoreEvent.objects.filter(subject__in=linked - {mine}, provider=Provider.REVENUECAT)
    return [
        event.news()
        for event in (own | others).exclude(kind=Kind.MOVED).order_by("pk")
        if event.provider != Provider.REVENUECAT
        or ledger.owner_at(event.subject, event.at, told) == mine
    ]


def _write(user_id: UUID, store: Store, contract: ledger.Contract, as_of: datetime) -> UUID:
    row, _ = Entitlement.objects.update_or_create(
        user_id=user_id,
        store=store.value,
        defaults={
            "contract": contract.id,
            "tier": contract.tier or FREE.tier if contract.opens else FREE.tier,
            "status": contract.status,
            "period_start": contract.period_start if contract.opens else None,
            "period_end": contract.period_end if contract.opens else None,
            "cancel_at_period_end": contract.will_end,
            "opens": contract.opens,
            "valid_until": contract.valid_until if contract.opens else None,
            "as_of": as_of,
            "because": contract.because,
        },
    )
    return row.pk


def _keep(item: News, user_id: UUID | None) -> bool:
    """Insert a piece of news; return whether it was not there yet."""
    row = StoreEvent(
        user_id=user_id,
        provider=item.provider.value,
        store=item.store.value,
        event_id=item.event_id[:255],
        type=item.type[:64],
        kind=item.kind.value,
        at=item.at,
        subject=str(user_id) if item.provider is Provider.REVENUECAT and user_id else item.subject,
        contract=item.contract[:255],
        tier=item.tier,
        status=item.status,
        period_start=item.period_start,
        period_end=item.period_end,
        will_end=item.will_end,
        lasting=item.lasting,
        target=item.target,
        payment=item.payment[:255],
    )
    before = StoreEvent.objects.filter(
        provider=row.provider, event_id=row.event_id, subject=row.subject
    )
    if before.exists():
        return False
    StoreEvent.objects.bulk_create([row], ignore_conflicts=True)
    return True


def _whose(item: News) -> UUID | None:
    """Return whom news is about, if it is somebody of ours."""
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


def _claim(item: News, user_id: UUID) -> set[UUID]:
    """Give somebody what was parked under a name this news shows to be theirs."""
    names = {item.subject, *item.aliases} - {str(user_id)}
    if item.payment:
        names.add(f"payment:{item.payment}")
    parked = StoreEvent.objects.parked().filter(provider=item.provider.value, subject__in=names)
    if item.provider is Provider.REVENUECAT:
        parked.update(user=user_id, subject=str(user_id))
    else:
        parked.update(user=user_id)
    return {user_id}


def _known_user(name: str) -> UUID | None:
    try:
        user_id = UUID(name)
    except ValueError:
        customer = StripeCustomer.objects.filter(customer_id=name).first()
        return customer.user_id if customer else None
    return user_id if User.objects.filter(pk=user_id).exists() else None
