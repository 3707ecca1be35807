"""The few addresses that are not JSON."""

import tomllib
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django_prometheus.exports import ExportToDjangoView
from ninja.openapi.docs import Redoc

from accounts import selectors
from solacore.api import api
from solacore.kit import metrics as gauges
from solacore.kit.http import json_response
from solacore.kit.mail import language_of
from solacore.kit.talk import helplines
from solacore.kit.threads import in_thread


async def welcome(request: HttpRequest) -> HttpResponse:
    """Greet: people are shown the playground, programs are told where the description is."""
    if settings.PLAYGROUND and "text/html" in request.headers.get("Accept", ""):
        return HttpResponseRedirect("/play")
    return json_response({"message": f"Welcome to {settings.APP_NAME}", "docs": "/docs"})


def playground(request: HttpRequest) -> HttpResponse:
    """Show the page on which Solve can be tried without a client."""
    return render(request, "playground/index.html")


def safety(request: HttpRequest) -> HttpResponse:
    """Show the crisis protocol: what we look for, show and leave. Needs no database."""
    language = language_of(request.headers.get("Accept-Language", "en"))
    context = {
        "language": language,
        "words": _safety()[language],
        "lines": helplines.in_force(),
    }
    return render(request, "pages/safety.html", context)


@cache
def _safety() -> dict[str, Any]:
    file = settings.BASE_DIR / "templates" / "safety.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def redoc(request: HttpRequest) -> HttpResponse:
    """Show the API's description as ReDoc."""
    return Redoc().render_page(request, api)


async def metrics(request: HttpRequest) -> HttpResponse:
    """Expose the process's metrics (or all processes', with PROMETHEUS_MULTIPROC_DIR)."""
    try:
        sessions, users = await in_thread(selectors.active)()
    except Exception:
        sessions = users = -1  # the scrape goes on without the database (contract 6.4)
    gauges.ACTIVE_SESSIONS.set(sessions)
    gauges.ACTIVE_USERS.set(users)
    pool = getattr(connection, "pool", None)
    gauges.derive(pool.get_stats() if pool else {})
    response: HttpResponse = ExportToDjangoView(request)
    response["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8"
    return response
