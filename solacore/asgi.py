"""Streams first, Django for everything else, the gate around both."""

import ctypes
import gc
import os
from contextlib import suppress
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "solacore.settings")

import django

django.setup()

from django.conf import settings
from django.core.handlers.asgi import ASGIHandler

from accounts.rules import csrf
from accounts.selectors import people
from learn import streams as learn_streams
from solacore.kit import answerlog, outbound, ratelimit
from solacore.kit.gate import App, Gate, Receive, Send, is_page
from solacore.kit.http import Scope, cookies_of
from solacore.kit.replies import producer
from solacore.kit.slim import SlimHandler
from solve import streams as solve_streams

ROUTES = [*solve_streams.ROUTES, *learn_streams.ROUTES]


class House:
    """Points each exchange to a stream, a page or the API."""

    def __init__(self) -> None:
        self.pages: Any = ASGIHandler()
        self.pages.load_middleware(is_async=True)
        self.api = SlimHandler()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if is_page(path):
            scope["route"] = "/" + path.split("/")[1]
            await self.pages(scope, receive, send)
            return
        for route in ROUTES:
            found = route.match(path)
            if found is not None:
                scope["route"] = route.template
                scope["url_route"] = {"kwargs": found}
                await route.consumer.as_asgi()(scope, receive, send)
                return
        await self.api(scope, receive, send)


def check_csrf(scope: Scope, headers: dict[str, str]) -> None:
    """Refuse what another site made a browser send."""
    if scope["method"] in csrf.UNSAFE:
        csrf.check(
            method=scope["method"],
            path=scope["path"],
            headers=headers,
            cookies=cookies_of(headers),
            trusted_origins=settings.TRUSTED_ORIGINS,
        )


def settle() -> None:
    """Put memory in order once everything is loaded."""
    # What is loaded by now stays: the collector need not look at it again
    # (speed.md 2.6: +11-14 %, p99 41 -> 8 ms).
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    # glibc keeps what importing and migrating needed for a moment; give it back (14 MB with
    # Redis). Other C libraries have no such call.
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


class Lifespan:
    """Opens the house and closes it."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                people.listener.start()
                # Where there is a Redis, its package is loaded now: nobody's request waits for it.
                answerlog.shared()
                ratelimit.shared()
                settle()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await producer.drain(settings.DRAIN_SECONDS)
                await outbound.close()
                await people.listener.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


application = Lifespan(Gate(House(), checks=[check_csrf]))
