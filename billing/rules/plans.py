"""The catalogue: what each plan allows (contract 5.1)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """``sessions`` is per period; None is unlimited."""

    tier: str
    sessions: int | None
    devices: int
    rank: int


FREE = Plan("free", sessions=10, devices=1, rank=0)
STANDARD = Plan("standard", sessions=100, devices=2, rank=1)
PRO = Plan("pro", sessions=None, devices=3, rank=2)
PLANS = {plan.tier: plan for plan in (FREE, STANDARD, PRO)}
