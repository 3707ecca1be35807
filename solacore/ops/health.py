"""Is it alive, is it ready, and if not: what is wrong."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from ninja import Router

from solacore.kit import answerlog, llm
from solacore.kit.http import json_response
from solacore.kit.threads import in_thread

router = Router(tags=["health"])

CHECK_SECONDS = 2.0
KEPT_SECONDS = 5.0
FREE_SHARE = 0.10
Finding = dict[str, Any]
_report: tuple[float, Finding] | None = None


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


async def _database() -> Finding:
    started = time.perf_counter()
    await in_thread(_ask_database)()
    return {"status": "up", "latency_ms": _milliseconds(started)}


async def _redis() -> Finding:
    if not settings.REDIS_URL:
        # Redis only accelerates; a house without it is a whole house.
        return {"status": "up", "latency_ms": 0.0, "mode": "in_process"}
    started = time.perf_counter()
    answered = await answerlog.shared().redis.attempt("ping", lambda client: client.ping())
    if answered is None:
        return {"status": "down", "error": "exception"}
    return {"status": "up", "latency_ms": _milliseconds(started)}


async def _disk() -> Finding:
    usage = shutil.disk_usage("/")
    free = usage.free / usage.total
    return {
        "status": "up" if free >= FREE_SHARE else "down",
        "usage_percent": round(100 * (1 - free), 1),
    }


async def _memory() -> Finding:
    try:
        with open("/proc/meminfo") as file:  # noqa: ASYNC230 (a file of the kernel's, in memory)
            lines = dict(line.split(":", 1) for line in file)
        total, free = (int(lines[name].split()[0]) for name in ("MemTotal", "MemAvailable"))
    except (OSError, KeyError, ValueError):
        return {"status": "up", "usage_percent": None, "error": "unavailable"}
    share = free / total
    return {
        "status": "up" if share >= FREE_SHARE else "down",
        "usage_percent": round(100 * (1 - share), 1),
    }


CHECKS: dict[str, Callable[[], Awaitable[Finding]]] = {
    "database": _database,
    "redis": _redis,
    "disk": _disk,
    "memory": _memory,
}
REQUIRED = {"database", "disk", "memory"}


async def _checked(check: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return {"status": "down", "error": "timeout"}
    except Exception:
        return {"status": "down", "error": "exception"}


async def report() -> Finding:
    """Return the readiness report, made anew at most every KEPT_SECONDS."""
    global _report
    if _report is not None and time.monotonic() - _report[0] < KEPT_SECONDS:
        return _report[1]
    findings = await asyncio.gather(*(_checked(check) for check in CHECKS.values()))
    checks = dict(zip(CHECKS, findings, strict=True))
    down = {name for name, finding in checks.items() if finding["status"] == "down"}
    status = "unhealthy" if down & REQUIRED else "degraded" if down else "healthy"
    made = {
        "status": status,
        "ready": status != "unhealthy",
        "timestamp": _now(),
        "checks": checks,
    }
    _report = time.monotonic(), made
    return made


@router.get("/live")
async def live(request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    checks = {"service": {"status": "up"}}
    return json_response({"status": "healthy", "live": True, "timestamp": _now(), "checks": checks})


@router.get("/ready")
async def ready(request: HttpRequest) -> HttpResponse:
    """Say whether traffic may come; 503 when something required is down."""
    made = await report()
    return json_response(made, 200 if made["ready"] else 503)


@router.get("")
async def health(request: HttpRequest) -> HttpResponse:
    """Sum up for people; the details only in debug mode (contract 6.1)."""
    database = (await _checked(_database))["status"] == "up"
    model = bool(llm.configured()) or settings.LLM["llm_provider"] == "offline"
    summary: Finding = {
        "status": "healthy" if database and model else "degraded",
        "version": settings.APP_VERSION,
    }
    if settings.DEBUG:
        summary["environment"] = "debug"
        summary["checks"] = {
            "database": "connected" if database else "error",
            "llm_configured": settings.LLM["llm_provider"] if llm.configured() else "missing",
            "stripe_configured": "missing" if settings.PAYMENTS_ENABLED else "disabled",
            "sentry_configured": "configured" if settings.SENTRY else "disabled",
        }
    return json_response(summary)


def _milliseconds(started: float) -> float:
    return round(1000 * (time.perf_counter() - started), 2)


def _now() -> str:
    return datetime.now(UTC).isoformat()
