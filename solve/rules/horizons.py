"""How far ahead a time lies, coarsely enough to count people without knowing their hours."""

from datetime import timedelta

# (hours less than, name)
_BUCKETS = ((0, "past"), (1, "<1h"), (6, "1-6h"), (24, "6-24h"), (72, "1-3d"), (168, "3-7d"))


def bucket(ahead: timedelta) -> str:
    """Return the bucket of a distance in time: "past", "<1h", "1-6h", … ">7d"."""
    hours = ahead.total_seconds() / 3600
    return next((name for limit, name in _BUCKETS if hours < limit), ">7d")
