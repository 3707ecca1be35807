"""Server-sent events over Channels: one consumer class, three promises.

A failure before the first event is a JSON error with an honest status. A failure after it is
an ``error`` frame. A client that hangs up ends the view, never the answer.
"""

import asyncio
import logging
import re
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from channels.generic.http import AsyncHttpConsumer
from django.db import InterfaceError, OperationalError
from pydantic import BaseModel, ValidationError

from solacore.kit import errors, http
from solacore.kit.gate import Receive, Send

logger = logging.getLogger(__name__)
BodyT = TypeVar("BodyT", bound=BaseModel)
RECHECK_SECONDS = 10.0

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-store"),
    (b"x-accel-buffering", b"no"),
]


@dataclass(frozen=True, slots=True)
class Event:
    """One frame. ``data`` never holds a ``message`` key: the web client takes it for a message."""

    name: str
    data: dict[str, Any]
    id: str | None = None

    def encode(self) -> bytes:
        """Return the frame. JSON escapes line breaks, so no text can forge another frame."""
        head = f"id: {self.id}\nevent: " if self.id is not None else "event: "
        return b"%b%b\ndata: %b\n\n" % (head.encode(), self.name.encode(), http.to_json(self.data))


class Heartbeat(Event):
    """A comment line: both clients ignore it, proxies see life."""

    def encode(self) -> bytes:
        return b": keep-alive\n\n"


HEARTBEAT = Heartbeat("", {})


class EventStream(AsyncHttpConsumer):  # type: ignore[misc]
    """Subclass and write ``events``; everything about the wire is here."""

    method: ClassVar[str] = "POST"

    def events(self, body: bytes) -> AsyncGenerator[Event, None]:
        """Yield what the client shall see. Refusals raised before the first one become JSON."""
        raise NotImplementedError

    async def recheck(self) -> None:
        """Asked every RECHECK_SECONDS. Raise a DomainError to end the view."""

    def parse(self, schema: type[BodyT], body: bytes) -> BodyT:
        """Return the request body as ``schema``. Raises Invalid, UnreadableBody."""
        if not body:
            raise errors.invalid_field("body", kind="missing", sentence="Field required")
        try:
            return schema.model_validate(http.read_json(body))
        except ValidationError as error:
            fields = [{**f, "loc": ("body", *f["loc"])} for f in error.errors(include_url=False)]
            raise errors.Invalid(fields=fields) from error

    def path_uuid(self, name: str) -> UUID:
        """Return a UUID from the path. Raises Invalid."""
        try:
            return UUID(self.scope["url_route"]["kwargs"][name])
        except ValueError as error:
            raise errors.invalid_field(
                "path", name, kind="uuid_parsing", sentence="Input should be a valid UUID"
            ) from error

    def header(self, name: str) -> str | None:
        """Return a request header by lower-case name."""
        found: dict[str, str] = self.scope["gate.headers"]
        return found.get(name)

    async def __call__(self, scope: http.Scope, receive: Receive, send: Send) -> None:
        self.receive = receive
        self.response_headers = list(HEADERS)
        await super().__call__(scope, receive, send)

    async def handle(self, body: bytes) -> None:
        # Channels reads nothing from the client while handle() runs, so a hang-up would go
        # unseen and the view would go on for nobody. Watch for it here.
        reply = asyncio.create_task(self._reply(body))
        hang_up = asyncio.create_task(self._hang_up())
        try:
            await asyncio.wait({reply, hang_up}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            reply.cancel()
            hang_up.cancel()
            await asyncio.gather(reply, hang_up, return_exceptions=True)

    async def _hang_up(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass

    async def _reply(self, body: bytes) -> None:
        started = False
        checked = time.monotonic()
        try:
            if self.scope["method"] != self.method:
                raise errors.MethodNotAllowed(self.method)
            async with aclosing(self.events(body)) as events:
                async for event in events:
                    if not started:
                        await self.send_headers(headers=self.response_headers)
                        started = True
                    elif time.monotonic() - checked > RECHECK_SECONDS:
                        await self.recheck()
                        checked = time.monotonic()
                    await self.send_body(event.encode(), more_body=True)
            await self.send_body(b"")
        except errors.DomainError as error:
            await self._refuse(error, started=started)
        except (OperationalError, InterfaceError):
            logger.exception("Database away in %s", type(self).__name__)
            await self._refuse(errors.Unavailable(), started=started)
        except Exception:
            logger.exception("Unexpected error in %s", type(self).__name__)
            await self._refuse(errors.Internal(), started=started)

    async def _refuse(self, error: errors.DomainError, *, started: bool) -> None:
        if started:
            frame = Event("error", {"error": "STREAM_ERROR", "code": error.code})
            await self.send_body(frame.encode(), more_body=False)
            return
        body = http.to_json(errors.envelope(error))
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        headers += [(k.lower().encode(), v.encode()) for k, v in error.headers.items()]
        await self.send_response(error.status, body, headers=headers)


@dataclass(frozen=True, slots=True)
class StreamRoute:
    """One streaming address: its template ("/sessions/{session_id}/messages") and consumer."""

    template: str
    consumer: type[EventStream]

    def match(self, path: str) -> dict[str, str] | None:
        """Return the path's parameters, or None when it is another address."""
        found = _pattern(self.template).fullmatch(path)
        return found.groupdict() if found else None


_patterns: dict[str, re.Pattern[str]] = {}


def _pattern(template: str) -> re.Pattern[str]:
    if template not in _patterns:
        _patterns[template] = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))
    return _patterns[template]
