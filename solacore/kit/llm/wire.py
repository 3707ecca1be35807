"""Reading a model's event stream over aiohttp: what the two dialects share.

The vendors' SDKs sit on httpx, which at 500 concurrent answers delays the first token by
8.5 s against aiohttp's 0.7 (speed.md 1), so these two small clients are ours.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import orjson

from solacore.kit import outbound
from solacore.kit.llm.base import Fault, ProviderUnavailable

CONNECT_SECONDS = 10.0
COMPLAINT_BYTES = 4096


class Rejected(ProviderUnavailable):
    """The provider answered with a status that is no answer."""

    def __init__(self, provider: str, status: int, retry_after: float | None = None) -> None:
        fault = fault_of(status)
        super().__init__(
            f"{provider} answered {status}",
            fault=fault,
            retryable=fault in (Fault.BUSY, Fault.DOWN),
            retry_after=retry_after,
        )


class FieldRefused(Rejected):
    """The server does not know the one field of the request that it may do without."""


async def post_stream(
    provider: str,
    url: str,
    body: Mapping[str, Any],
    *,
    headers: Mapping[str, str],
    silence: float,
    optional: str | None = None,
) -> AsyncGenerator[dict[str, Any] | None, None]:
    """POST ``body`` and yield each ``data:`` object of the answer; None for ``[DONE]``.

    ``silence`` is how long the server may say nothing, in seconds. Redirects are not followed.
    Raises ProviderUnavailable (its text names provider and fault, never content); FieldRefused
    when the server's complaint names the field ``optional``.
    """
    limits = aiohttp.ClientTimeout(
        total=None, sock_connect=min(silence, CONNECT_SECONDS), sock_read=silence
    )
    try:
        async with outbound.session().post(
            url, data=orjson.dumps(body), headers=headers, timeout=limits, allow_redirects=False
        ) as response:
            if response.status != 200:
                raise await _rejected(provider, response, optional)
            if "event-stream" not in response.headers.get("Content-Type", ""):
                raise ProviderUnavailable(f"{provider} answered without a stream")
            async for line in response.content:
                if not line.startswith(b"data:"):
                    continue
                data = line[5:].strip()
                if data == b"[DONE]":
                    yield None
                    return
                if data:
                    yield _object(provider, data)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise _unreachable(provider, error) from error


def dig(value: object, *path: str | int) -> Any:
    """Return what stands at a path of keys and indexes; None where it is not what it should be."""
    for key in path:
        if isinstance(key, str):
            value = value.get(key) if isinstance(value, dict) else None
        else:
            value = value[key] if isinstance(value, list) and len(value) > key else None
    return value


def count(value: object, *path: str | int) -> int | None:
    """Return the number of tokens at a path; None where none is told."""
    found = dig(value, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def fault_of(status: int) -> Fault:
    """Return what a status says of the provider."""
    if status in (401, 402, 403):
        return Fault.KEY
    if status in (408, 409, 429):
        return Fault.BUSY
    if status in (400, 413, 422):
        return Fault.REQUEST
    return Fault.DOWN if status >= 500 else Fault.ADDRESS


def _object(provider: str, data: bytes) -> dict[str, Any]:
    found = orjson.loads(data)
    if not isinstance(found, dict):
        raise ValueError
    if found.get("error"):
        # Anthropic names the kind (overloaded_error), OpenRouter gives a status.
        status = dig(found, "error", "code")
        known = isinstance(status, int) and 400 <= status < 600
        overloaded = dig(found, "error", "type") in ("overloaded_error", "rate_limit_error")
        fault = fault_of(status) if known else Fault.BUSY if overloaded else Fault.BROKEN
        raise ProviderUnavailable(
            f"{provider} broke off with an error object",
            fault=fault,
            retryable=fault in (Fault.BUSY, Fault.DOWN, Fault.BROKEN),
        )
    return found


def _unreachable(provider: str, error: Exception) -> ProviderUnavailable:
    """Return what went wrong below HTTP, or with it. What took long is not worth a second try."""
    fault, retryable = Fault.BROKEN, True
    if isinstance(error, TimeoutError):
        fault, retryable = Fault.TIMEOUT, False
    elif isinstance(error, aiohttp.ClientSSLError):
        fault, retryable = Fault.TLS, False
    elif isinstance(error, aiohttp.ClientConnectorDNSError):
        fault = Fault.DNS
    elif isinstance(error, aiohttp.ClientConnectorError):
        fault = Fault.CONNECT
    return ProviderUnavailable(
        f"{provider}: {type(error).__name__}", fault=fault, retryable=retryable
    )


async def _rejected(
    provider: str, response: aiohttp.ClientResponse, optional: str | None
) -> Rejected:
    if optional is not None and response.status in (400, 422):
        complaint = await _beginning(response)
        if optional.encode() in complaint:
            return FieldRefused(provider, response.status)
    return Rejected(provider, response.status, _seconds(response.headers.get("Retry-After", "")))


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    """Read the first bytes of a body: seen here only, it may quote somebody's words."""
    read = b""
    async with asyncio.timeout(1):
        while len(read) < COMPLAINT_BYTES and not response.content.at_eof():
            read += await response.content.read(COMPLAINT_BYTES - len(read))
    return read


def _seconds(retry_after: str) -> float | None:
    """Read a Retry-After header: seconds, or the date it names; None if it is neither."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(0.0, moment - time.time())
