"""Figures about somebody's sessions (contract 3.8), in three statements."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from solve.models import SolveSession
from solve.rules.steps import Status, Step
from solve.selectors import check_ins

TREND_DAYS = 30
TOP_TAGS = 10

_GROUPS = """
    WITH mine AS (SELECT tags, created_at FROM solve_solvesession WHERE user_id = %(user)s)
    (SELECT 'tag', tag, count(*) FROM mine, unnest(tags) AS tag
      GROUP BY tag ORDER BY count(*) DESC, tag LIMIT %(tags)s)
    UNION ALL
    (SELECT 'day', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, count(*)
       FROM mine WHERE created_at >= %(since)s GROUP BY day ORDER BY day)"""


def overview(*, user_id: UUID, now: datetime) -> dict[str, Any]:
    """Return the figures; every status and every step is named, also those with none."""
    has_action = Q(first_step_action__isnull=False) & ~Q(first_step_action="")
    counts = SolveSession.objects.owned_by(user_id).aggregate(
        total=Count("pk"),
        actions=Count("pk", filter=has_action),
        done=Count("pk", filter=has_action & Q(action_completed=True)),
        **{f"status_{s.value}": Count("pk", filter=Q(status=s)) for s in Status},
        **{f"step_{s.value}": Count("pk", filter=Q(current_step=s)) for s in Step},
    )
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight - timedelta(days=TREND_DAYS - 1)
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, {"user": user_id, "tags": TOP_TAGS, "since": since})
        rows = cursor.fetchall()
    rate = 100 * counts["done"] / counts["actions"] if counts["actions"] else 0.0
    follow_through = check_ins.figures(user_id=user_id)
    return {
        "total_sessions": counts["total"],
        "status_distribution": {s.value: counts[f"status_{s.value}"] for s in Status},
        "top_tags": [{"tag": name, "count": n} for kind, name, n in rows if kind == "tag"],
        "daily_trend": [{"date": name, "count": n} for kind, name, n in rows if kind == "day"],
        "action_completion": {
            "total": counts["actions"],
            "completed": counts["done"],
            "completion_rate": round(rate, 1),
        },
        "step_distribution": {s.value: counts[f"step_{s.value}"] for s in Step},
        # Left out until there is something to tell: the contract has the rest alone.
        **({"follow_through": follow_through} if follow_through["asked"] else {}),
    }
