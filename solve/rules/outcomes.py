"""How a first step can have gone, and when to ask."""

from datetime import UTC, datetime, timedelta

from django.db.models import TextChoices

# A day after the time somebody chose: late enough to have done it, soon enough to remember.
ASK_AFTER = timedelta(days=1)
_LAST = datetime.max.replace(tzinfo=UTC)


class Outcome(TextChoices):
    DONE = "done", "Done"
    NOT_YET = "not_yet", "Not yet"
    CHANGED = "changed", "Changed"


def ask_at(chosen: datetime, now: datetime) -> datetime:
    """Return when to ask about a step meant for ``chosen``.

    A time already past counts as now: nobody is asked in the minute in which they commit.
    """
    begun = max(chosen, now)
    return begun + ASK_AFTER if begun < _LAST - ASK_AFTER else _LAST
