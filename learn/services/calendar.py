"""The secret address of a learner's calendar."""

import secrets
from uuid import UUID

from learn.models import CalendarFeed
from learn.rules.ics import digest


def open_feed(*, user_id: UUID) -> str:
    """Return a new secret (256 bits); the one before is worth nothing from now on."""
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(user_id=user_id, defaults={"digest": digest(token)})
    return token


def close_feed(*, user_id: UUID) -> None:
    """Make the secret worthless. There need not be one."""
    CalendarFeed.objects.filter(user_id=user_id).delete()
