"""When a usage period starts, and when it begins anew (contract 5.2)."""

from datetime import UTC, date, datetime, timedelta


def free_period(joined: datetime) -> datetime:
    """Return midnight UTC of the day the account was made: the free counter never resets."""
    return joined.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def month_of(moment: datetime) -> datetime:
    """Return the first moment of a month (UTC): for payers whose store tells no period."""
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def next_month(start: datetime) -> datetime:
    """Return the first moment of the month after ``start``'s."""
    year, month = (start.year + 1, 1) if start.month == 12 else (start.year, start.month + 1)
    return start.replace(year=year, month=month, day=1)


def day_of(moment: datetime) -> date:
    """Return the day of a moment (UTC): budgets are by the day."""
    return moment.astimezone(UTC).date()


def next_day(moment: datetime) -> datetime:
    """Return the first moment of the day after ``moment``'s (UTC)."""
    midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)
