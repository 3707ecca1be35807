"""Crisis safety: hear when somebody is at risk, and never answer in a way that harms.

Nothing here coaches, diagnoses or judges; it decides whether help is shown, and when.
"""

from solacore.kit.talk.crisis.assessment import Risk, assess
from solacore.kit.talk.crisis.output import Guard, unsafe
from solacore.kit.talk.crisis.words import check_in, replacement


def is_at_risk(text: str) -> bool:
    """Whether help is shown instead of an answer: any tier but the soft one."""
    risk = assess(text)
    return risk is not None and risk.tier != "soft"


__all__ = [
    "Guard",
    "Risk",
    "assess",
    "check_in",
    "is_at_risk",
    "replacement",
    "unsafe",
]
