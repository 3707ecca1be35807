"""A learner's settings: only what is sent changes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from learn.models import LearnerSettings
from learn.selectors.settings import FIELDS


@transaction.atomic
def change(*, user_id: UUID, changes: Mapping[str, Any], now: datetime) -> LearnerSettings:
    """Change some of somebody's settings; the others stay. Returns all of them."""
    LearnerSettings.objects.bulk_create([LearnerSettings(user_id=user_id)], ignore_conflicts=True)
    known = LearnerSettings.objects.select_for_update().get(user_id=user_id)
    for name in FIELDS:
        if name in changes:
            setattr(known, name, changes[name])
    known.desired_retention = round(known.desired_retention, 2)
    known.digest_next = next_digest(known, now) if known.digest else None
    known.save()
    return known


def next_digest(known: LearnerSettings, now: datetime) -> datetime:
    """Return the next time it is their hour, on a day that has had no digest yet."""
    calendar = known.calendar
    day = calendar.day_of(now)
    if known.digest_day is not None:
        day = max(day, known.digest_day + timedelta(days=1))
    when = calendar.at(day, known.digest_hour)
    return when if when > now else calendar.at(day + timedelta(days=1), known.digest_hour)
