"""The first steps people chose, done and to be done."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from solve.models import SolveSession


def listing(
    *, user_id: UUID, completed: bool | None, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int, dict[str, Any]]:
    """Return a page of actions (open ones first, then the newest), how many there are of what
    was asked for, and the figures over all of them."""
    every = _actions(user_id)
    wanted = every if completed is None else every.filter(action_completed=completed)
    rows = wanted.order_by("action_completed", "-created_at", "pk").values(
        "id", "first_step_action", "action_completed", "action_completed_at", "created_at"
    )
    page = [
        {
            "id": row["id"],
            "session_id": row["id"],
            "action": row["first_step_action"],
            "completed": row["action_completed"],
            "completed_at": row["action_completed_at"],
            "created_at": row["created_at"],
        }
        for row in rows[offset : offset + limit]
    ]
    figures = every.aggregate(
        total=Count("pk"), completed=Count("pk", filter=Q(action_completed=True))
    )
    total, done = figures["total"], figures["completed"]
    matching = total if completed is None else done if completed else total - done
    stats = {
        "total": total,
        "completed": done,
        "pending": total - done,
        "completion_rate": 100 * done / total if total else 0.0,
    }
    return page, matching, stats


def _actions(user_id: UUID) -> QuerySet[SolveSession]:
    mine = SolveSession.objects.owned_by(user_id)
    return mine.exclude(first_step_action=None).exclude(first_step_action="")
