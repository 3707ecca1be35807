"""The gate: what holds for every exchange, for Django and for streams alike.

Django's middleware never sees a stream, and each sync middleware costs a thread hop. So
request id, host, CORS, body limit, media type, CSRF, trailing slashes, security headers and
request metrics live here, once, as plain ASGI around both halves of the house.
"""

import asyncio
import logging
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from django.conf import settings
from django.http.request import validate_host

from solacore.kit import errors, http, metrics
from solacore.observability import request_id

logger = logging.getLogger(__name__)

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[http.Scope, Receive, Send], Awaitable[None]]
Check = Callable[[http.Scope, dict[str, str]], None]

MAX_BODY = 128 * 1024
MAX_PAGE_BODY = 2 * 1024 * 1024
BODY_SECONDS = 30
_PAGES = re.compile(r"/(?:admin|static|docs|redoc|play|mail|safety)(?:/|$)")
_KNOWN_METHODS = frozenset(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

PAGE_POLICY = (
    b"default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    b"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
# Swagger and ReDoc set style attributes and start a worker; they run on our own files only.
DOCS_POLICY = PAGE_POLICY.replace(b"style-src 'self'", b"style-src 'self' 'unsafe-inline'") + (
    b"; worker-src 'self' blob:"
)
API_POLICY = b"default-src 'none'; frame-ancestors 'none'"
CORS_METHODS = b"GET, POST, PUT, PATCH, DELETE, OPTIONS"
CORS_REQUEST_HEADERS = (
    b"Content-Type, Accept, Authorization, X-CSRF-Token, X-Device-Fingerprint, Idempotency-Key, "
    b"Last-Event-ID, X-Request-ID"
)
CORS_EXPOSED = (
    b"Content-Disposition, X-Request-ID, X-Message-Id, Retry-After, X-RateLimit-Limit, "
    b"X-RateLimit-Remaining, X-RateLimit-Reset"
)


def is_page(path: str) -> bool:
    """Whether a person looks at this path in a browser (Django's own middleware guards it)."""
    return _PAGES.match(path) is not None


class Gate:
    """Wraps the whole application. ``checks`` may refuse an exchange (CSRF is one)."""

    def __init__(self, app: App, *, checks: Sequence[Check] = ()) -> None:
        self.app = app
        self.checks = checks

    async def __call__(self, scope: http.Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = http.headers_of(scope)
        given = headers.get("x-request-id", "")
        request_id.set(given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex)
        path: str = scope["path"]
        if not is_page(path) and path.endswith("/") and path != "/":
            # Both forms of every address are served; a redirect would lose the body (0.2).
            scope = {**scope, "path": path.rstrip("/") or "/"}
        scope["gate.headers"] = headers
        scope["gate.extra"] = []
        exchange = _Exchange(scope, headers, send)
        try:
            await self._pass(scope, headers, receive, exchange)
        except errors.DomainError as refusal:
            await exchange.refuse(refusal)
        except Exception:
            logger.exception("Unhandled error", extra={"method": scope["method"]})
            await exchange.refuse(errors.Internal())
        finally:
            exchange.measure()

    async def _pass(
        self, scope: http.Scope, headers: dict[str, str], receive: Receive, exchange: "_Exchange"
    ) -> None:
        path = scope["path"]
        if not path.startswith("/health") and not _known_host(headers.get("host", "")):
            raise errors.UnknownHost
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await exchange.preflight()
            return
        page = is_page(path)
        body = await _read_body(headers, receive, MAX_PAGE_BODY if page else MAX_BODY)
        if not page:
            for check in self.checks:
                check(scope, headers)
            if body and not path.startswith("/webhooks"):  # those are signed, whatever they say
                _require_json(headers.get("content-type", ""))
        scope["gate.body"] = body
        await self.app(scope, _replay(body, receive), exchange.send)


def _known_host(host: str) -> bool:
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return validate_host(name.lower(), settings.ALLOWED_HOSTS)


def _require_json(content_type: str) -> None:
    """A form or text/plain needs no preflight, so a foreign page could send it (quality 6, 54)."""
    kind, _, parameters = content_type.lower().partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", parameters)
    if kind.strip() != "application/json" or (charset and charset[1] not in ("utf-8", "utf8")):
        raise errors.UnsupportedMediaType


async def _read_body(headers: dict[str, str], receive: Receive, limit: int) -> bytes:
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise errors.TooLarge(limit=limit)
    if not declared and "transfer-encoding" not in headers:
        return b""
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise errors.Timeout
                chunk = message.get("body", b"")
                size += len(chunk)
                if size > limit:
                    raise errors.TooLarge(limit=limit)
                chunks.append(chunk)
                if not message.get("more_body"):
                    return b"".join(chunks)
    except TimeoutError as error:
        raise errors.Timeout from error


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the app the body already read, then whatever comes (the hang-up)."""
    given = False

    async def again() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        while (message := await receive())["type"] != "http.disconnect":
            pass
        return message

    return again


class _Exchange:
    """One exchange on its way out: the headers everyone gets, and what is measured."""

    def __init__(self, scope: http.Scope, headers: dict[str, str], send: Send) -> None:
        self.scope = scope
        self.origin = headers.get("origin", "")
        self._send = send
        self.status = 0
        self.started = time.perf_counter()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": self._dress(list(message.get("headers", [])))}
        await self._send(message)

    def _dress(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        path = self.scope["path"]
        present = {name.lower() for name, _ in headers}
        headers += self.scope["gate.extra"]
        headers += [
            (b"x-request-id", request_id.get().encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"DENY"),
            (b"referrer-policy", b"strict-origin-when-cross-origin"),
            (b"permissions-policy", b"geolocation=(), microphone=(), camera=()"),
            (b"cross-origin-opener-policy", b"same-origin"),
        ]
        if settings.PRODUCTION:
            headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
        if b"content-security-policy" not in present:
            policy = PAGE_POLICY if is_page(path) else API_POLICY
            if path.startswith(("/docs", "/redoc")):
                policy = DOCS_POLICY
            headers.append((b"content-security-policy", policy))
        if b"cache-control" not in present:
            headers.append((b"cache-control", b"no-store"))
        if b"vary" not in present:
            headers.append((b"vary", b"Origin"))
        if self.origin in settings.TRUSTED_ORIGINS:
            headers += [
                (b"access-control-allow-origin", self.origin.encode("latin-1")),
                (b"access-control-allow-credentials", b"true"),
                (b"access-control-expose-headers", CORS_EXPOSED),
            ]
        return headers

    async def preflight(self) -> None:
        """Answer a browser's question before the real request: no sign-in, no CSRF, no limit."""
        headers = []
        if self.origin in settings.TRUSTED_ORIGINS:
            headers = [
                (b"access-control-allow-methods", CORS_METHODS),
                (b"access-control-allow-headers", CORS_REQUEST_HEADERS),
                (b"access-control-max-age", b"86400"),
            ]
        self.scope["route"] = "preflight"
        await self.send({"type": "http.response.start", "status": 204, "headers": headers})
        await self.send({"type": "http.response.body", "body": b""})

    async def refuse(self, error: errors.DomainError) -> None:
        """Send a failure's envelope, unless the answer has begun."""
        if self.status:
            return
        body = http.to_json(errors.envelope(error))
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        headers += [(k.lower().encode(), v.encode()) for k, v in error.headers.items()]
        if isinstance(error, errors.TooLarge | errors.Timeout):
            headers.append((b"connection", b"close"))  # the rest of the body is not read
        await self.send({"type": "http.response.start", "status": error.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

    def measure(self) -> None:
        seconds = time.perf_counter() - self.started
        route = self.scope.get("route", "unmatched")
        method = self.scope["method"] if self.scope["method"] in _KNOWN_METHODS else "OTHER"
        count, duration = _series(method, route, self.status)
        count.inc()
        duration.observe(seconds)
        if self.status >= 500:
            extra = {"method": method, "route": route, "status": self.status}
            logger.warning("Answered with a failure", extra=extra)


_children: dict[tuple[str, str, int], tuple[Any, Any]] = {}


def _series(method: str, route: str, status: int) -> tuple[Any, Any]:
    """Return these labels' counter and histogram (looking them up costs more than using them)."""
    key = (method, route, status)
    if key not in _children:
        labels = (method, route, str(status))
        _children[key] = metrics.HTTP_REQUESTS.labels(*labels), metrics.HTTP_SECONDS.labels(*labels)
    return _children[key]
