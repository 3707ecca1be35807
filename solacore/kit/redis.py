"""Redis, which may be down: an acceleration layer, never the place where anything is kept.

A circuit breaker keeps a stopped or hung Redis from costing more than TIMEOUT once per REST.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

from solacore.kit import metrics

if TYPE_CHECKING:
    from redis.asyncio import Redis

TIMEOUT = 0.2  # seconds a call may take
REST = 2.0  # seconds without trying after a failure
T = TypeVar("T")


class SoftRedis:
    """A Redis that answers None instead of failing."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self.url = url
        self.timeout = timeout
        self._closed_until = 0.0
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Redis] = WeakKeyDictionary()
        self._failures: tuple[type[Exception], ...] = (OSError, TimeoutError, ValueError)
        if url:  # the package is 20 MB and 0.2 s: a house without Redis does without it
            from redis.exceptions import RedisError  # noqa: PLC0415

            self._failures += (RedisError,)

    @property
    def resting(self) -> bool:
        """Whether there is no Redis, or it failed a moment ago."""
        return not self.url or time.monotonic() < self._closed_until

    def client(self) -> Redis:
        """Return this event loop's client (connections belong to a loop)."""
        from redis.asyncio import Redis  # noqa: PLC0415 (loaded already, see above)
        from redis.driver_info import DriverInfo  # noqa: PLC0415

        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = Redis.from_url(
                self.url,
                socket_timeout=self.timeout,
                socket_connect_timeout=TIMEOUT,
                decode_responses=True,
                max_connections=64,
                driver_info=DriverInfo(),  # else read for each connection: 0.3 ms of its 0.6
            )
        return self._clients[loop]

    async def attempt(self, command: str, act: Callable[[Redis], Awaitable[T]]) -> T | None:
        """Return what ``act`` does with Redis, or None when it cannot."""
        if self.resting:
            return None
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self.timeout + 0.05):
                return await act(self.client())
        except self._failures:
            self._closed_until = time.monotonic() + REST
            return None
        finally:
            metrics.REDIS_COMMANDS.labels(command).observe(time.perf_counter() - started)

    async def close(self) -> None:
        """Close this loop's connections."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()
