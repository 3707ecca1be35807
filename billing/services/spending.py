"""Taking down what answers took: for the person and for the house, in one statement."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import connection, transaction

from billing.rules import periods
from billing.selectors import show_budget
from solacore.kit import metrics
from solacore.kit.llm.base import Spent
from solacore.kit.llm.prices import cost

# A person's row is written only while their account is there. Whoever holds it FOR UPDATE may
# be deleting it and wait for us: that row is passed over, never waited for. The house's row is
# everybody's, so record last in a transaction.
_RECORD = """
    WITH person AS (
        SELECT id FROM accounts_user WHERE id = %(user)s AND %(charged)s
           FOR KEY SHARE SKIP LOCKED
    ), mine AS (
        INSERT INTO billing_userspending AS s
               (id, user_id, day, answers, tokens_in, tokens_out, cost_micros,
                created_at, updated_at)
        SELECT gen_random_uuid(), id, %(day)s, 1, %(in)s, %(out)s, %(cost)s, %(now)s, %(now)s
          FROM person
            ON CONFLICT (user_id, day) DO UPDATE
           SET answers = s.answers + 1, tokens_in = s.tokens_in + %(in)s,
               tokens_out = s.tokens_out + %(out)s, cost_micros = s.cost_micros + %(cost)s,
               updated_at = %(now)s
    )
    INSERT INTO billing_housespending AS s
           (id, day, answers, tokens_in, tokens_out, cost_micros, created_at, updated_at)
    VALUES (gen_random_uuid(), %(day)s, 1, %(in)s, %(out)s, %(cost)s, %(now)s, %(now)s)
        ON CONFLICT (day) DO UPDATE
       SET answers = s.answers + 1, tokens_in = s.tokens_in + %(in)s,
           tokens_out = s.tokens_out + %(out)s, cost_micros = s.cost_micros + %(cost)s,
           updated_at = %(now)s
 RETURNING cost_micros"""


def record(*, user_id: UUID, spents: Sequence[Spent], now: datetime, charged: bool = True) -> int:
    """Take down one answer; return what it cost in millionths of a US dollar.

    ``charged`` False puts it to the house's account alone: an answer that failed. Nothing is
    written for an answer that took nothing (the offline coach). Call it last in the
    transaction that ends the answer, once for each.
    """
    costs = [cost(spent) for spent in spents]
    if not spents:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD,
            {
                "user": user_id,
                "charged": charged,
                "day": periods.day_of(now),
                "in": sum(spent.tokens_in for spent in spents),
                "out": sum(spent.tokens_out for spent in spents),
                "cost": sum(costs),
                "now": now,
            },
        )
        (house,) = cursor.fetchone()
    # Only what is kept is counted: a transaction that is tried again counts once.
    transaction.on_commit(partial(_count, tuple(spents), costs, house), robust=True)
    return sum(costs)


def _count(spents: Sequence[Spent], costs: Sequence[int], house: int) -> None:
    for spent, micros in zip(spents, costs, strict=True):
        metrics.LLM_TOKENS.labels(spent.provider, "in").inc(spent.tokens_in)
        metrics.LLM_TOKENS.labels(spent.provider, "out").inc(spent.tokens_out)
        metrics.LLM_COST.labels(spent.provider).inc(micros)
    show_budget(house)
