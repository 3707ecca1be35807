"""Reviews: the queue of today, the days to come, how well it is remembered.

Days are told to the database as instants (``width_bucket`` over their bounds): it needs no
idea of zones, and days of 23 or 25 hours come out right by themselves.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from learn.models import LearnerSettings, Review
from learn.rules.days import Calendar
from learn.rules.memory import Rating
from learn.selectors import settings
from learn.selectors.cards import FIELDS

FORECAST_DAYS = 30
RETENTION_DAYS = 90
BUCKETS = (0.7, 0.8, 0.9, 0.95)  # bounds of what was predicted

# What was looked at today counts against the limits, and may be looked at again: a card being
# learned comes back within minutes. Longest overdue first, then those never seen.
_COLUMNS = ", ".join(FIELDS)
_WAITING = "user_id = %(user)s AND state = 'active' AND due <= %(now)s"
_COUNTED = f"""
    WITH today AS (
        SELECT count(*) FILTER (WHERE predicted IS NULL) AS introduced,
               count(DISTINCT card_id) AS looked
          FROM learn_review
         WHERE user_id = %(user)s AND at >= %(begun)s AND withdrawn_at IS NULL),
    waiting AS (
        SELECT count(*) AS all, count(*) FILTER (WHERE last_review IS NULL) AS fresh,
               count(*) FILTER (WHERE last_review >= %(begun)s) AS again
          FROM learn_card WHERE {_WAITING}),
    room AS (
        SELECT greatest(0, %(reviews)s::int - greatest(0, looked - introduced)) AS seen,
               greatest(0, %(new)s::int - introduced) AS fresh FROM today),
    allowed AS (
        SELECT waiting.all AS due_total, waiting.again
               + least(waiting.all - waiting.fresh - waiting.again, room.seen)
               + least(waiting.fresh, room.fresh) AS remaining
          FROM waiting, room)"""  # noqa: S608
_QUEUE = f"""{_COUNTED}, queue AS (
        (SELECT {_COLUMNS} FROM learn_card WHERE {_WAITING} AND last_review >= %(begun)s
          ORDER BY due, id LIMIT %(limit)s)
        UNION ALL
        (SELECT {_COLUMNS} FROM learn_card WHERE {_WAITING} AND last_review < %(begun)s
          ORDER BY due, id LIMIT least(%(limit)s, CASE WHEN NOT %(all)s
                                                  THEN (SELECT seen FROM room) END))
        UNION ALL
        (SELECT {_COLUMNS} FROM learn_card WHERE {_WAITING} AND last_review IS NULL
          ORDER BY due, id LIMIT least(%(limit)s, CASE WHEN NOT %(all)s
                                                  THEN (SELECT fresh FROM room) END)))
    SELECT due_total, remaining, queue.* FROM allowed LEFT JOIN queue ON true
     ORDER BY queue.last_review IS NULL, queue.due, queue.id LIMIT %(limit)s"""  # noqa: S608

_REMAINING = f"{_COUNTED} SELECT remaining FROM allowed"  # noqa: S608


def due(*, user_id: UUID, now: datetime, limit: int, everything: bool) -> dict[str, Any]:
    """Return the cards to look at now, at most ``limit``, and how many there are.

    ``remaining_today`` is what the daily limits leave of ``due_total``; ``total`` is how many
    this list has in all: the one, or with ``everything`` the other.
    """
    asked = {**_asked(settings.of(user_id), now), "limit": limit, "all": everything}
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE, asked)
        rows = cursor.fetchall()
    due_total, remaining = rows[0][:2]
    cards = [dict(zip(FIELDS, row[2:], strict=True)) for row in rows if row[2] is not None]
    total = due_total if everything else remaining
    return {
        "cards": cards,
        "total": total,
        "remaining_today": remaining,
        "due_total": due_total,
    }


def remaining(known: LearnerSettings, *, now: datetime) -> int:
    """Return how many cards somebody's limits leave to look at now."""
    with connection.cursor() as cursor:
        cursor.execute(_REMAINING, _asked(known, now))
        return int(cursor.fetchone()[0])


