"""Counting tries in SQL: each is counted before it is made, so no burst slips through."""

import hashlib
import hmac
import math
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F

from accounts.limits import Tries
from accounts.models import Tally
from solacore.kit.errors import RateLimited

_ADD = """
    INSERT INTO accounts_tally AS t (key, count, expires_at)
    SELECT * FROM unnest(%s::text[], %s::int[], %s::timestamptz[])
        ON CONFLICT (key) DO UPDATE
       SET count = CASE WHEN t.expires_at <= %s THEN 1 ELSE t.count + 1 END,
           expires_at = CASE WHEN t.expires_at <= %s THEN excluded.expires_at ELSE t.expires_at END
 RETURNING key, count, expires_at"""


def add(tries: Mapping[Tries, str], *, now: datetime) -> None:
    """Count one try of each kind for whom it names, in one statement.

    A window begins with its first try and is not prolonged by later ones.
    Raises RateLimited when one of them is over its amount.
    """
    # In one order always: two statements that lock the same rows cannot wait for each other.
    rows = sorted((_key(kind, who), kind) for kind, who in tries.items())
    keys = [key for key, _ in rows]
    ends = [now + timedelta(seconds=kind.seconds) for _, kind in rows]
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [keys, [1] * len(keys), ends, now, now])
        counted = {key: (count, end) for key, count, end in cursor.fetchall()}
    over = [(counted[key][1], kind) for key, kind in rows if counted[key][0] > kind.amount]
    if over:
        end, kind = max(over, key=lambda item: item[0])
        raise RateLimited(
            limit=f"{kind.amount} per {kind.seconds // 60} minutes",
            retry_after=max(1, math.ceil((end - now).total_seconds())),
        )


def forget(tries: Mapping[Tries, str]) -> None:
    """Begin afresh: whoever it was has proved to be right."""
    Tally.objects.filter(key__in=[_key(kind, who) for kind, who in tries.items()]).delete()


def take_back(kind: Tries, who: str) -> None:
    """Uncount one try."""
    Tally.objects.filter(key=_key(kind, who), count__gt=0).update(count=F("count") - 1)


def _key(kind: Tries, who: str) -> str:
    """Return a digest that nobody without our secret can compare with an address."""
    named = f"{kind.name}:{who}".encode()
    return hmac.new(settings.JWT_SECRET.encode(), named, hashlib.sha256).hexdigest()
