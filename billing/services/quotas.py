"""Spending what a plan allows: one conditional statement, never a read and then a write."""

from datetime import datetime
from typing import Any
from uuid import UUID

from billing import errors, selectors
from billing.selectors import Allowance
from solacore.kit.talk import helplines

# A CTE for the statement that creates what is paid for. It gives one row (session_count) when
# one more is allowed and none when not; it spends only if the CTE ``permitted`` has a row.
# A row lock on the counter makes 50 at once wait for each other: exactly the limit passes.
SPEND = """
    spent AS (
        INSERT INTO billing_usage AS u
               (id, user_id, kind, period_start, session_count, created_at, updated_at)
        SELECT gen_random_uuid(), %(user)s, %(kind)s, %(period)s, 1, %(now)s, %(now)s
          FROM permitted
         WHERE %(limit)s > 0
            ON CONFLICT (user_id, kind, period_start) DO UPDATE
           SET session_count = u.session_count + 1, updated_at = %(now)s
         WHERE u.session_count < %(limit)s
     RETURNING u.session_count
    )"""
UNLIMITED = 2**31 - 1


def spend_parameters(*, user_id: UUID, allowance: Allowance, now: datetime) -> dict[str, Any]:
    """Return what SPEND wants to know."""
    limit = UNLIMITED if allowance.limit is None else allowance.limit
    return {
        "user": user_id,
        "kind": allowance.kind,
        "period": allowance.period_start,
        "limit": limit,
        "now": now,
    }


def exceeded(*, user_id: UUID, allowance: Allowance) -> errors.QuotaExceeded:
    """Return the refusal of one who has spent everything, with the contract's extras."""
    used = selectors.used(user_id=user_id, allowance=allowance)
    usage = {"used": used, "limit": allowance.limit, "tier": allowance.tier}
    refusal = errors.QuotaExceeded(usage=usage, upgrade_url="/subscriptions/checkout")
    # Whoever cannot speak here any more shall still know whom to call (quality 123).
    refusal.extra = {"resources": dict(helplines.card(language="en", country=None).resources)}
    return refusal