def _asked(known: LearnerSettings, now: datetime) -> dict[str, Any]:
    calendar = known.calendar
    return {
        "user": known.user_id,
        "now": now,
        "begun": calendar.begins(calendar.day_of(now)),
        # More than an account can hold is no limit at all.
        "reviews": 2**31 - 1 if known.reviews_per_day is None else known.reviews_per_day,
        "new": 2**31 - 1 if known.new_per_day is None else known.new_per_day,
    }


_LOADS = """
    SELECT width_bucket(due, %(bounds)s::timestamptz[]) AS day, count(*) FROM learn_card
     WHERE user_id = %(user)s AND state = 'active' AND due >= %(from)s AND due < %(until)s
     GROUP BY day"""


def loads(*, user_id: UUID, calendar: Calendar, first: date, days: int) -> dict[date, int]:
    """Return how many cards are due on each of ``days`` days from ``first``."""
    return _by_day(user_id, calendar.bounds(first, days), first, late=False)


def forecast(*, user_id: UUID, now: datetime) -> dict[date, int]:
    """Return how many cards come due on each of the learner's next days; today has what is late."""
    calendar = settings.of(user_id).calendar
    today = calendar.day_of(now)
    return _by_day(user_id, calendar.bounds(today, FORECAST_DAYS), today, late=True)


def _by_day(user_id: UUID, bounds: list[datetime], first: date, *, late: bool) -> dict[date, int]:
    counts = [0] * (len(bounds) - 1)
    since = datetime.min.replace(tzinfo=bounds[0].tzinfo) if late else bounds[0]
    asked: dict[str, Any] = {"user": user_id, "bounds": bounds, "from": since, "until": bounds[-1]}
    with connection.cursor() as cursor:
        cursor.execute(_LOADS, asked)
        for bucket, count in cursor.fetchall():
            counts[max(bucket - 1, 0)] += count
    return {first + timedelta(days=n): count for n, count in enumerate(counts)}


_RETENTION = f"""
    SELECT width_bucket(predicted, %(bounds)s::float8[]) AS bucket, count(*), avg(predicted),
           avg((rating <> {Rating.AGAIN.value})::int)::float8
      FROM learn_review
     WHERE user_id = %(user)s AND at >= %(since)s AND predicted IS NOT NULL
       AND withdrawn_at IS NULL
     GROUP BY bucket ORDER BY bucket"""  # noqa: S608


def retention(*, user_id: UUID, now: datetime) -> dict[str, Any]:
    """Return how much was remembered of what FSRS expected, over the last 90 days.

    Only looks at cards that had been seen before count; None before there are any. The
    buckets show whether it expects too much or too little, and where.
    """
    asked: dict[str, Any] = {
        "user": user_id,
        "since": now - timedelta(days=RETENTION_DAYS),
        "bounds": list(BUCKETS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_RETENTION, asked)
        rows = cursor.fetchall()
    edges = (0.0, *BUCKETS, 1.0)
    names = ("at_least", "below", "reviews", "predicted", "measured")
    buckets = [dict(zip(names, (edges[n], edges[n + 1], *row), strict=True)) for n, *row in rows]
    reviews = sum(bucket["reviews"] for bucket in buckets)

    def mean(name: str) -> float | None:
        return sum(b[name] * b["reviews"] for b in buckets) / reviews if reviews else None

    return {
        "reviews": reviews,
        "predicted": mean("predicted"),
        "measured": mean("measured"),
        "desired": settings.of(user_id).desired_retention,
        "days": RETENTION_DAYS,
        "buckets": buckets,
    }


def account(user_id: UUID) -> Any:
    """Yield every look at somebody's cards, withdrawn ones too."""
    looks = Review.objects.filter(user_id=user_id).order_by("at", "number", "pk")
    names = ("id", "card_id", "number", "rating", "at", "predicted", "withdrawn_at")
    yield "reviews", looks.values(*names).iterator()
