"""When to look at it again: the five dates the web client shows (contract 4.6)."""

from datetime import datetime, timedelta

DAYS = (1, 3, 7, 15, 30)


def reviews(completed_at: datetime) -> dict[str, str]:
    """Return ``day_1`` … ``day_30`` as ISO times in UTC."""
    return {
        f"day_{days}": (completed_at + timedelta(days=days)).isoformat().replace("+00:00", "Z")
        for days in DAYS
    }
