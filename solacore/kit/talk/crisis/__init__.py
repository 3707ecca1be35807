"""Crisis safety: hear when somebody is at risk, and never answer in a way that harms.

Nothing here coaches, diagnoses or judges; it decides whether help is shown, and when.
"""

from solacore.kit.talk.crisis.assessment import Risk, assess
from solacore.kit.talk.crisis.normal import MAX_READ

__all__ = ["MAX_READ", "Risk", "assess"]
