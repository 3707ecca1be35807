"""Cards: the queue of today, all of them, what is to come, how well it is remembered."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Avg, Case, Count, FloatField, When
from django.db.models.functions import TruncDate

from learn.models import Card, Review
from learn.rules import memory
from learn.rules.memory import Rating

FORECAST_DAYS = 30
RETENTION_DAYS = 90

_FIELDS = (
    *("id", "session_id", "source_id", "question", "answer", "concept", "state", "due"),
    *("last_review", "stability", "difficulty", "created_at"),
)


def shown(card: Card) -> dict[str, Any]:
    """Return a card as the wire shows it."""
    return {name: getattr(card, name) for name in _FIELDS}


def due(*, user_id: UUID, now: datetime, limit: int) -> tuple[list[dict[str, Any]], int]:
    """Return the cards to look at now, the longest due first, and how many there are in all."""
    waiting = Card.objects.owned_by(user_id).active().filter(due__lte=now)
    rows = waiting.order_by("due", "pk").values(*_FIELDS)[:limit]
    return [{**row} for row in rows], waiting.count()


def listing(
    *, user_id: UUID, state: str | None, session_id: UUID | None, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    """Return a page of somebody's cards, newest first, and how many there are."""
    mine = Card.objects.owned_by(user_id)
    if state is not None:
        mine = mine.filter(state=state)
    if session_id is not None:
        mine = mine.filter(session_id=session_id)
    rows = mine.order_by("-created_at", "pk").values(*_FIELDS)
    return [{**row} for row in rows[offset : offset + limit]], mine.count()


def forecast(*, user_id: UUID, now: datetime) -> list[dict[str, Any]]:
    """Return how many cards come due on each of the next days (UTC); today has what is late."""
    today = now.date()
    end = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=FORECAST_DAYS)
    mine = Card.objects.owned_by(user_id).active().filter(due__lt=end)
    counts: dict[Any, int] = {}
    for row in mine.annotate(day=TruncDate("due")).values("day").annotate(count=Count("pk")):
        day = max(row["day"], today)
        counts[day] = counts.get(day, 0) + row["count"]
    days = [today + timedelta(days=n) for n in range(FORECAST_DAYS)]
    return [{"date": day.isoformat(), "count": counts.get(day, 0)} for day in days]


def retention(*, user_id: UUID, now: datetime) -> dict[str, Any]:
    """Return how much was remembered of what FSRS expected, over the last 90 days.

    Only looks at cards that had been seen before count; None before there are any.
    """
    seen = Review.objects.filter(
        user_id=user_id, predicted__isnull=False, at__gte=now - timedelta(days=RETENTION_DAYS)
    )
    remembered = Case(When(rating=Rating.AGAIN.value, then=0.0), default=1.0)
    found = seen.aggregate(
        reviews=Count("pk"),
        predicted=Avg("predicted"),
        measured=Avg(remembered, output_field=FloatField()),
    )
    return {**found, "desired": memory.RETENTION, "days": RETENTION_DAYS}


def account(user_id: UUID) -> Iterator[tuple[str, Any]]:
    """Yield somebody's cards and every look at them."""
    cards = Card.objects.owned_by(user_id).order_by("created_at", "pk")
    yield "cards", cards.values(*_FIELDS, "phase", "step").iterator()
    looks = Review.objects.filter(user_id=user_id).order_by("at", "pk")
    yield "reviews", looks.values("id", "card_id", "rating", "at", "predicted").iterator()
