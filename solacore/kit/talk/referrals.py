"""How often help was shown: counters, no person, no words (SB 243's yearly report)."""

from datetime import datetime

from django.db import connection
from django.db.models import Sum

from solacore.kit import metrics
from solacore.kit.talk.models import ReferralCount

_COUNT = f"""
    INSERT INTO {ReferralCount._meta.db_table}
        (id, day, product, language, tier, count, created_at, updated_at)
    VALUES (gen_random_uuid(), %s, %s, %s, %s, 1, %s, %s)
    ON CONFLICT (day, product, language, tier)
    DO UPDATE SET count = {ReferralCount._meta.db_table}.count + 1, updated_at = excluded.updated_at
"""  # noqa: S608 (the table's own name)


def count(*, product: str, language: str, tier: str, now: datetime) -> None:
    """Count a referral: one statement, and the metric."""
    metrics.CRISIS_REFERRALS.labels(language, tier).inc()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [now.date(), product, language, tier, now, now])


def of_year(year: int) -> list[tuple[str, str, str, int]]:
    """Return (product, language, tier, how often) for a calendar year (UTC)."""
    return list(
        ReferralCount.objects.filter(day__year=year)
        .values_list("product", "language", "tier")
        .annotate(total=Sum("count"))
        .order_by("product", "language", "tier")
    )
