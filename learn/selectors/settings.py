"""How somebody wants to learn."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from learn.models import CalendarFeed, LearnerSettings

FIELDS = (
    *("reviews_per_day", "new_per_day", "easy_days", "load_balance", "desired_retention"),
    *("time_zone", "day_starts_at", "digest", "digest_hour"),
)


def of(user_id: UUID) -> LearnerSettings:
    """Return somebody's settings; the defaults, unsaved, if they never chose any."""
    found = LearnerSettings.objects.filter(user_id=user_id).first()
    return found or LearnerSettings(user_id=user_id)


def shown(known: LearnerSettings) -> dict[str, Any]:
    """Return settings as the wire shows them."""
    return {name: getattr(known, name) for name in FIELDS}


def account(user_id: UUID) -> Iterator[tuple[str, Any]]:
    """Yield somebody's settings, and that they have a calendar (its address is a secret)."""
    mine = LearnerSettings.objects.filter(user_id=user_id)
    yield "learner_settings", mine.values(*FIELDS, "digest_day", "created_at").iterator()
    feed = CalendarFeed.objects.filter(user_id=user_id)
    yield "calendar_feeds", feed.values("created_at", "updated_at").iterator()
