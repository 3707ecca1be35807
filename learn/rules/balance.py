"""Which day a card is moved to, so that days are even and easy days stay easy.

A card may move as far as FSRS itself would scatter it. The range is the one of the fsrs
package (``fsrs/scheduler.py``: FUZZ_RANGES and ``_get_fuzzed_interval``): one day, and of the
days of the interval 15 % between 2.5 and 7, 10 % between 7 and 20, 5 % beyond; at least two
days from the last look. What FSRS knows of the card is not touched: it takes whatever time
passes as it comes.
"""

import math
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from fsrs.scheduler import FUZZ_RANGES

from learn.rules.days import WEEKDAYS

SHORTEST = 3  # days; what comes back sooner stays where FSRS puts it
LONGEST = 36_500  # days, the package's own maximum
FARTHEST = 30  # days: far intervals have wide ranges, and there is room enough nearby


class Ease(StrEnum):
    """How much somebody wants to do on a weekday, if not as much as on any other."""

    NONE = "none"
    REDUCED = "reduced"


SHARES = {None: 1.0, Ease.REDUCED: 0.5}  # of an ordinary day's load


def reach(interval: int) -> tuple[int, int]:
    """Return the least and the greatest interval (days) FSRS would make of ``interval``."""
    delta = 1.0
    for span in FUZZ_RANGES:
        delta += span["factor"] * max(min(float(interval), span["end"]) - span["start"], 0.0)
    least, greatest = max(2, round(interval - delta)), min(round(interval + delta), LONGEST)
    return max(min(least, greatest), interval - FARTHEST), min(greatest, interval + FARTHEST)


def candidates(due: date, interval: int, *, today: date) -> list[date]:
    """Return the days a card due on ``due`` may move to: within reach, from tomorrow on."""
    least, greatest = reach(interval)
    days = [due + timedelta(days=n - interval) for n in range(least, greatest + 1)]
    return [day for day in days if day > today]


def ease_of(day: date, easy: Mapping[str, str]) -> Ease | None:
    """Return how easy ``day`` is meant to be; None for an ordinary day."""
    found = easy.get(WEEKDAYS[day.weekday()])
    return Ease(found) if found else None


def choose(due: date, loads: Mapping[date, int], easy: Mapping[str, str]) -> date:
    """Return the least loaded of the days in ``loads`` (cards due on each of them already).

    A day for half as much counts double; a day for nothing is taken only if there is no
    other. Of equals the nearest to ``due``, then the earlier: the same question always has
    the same answer.
    """

    def weight(day: date) -> tuple[float, int, date]:
        share = SHARES.get(ease_of(day, easy))
        load = (loads[day] + 1) / share if share else math.inf
        return load, abs((day - due).days), day

    return min(loads, key=weight)
