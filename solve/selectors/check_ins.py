"""The questions how first steps went, for their owner; and figures over them."""

from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, F, Q

from solve.models import CheckIn
from solve.rules.outcomes import Outcome

Which = Literal["open", "answered", "all"]


def listing(
    *, user_id: UUID, which: Which, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    """Return a page of somebody's check-ins, soonest first, and how many there are."""
    found = CheckIn.objects.owned_by(user_id)
    if which != "all":
        found = found.open() if which == "open" else found.answered()
    rows = found.order_by("due_at", "pk").values(
        *("id", "session_id", "due_at", "asked_at", "outcome", "note", "answered_at"),
        action=F("session__first_step_action"),
    )
    return list(rows[offset : offset + limit]), found.count()


def figures(*, user_id: UUID) -> dict[str, Any]:
    """Return how often somebody was asked and what they answered.

    ``asked`` counts an answer given before its letter, too; ``rate`` is how many percent of the
    answers are "done" (what nobody answered says nothing either way).
    """
    counts = CheckIn.objects.owned_by(user_id).aggregate(
        asked=Count("pk", filter=Q(asked_at__isnull=False) | Q(outcome__isnull=False)),
        answered=Count("pk", filter=Q(outcome__isnull=False)),
        **{o.value: Count("pk", filter=Q(outcome=o)) for o in Outcome},
    )
    rate = 100 * counts["done"] / counts["answered"] if counts["answered"] else 0.0
    return {**counts, "rate": round(rate, 1)}
