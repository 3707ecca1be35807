"""Letters from the stores: each kept, each acted on once, and again if that failed."""

import hashlib
import logging
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import F
from django_tasks import task

from billing.rules.news import News
from billing.rules.reading import identifier, mapping, text
from billing.services import entitlements, mirror, reconcile
from solacore.kit import metrics
from webhooks.models import InboundEvent, Source, State
from webhooks.rules import revenuecat, stripe

logger = logging.getLogger(__name__)

DONE = (State.APPLIED, State.IGNORED)
TRIES = 10
KEPT = timedelta(days=30)  # a payload, once it is applied
# A NUL in JSON; behind an odd number of backslashes the same letters are mere text.
_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
SLOW = timedelta(minutes=1)  # an event that arrived and was not applied by now was lost


def accept_stripe(*, event: Mapping[str, Any], body: bytes, now: datetime) -> None:
    """Keep and apply an event of Stripe's, whose signature was checked."""
    kind = text(event.get("type"), 64)
    _accept(Source.STRIPE, text(event.get("id")), kind, event, body, now)


def accept_revenuecat(*, event: Mapping[str, Any], body: bytes, now: datetime) -> None:
    """Keep and apply an event of RevenueCat's, whose bearer was checked."""
    name, event_id = revenuecat.type_of(event), revenuecat.id_of(event)
    _accept(Source.REVENUECAT, event_id, name, event, body, now)


def retry_due(*, now: datetime) -> int:
    """Apply again what failed or was lost and is due; return how many were tried."""
    due = InboundEvent.objects.filter(
        state__in=[State.PENDING, State.FAILED], retry_at__lte=now, attempts__lt=TRIES
    )
    rows = list(due.order_by("created_at", "pk")[:500])
    for row in rows:
        _process(row, now)
    return len(rows)


def replay(*, event_id: str, now: datetime) -> int:
    """Apply an event once more, whatever became of it; idempotent. Return how many there were.

    One whose payload is gone is left as it is: what it told stands in billing's StoreEvent.
    """
    found = InboundEvent.objects.filter(event_id=event_id).exclude(payload=None)
    found.update(state=State.PENDING, attempts=0, retry_at=now)
    rows = list(found)
    for row in rows:
        _process(row, now)
    return len(rows)


def prune(*, now: datetime) -> int:
    """Forget the payloads of what was applied a month ago; return how many."""
    old = InboundEvent.objects.filter(
        state__in=[State.APPLIED, State.IGNORED], processed_at__lt=now - KEPT
    ).exclude(payload=None)
    return old.update(payload=None)


def _accept(
    source: Source, event_id: str, kind: str, event: Mapping[str, Any], body: bytes, now: datetime
) -> None:
    digest = hashlib.sha256(body).hexdigest()
    if not event_id:  # contract D13: applied, without a row
        entitlements.hear(news=_read(source, event, f"sha256:{digest}", now), now=now)
        return
    if b"\\u0000" in body:  # PostgreSQL keeps no NUL
        event = orjson.loads(_NUL.sub(rb"\1", orjson.dumps(event)))
    row = InboundEvent(
        source=source,
        event_id=event_id,
        event_type=kind,
        payload_hash=digest,
        payload=event,
        retry_at=now + SLOW,
    )
    InboundEvent.objects.bulk_create([row], ignore_conflicts=True)
    kept = InboundEvent.objects.filter(source=source, event_id=event_id)
    pk, state = kept.values_list("pk", "state").get()
    if state not in DONE:
        _process(row if pk == row.pk else kept.get(), now)


def _process(row: InboundEvent, now: datetime) -> None:
    """Apply an event. What goes wrong is noted, and due again later.

    Two at once (a store that delivers twice) are told apart by billing, which keeps each piece
    of news once: the row need not be locked.
    """
    kept = InboundEvent.objects.filter(pk=row.pk)
    try:
        with transaction.atomic():
            state = _apply(row, now)
            kept.update(state=state, processed_at=now, retry_at=None, error="")
    except (OperationalError, InterfaceError):
        raise  # the database is away: the store is told, and delivers again
    except (DatabaseError, ValueError, TypeError, KeyError, LookupError) as error:
        logger.exception("A webhook could not be applied")
        kept.exclude(state__in=DONE).update(
            state=State.FAILED,
            attempts=F("attempts") + 1,
            error=type(error).__name__,
            retry_at=now + timedelta(minutes=1) * 2**row.attempts,
        )
        metrics.WEBHOOKS.labels("failed").inc()
    else:
        metrics.WEBHOOKS.labels(state.value).inc()


def _apply(row: InboundEvent, now: datetime) -> State:
    event = mapping(row.payload)
    if _is_rehearsal(row.source, event):
        return State.IGNORED
    news = _read(Source(row.source), event, row.event_id, now)
    if news:
        entitlements.hear(news=news, now=now)
    if row.source == Source.STRIPE and settings.STRIPE_KEY:
        show_staff.enqueue(str(row.pk))
        subject = mapping(mapping(event.get("data")).get("object"))
        if row.event_type.startswith("customer.subscription."):
            reconcile.check_subscription.enqueue(identifier(subject))
    return State.APPLIED if news else State.IGNORED


@task()
def show_staff(pk: str) -> None:
    """Have dj-stripe copy what an event is about. Raises what Stripe's SDK raises."""
    row = InboundEvent.objects.filter(pk=pk).exclude(payload=None).first()
    if row is not None:
        mirror.copy(mapping(row.payload))


def _is_rehearsal(source: str, event: Mapping[str, Any]) -> bool:
    """Whether nobody paid: tests of the stores count outside production only."""
    if not settings.PRODUCTION:
        return False
    if source == Source.STRIPE:
        return event.get("livemode") is not True
    return revenuecat.is_sandbox(event)


def _read(source: Source, event: Mapping[str, Any], event_id: str, now: datetime) -> list[News]:
    if source is Source.STRIPE:
        return stripe.read(event, tiers=reconcile.stripe_tiers(), event_id=event_id, now=now)
    tiers = {name: tier for tier, name in settings.REVENUECAT_ENTITLEMENTS.items() if name}
    return revenuecat.read(event, tiers=tiers, event_id=event_id, now=now)
