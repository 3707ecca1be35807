"""FSRS, the scheduler of the fsrs package, over our own plain state (no fuzz: it is repeatable).

https://github.com/open-spaced-repetition/py-fsrs; the model: Ye, Su & Cao, KDD 2022.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import cache

from fsrs import Card as FsrsCard
from fsrs import Rating as FsrsRating
from fsrs import Scheduler, State

RETENTION = 0.9  # how likely a card should be remembered when it comes due


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


def fresh(now: datetime) -> Memory:
    """Return the memory of a card never seen: due at once."""
    return Memory(State.Learning.value, 0, None, None, now, None)


def grade(memory: Memory, rating: Rating, *, now: datetime) -> Memory:
    """Return the memory after one more look, in UTC.

    A clock that went back counts as no time at all.
    """
    moment = max(now, memory.last_review or now)
    card, _ = _scheduler().review_card(_card(memory), FsrsRating(rating.value), moment)
    return Memory(
        card.state.value, card.step, card.stability, card.difficulty, card.due, card.last_review
    )


def retrievability(memory: Memory, *, now: datetime) -> float | None:
    """Return how likely it is remembered at ``now``, 0 to 1; None before the first look."""
    if memory.last_review is None:
        return None
    moment = max(now, memory.last_review)
    return float(_scheduler().get_card_retrievability(_card(memory), moment))


@cache
def _scheduler() -> Scheduler:
    return Scheduler(desired_retention=RETENTION, enable_fuzzing=False)


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
