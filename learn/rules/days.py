"""A learner's own days: in their zone, from the hour at which their day begins."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NOT_PLACES = {"Factory", "localtime", "posixrules"}  # files of the database, not zones of it


@cache
def zones() -> frozenset[str]:
    """Return the names of the IANA time zone database that this machine knows."""
    return frozenset(available_timezones() - _NOT_PLACES)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days that begin at ``starts_at`` o'clock (0 to 23) of a zone, whatever the clocks do.

    The day clocks go forward has 23 hours, the day they go back has 25. Where the hour itself
    does not exist that day, the day begins when it would have been (PEP 495, ``fold=0``).
    """

    zone: ZoneInfo
    starts_at: int

    def day_of(self, moment: datetime) -> date:
        """Return the day ``moment`` belongs to."""
        day = (moment.astimezone(self.zone) - timedelta(hours=self.starts_at)).date()
        # Wall clocks that jump over the hour itself are put right by the instants.
        if moment < self.begins(day):
            return day - timedelta(days=1)
        return day + timedelta(days=1) if moment >= self.begins(day + timedelta(days=1)) else day

    def begins(self, day: date) -> datetime:
        """Return the instant at which ``day`` begins, in UTC."""
        return datetime.combine(day, time(self.starts_at), self.zone).astimezone(UTC)

    def bounds(self, first: date, days: int) -> list[datetime]:
        """Return the ``days`` + 1 instants between which ``days`` days lie."""
        return [self.begins(first + timedelta(days=n)) for n in range(days + 1)]

    def at(self, day: date, hour: int) -> datetime:
        """Return the instant at which it is ``hour`` o'clock within ``day``, in UTC."""
        on = day if hour >= self.starts_at else day + timedelta(days=1)
        moment = datetime.combine(on, time(hour), self.zone).astimezone(UTC)
        return self._within(moment, day)

    def moved(self, moment: datetime, days: int) -> datetime:
        """Return the same time of day ``days`` days later (or earlier), in UTC."""
        day = self.day_of(moment) + timedelta(days=days)
        wall = (moment.astimezone(self.zone) + timedelta(days=days)).replace(fold=0)
        return self._within(wall.astimezone(UTC), day)

    def _within(self, moment: datetime, day: date) -> datetime:
        last = self.begins(day + timedelta(days=1)) - timedelta(microseconds=1)
        return min(max(moment, self.begins(day)), last)


def calendar(zone: str, starts_at: int) -> Calendar:
    """Return the days of a zone; one that this machine has forgotten counts as UTC."""
    try:
        return Calendar(ZoneInfo(zone), starts_at)
    except (ZoneInfoNotFoundError, ValueError):
        return Calendar(ZoneInfo("UTC"), starts_at)
