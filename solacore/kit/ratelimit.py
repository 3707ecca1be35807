"""How often somebody may do something: fixed windows, counted in Redis or in this process."""

from __future__ import annotations

import hashlib
import math
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from solacore.kit import errors
from solacore.kit.http import Scope, is_whitelisted
from solacore.kit.redis import SoftRedis

if TYPE_CHECKING:
    from redis.asyncio import Redis

PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
MAX_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands: ``reset`` in epoch seconds, ``retry_after`` in seconds from now."""

    amount: int
    used: int
    reset: int
    retry_after: int

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return the contract's rate-limit headers."""
        remaining = max(0, self.amount - self.used)
        return [
            (b"x-ratelimit-limit", b"%d" % self.amount),
            (b"x-ratelimit-remaining", b"%d" % remaining),
            (b"x-ratelimit-reset", b"%d" % self.reset),
        ]


class Limit:
    """One allowance, e.g. ``Limit("AUTH")``: its rate comes from RATE_LIMITS ("5/minute")."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def stand(self, who: str, *, now: float | None = None) -> Standing:
        """Count one for ``who`` (a user id or an address); return where they stand."""
        amount, seconds = parse(settings.RATE_LIMITS[self.name])
        moment = time.time() if now is None else now
        window = int(moment // seconds)
        used = await self._count(who, window, seconds)
        reset = (window + 1) * seconds
        return Standing(amount, used, reset, max(1, math.ceil(reset - moment)))

    async def _count(self, who: str, window: int, seconds: int) -> int:
        # No address or user id stands in a Redis key.
        digest = hashlib.blake2b(who.encode(), digest_size=12).hexdigest()
        key = f"limit:{self.name}:{digest}:{window}"

        async def count(client: Redis) -> int:
            pipe = client.pipeline(transaction=False)
            pipe.incr(key)
            pipe.expire(key, seconds + 5)
            return int((await pipe.execute())[0])

        counted = await shared().attempt("incr", count)
        return _count_here(key, window, seconds) if counted is None else counted


_here: dict[str, tuple[int, int]] = {}


def _count_here(key: str, window: int, seconds: int) -> int:
    """Count in this process: for a house without Redis, and for when it is away."""
    if len(_here) > MAX_KEPT:
        now = time.time()
        for old in [old for old, (end, _) in _here.items() if end < now]:
            del _here[old]
        if len(_here) > MAX_KEPT:
            _here.clear()
    end, count = _here.get(key, ((window + 1) * seconds, 0))
    _here[key] = (end, count + 1)
    return count + 1


@cache
def parse(rate: str) -> tuple[int, int]:
    """Return ("5/minute") as (5, 60). Raises ValueError."""
    number, separator, period = rate.replace(" ", "").partition("/")
    seconds = PERIODS.get(period.rstrip("s"))
    if not separator or not number.isdigit() or seconds is None:
        raise ValueError(f"{rate!r} is not a rate like 5/minute")
    return int(number), seconds


@cache
def shared() -> SoftRedis:
    """Return the Redis that all processes count in."""
    return SoftRedis(settings.RATE_LIMIT_REDIS_URL)


async def meter(scope: Scope, limit: Limit, who: str) -> None:
    """Count one for ``who``; the answer's headers say where they stand. Raises RateLimited."""
    if is_whitelisted(scope):
        return
    standing = await limit.stand(who)
    scope["gate.extra"] += standing.headers()
    if standing.used > standing.amount:
        number, _, period = settings.RATE_LIMITS[limit.name].partition("/")
        raise errors.RateLimited(
            limit=f"{number.strip()} per 1 {period.strip()}", retry_after=standing.retry_after
        )
