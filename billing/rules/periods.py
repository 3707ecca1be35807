"""When a usage period starts."""

from datetime import UTC, datetime


def free_period(joined: datetime) -> datetime:
    """Return midnight UTC of the day the account was made: the free counter never resets (5.2)."""
    return joined.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
