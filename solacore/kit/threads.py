"""Blocking code, awaitable: a few threads that each keep one database connection.

Measured (speed.md 2.6): a small bounded pool costs what async drivers cost; a thread per
request costs five times that. Hashing has threads of its own, so that a burst of logins
delays nobody else.
"""

import asyncio
import contextvars
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import connections

from solacore.kit import metrics

P = ParamSpec("P")
T = TypeVar("T")
HASHING_THREADS = 2
OUTBOUND_THREADS = 4  # calls to other people's computers, which may take their time
_UNBROKEN: set[asyncio.Task[Any]] = set()  # the loop itself keeps only weak references


@cache
def _pool(purpose: str) -> ThreadPoolExecutor:
    sizes = {"hashing": HASHING_THREADS, "outbound": OUTBOUND_THREADS}
    size = sizes.get(purpose, settings.DB_THREADS)
    return ThreadPoolExecutor(size, thread_name_prefix=purpose)


def in_thread(func: Callable[P, T], *, purpose: str = "database") -> Callable[P, Awaitable[T]]:
    """Return ``func`` as something to await. ``purpose="hashing"`` for what burns CPU,
    ``"outbound"`` for what waits for somebody else's computer.

    With ``DB_THREADS=0`` (tests) it runs where it is called, inside the test's transaction.
    """

    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        if not settings.DB_THREADS:
            return _here(partial(func, *args, **kwargs))
        work = partial(contextvars.copy_context().run, _connected, partial(func, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(_pool(purpose), work)

    return call


async def unbroken(work: Coroutine[Any, Any, T]) -> T:
    """Await ``work``, which goes on to its end even if whoever asked for it hangs up."""
    task = asyncio.create_task(work)
    _UNBROKEN.add(task)
    task.add_done_callback(_UNBROKEN.discard)
    return await asyncio.shield(task)


def _here(work: Callable[[], T]) -> T:
    """Run ``work`` as if no loop ran: Django then uses this thread's own connection."""
    loop = asyncio.get_running_loop()
    asyncio._set_running_loop(None)
    try:
        return work()
    finally:
        asyncio._set_running_loop(loop)


def _connected(work: Callable[[], T]) -> T:
    """Run ``work``; drop the thread's connection if it broke, keep it otherwise."""
    connection = connections["default"]
    if not connection.execute_wrappers:
        connection.execute_wrappers.append(_timed)
    try:
        return work()
    finally:
        if connection.connection is not None and (
            connection.errors_occurred or connection.connection.closed
        ):
            connection.errors_occurred = False
            if not connection.is_usable():
                connection.close()


def _timed(
    execute: Callable[..., object], sql: str, params: object, many: bool, context: object
) -> object:
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        metrics.DB_QUERIES.observe(time.perf_counter() - started)
