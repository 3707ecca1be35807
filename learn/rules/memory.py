"""FSRS, the scheduler of the fsrs package, over our own plain state (no fuzz: it is repeatable).

https://github.com/open-spaced-repetition/py-fsrs; the model: Ye, Su & Cao, KDD 2022.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import cache
from typing import Any

from fsrs import Card as FsrsCard
from fsrs import Rating as FsrsRating
from fsrs import Scheduler, State

# How likely a card should be remembered when it comes due. Beyond these bounds reviews become
# too many, or forgetting does.
RETENTION, MIN_RETENTION, MAX_RETENTION = 0.9, 0.8, 0.97


class Rating(IntEnum):
    """How it went: forgotten, with effort, as it should, without effort."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known of one card in one head. ``stability`` in days, ``difficulty`` 1 to 10."""

    phase: int
    step: int | None
    stability: float | None
    difficulty: float | None
    due: datetime
    last_review: datetime | None

    def packed(self) -> dict[str, Any]:
        """Return it as JSON can hold it, to the last bit and microsecond."""
        moments = {name: getattr(self, name) for name in ("due", "last_review")}
        return {
            **{name: getattr(self, name) for name in ("phase", "step", "stability", "difficulty")},
            **{name: when.isoformat() if when else None for name, when in moments.items()},
        }

    @classmethod
    def unpacked(cls, packed: dict[str, Any]) -> "Memory":
        """Return what ``packed`` gave away."""
        moments = {
            name: datetime.fromisoformat(packed[name]) if packed[name] else None
            for name in ("due", "last_review")
        }
        return cls(**{**packed, **moments})

    @property
    def interval(self) -> int:
        """Days from the last look to the next; 0 while it is being learned, in minutes."""
        if self.phase != State.Review.value or self.last_review is None:
            return 0
        return (self.due - self.last_review).days


def fresh(now: datetime) -> Memory:
    """Return the memory of a card never seen: due at once."""
    return Memory(State.Learning.value, 0, None, None, now, None)


def grade(memory: Memory, rating: Rating, *, now: datetime, retention: float = RETENTION) -> Memory:
    """Return the memory after one more look, in UTC.

    A clock that went back counts as no time at all.
    """
    moment = max(now, memory.last_review or now)
    card, _ = _scheduler(retention).review_card(_card(memory), FsrsRating(rating.value), moment)
    return Memory(
        card.state.value, card.step, card.stability, card.difficulty, card.due, card.last_review
    )


def retrievability(memory: Memory, *, now: datetime) -> float | None:
    """Return how likely it is remembered at ``now``, 0 to 1; None before the first look."""
    if memory.last_review is None:
        return None
    moment = max(now, memory.last_review)
    return float(_scheduler(RETENTION).get_card_retrievability(_card(memory), moment))


def curve() -> tuple[float, float]:
    """Return (factor, decay): after d whole days (1 + factor * d / stability) ** decay is left.

    For those who ask the database about thousands of cards at once; the same formula as
    ``retrievability`` (https://github.com/open-spaced-repetition/fsrs4anki/wiki, FSRS-6).
    """
    decay = -_scheduler(RETENTION).parameters[20]
    return 0.9 ** (1 / decay) - 1, decay


@cache
def _scheduler(retention: float) -> Scheduler:
    return Scheduler(desired_retention=retention, enable_fuzzing=False)


def _card(memory: Memory) -> FsrsCard:
    return FsrsCard(
        card_id=1,
        state=State(memory.phase),
        step=memory.step,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=memory.due,
        last_review=memory.last_review,
    )
