"""Django's handler without what only pages need.

Django's own handler pays thread hops for signals, middleware and closing on every request
(speed.md 2.1: 5x on a small one). The gate has done the middleware's work and read the body,
``in_thread`` looks after connections, so the API needs routing and the view, nothing else.
"""

import logging
from io import BytesIO
from typing import Any

from django.core.exceptions import BadRequest
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import response_for_exception
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse

from solacore.kit import errors, http
from solacore.kit.gate import Receive, Send

logger = logging.getLogger(__name__)


class SlimHandler(BaseHandler):
    """Routes and runs a view: no middleware, no signals, every failure an envelope."""

    # What Django's load_middleware would have filled.
    _view_middleware: list[Any]
    _template_response_middleware: list[Any]
    _exception_middleware: list[Any]

    def __init__(self) -> None:
        super().__init__()
        self._view_middleware = []
        self._template_response_middleware = []
        self._exception_middleware = []

    async def __call__(self, scope: http.Scope, receive: Receive, send: Send) -> None:
        request = ASGIRequest(scope, BytesIO(scope.get("gate.body", b"")))
        response = await self._answer(request)
        match = request.resolver_match
        if match is not None:
            scope["route"] = "/" + match.route.replace("<", "{").replace(">", "}")
        if response.status_code >= 400 and not _is_json(response):
            response = _enveloped(response)
        headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in response.items()
        ]
        headers += [
            (b"set-cookie", cookie.OutputString().encode("latin-1"))
            for cookie in response.cookies.values()
        ]
        start = {"type": "http.response.start", "status": response.status_code, "headers": headers}
        if isinstance(response, StreamingHttpResponse):
            await send(start)
            await _stream(response, send)
            return
        body = response.content if isinstance(response, HttpResponse) else b""
        headers.append((b"content-length", b"%d" % len(body)))
        await send(start)
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, request: ASGIRequest) -> HttpResponseBase:
        try:
            response: HttpResponseBase = await self._get_response_async(request)  # type: ignore[attr-defined]
            return response
        except (Http404, BadRequest) as error:
            return response_for_exception(request, error)


async def _stream(response: StreamingHttpResponse, send: Send) -> None:
    """Send a body piece by piece, as fast as the reader takes it."""
    try:
        for piece in response:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        response.close()


def _is_json(response: HttpResponseBase) -> bool:
    return response.get("Content-Type", "").startswith("application/json")


def _enveloped(response: HttpResponseBase) -> HttpResponse:
    """Turn Django's or ninja's bare failure into ours."""
    error: errors.DomainError = errors.Internal()
    if response.status_code == 404:
        error = errors.NoSuchPath()
    elif response.status_code == 405:
        error = errors.MethodNotAllowed(response.get("Allow", ""))
    elif response.status_code < 500:
        error = errors.UnreadableBody()
    return refusal(error)


def refusal(error: errors.DomainError) -> HttpResponse:
    """Return the response that carries ``error``."""
    response = http.json_response(errors.envelope(error), error.status)
    for name, value in error.headers.items():
        response[name] = value
    return response
