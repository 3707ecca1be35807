"""Reading what other people's computers send: anything may be missing, or of any type."""

from datetime import UTC, datetime
from typing import Any

LATEST = datetime(9990, 1, 1, tzinfo=UTC)
MILLISECONDS_FROM = 10**12  # contract 5.5: larger numbers are milliseconds


def mapping(value: object) -> dict[str, Any]:
    """Return ``value`` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """Return ``value`` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object, limit: int = 255) -> str:
    """Return ``value`` if it is storable text, cut to ``limit``, else ""."""
    if not isinstance(value, str):
        return ""
    return "".join(c for c in value if c != "\x00" and not "\ud800" <= c <= "\udfff")[:limit]


def identifier(value: object) -> str:
    """Return an id, be it given bare or as an expanded object."""
    return text(mapping(value).get("id") if isinstance(value, dict) else value)


def moment(value: object) -> datetime | None:
    """Return a time from epoch seconds, milliseconds or ISO text; None for what is none."""
    try:
        if isinstance(value, str):
            if not value.lstrip("-").isdigit():
                found = datetime.fromisoformat(value)
                found = found if found.tzinfo else found.replace(tzinfo=UTC)
                return _within(found.astimezone(UTC))
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return _within(
            datetime.fromtimestamp(value / 1000 if value > MILLISECONDS_FROM else value, UTC)
        )
    except (ValueError, OverflowError, OSError):
        return None


def _within(found: datetime) -> datetime | None:
    return found if found.year >= 1971 and found < LATEST else None
