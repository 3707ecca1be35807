"""The catalogue: what each plan allows (contract 5.1), and which of several counts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar


@dataclass(frozen=True, slots=True)
class Plan:
    """``sessions`` and ``lessons`` (Learn's) are per period; None is unlimited."""

    tier: str
    sessions: int | None
    lessons: int | None
    devices: int
    rank: int


FREE = Plan("free", sessions=10, lessons=100, devices=1, rank=0)
STANDARD = Plan("standard", sessions=100, lessons=1000, devices=2, rank=1)
PRO = Plan("pro", sessions=None, lessons=None, devices=3, rank=2)
PLANS = {plan.tier: plan for plan in (FREE, STANDARD, PRO)}


class Claim(Protocol):
    """What one store says somebody may have; ``valid_until`` None is for good."""

    tier: str
    opens: bool
    valid_until: datetime | None
    as_of: datetime


C = TypeVar("C", bound=Claim)


def is_valid(claim: Claim, now: datetime) -> bool:
    """Whether a claim gives its plan at ``now``."""
    lasting = claim.valid_until is None or now < claim.valid_until
    return claim.opens and claim.tier != FREE.tier and lasting


def best(claims: Collection[C], now: datetime) -> C | None:
    """Return the claim that decides the plan: the highest valid one, then the longest."""
    valid = [claim for claim in claims if is_valid(claim, now)]
    if not valid:
        return None
    return max(
        valid,
        key=lambda claim: (
            PLANS[claim.tier].rank,
            claim.valid_until is None,
            claim.valid_until or now,
        ),
    )
