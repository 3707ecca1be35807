"""Reading a model's event stream over aiohttp: what the two dialects share.

The vendors' SDKs sit on httpx, which at 500 concurrent answers delays the first token by
8.5 s against aiohttp's 0.7 (speed.md 1), so these two small clients are ours.
"""

from collections.abc import AsyncGenerator, Mapping
from typing import Any

import aiohttp
import orjson

from solacore.kit import outbound
from solacore.kit.llm.base import ProviderUnavailable


class Rejected(ProviderUnavailable):
    """The provider answered with a failure status; ``retryable`` says whether to ask again."""

    def __init__(self, provider: str, status: int, retry_after: float | None = None) -> None:
        super().__init__(f"{provider} answered {status}")
        self.retryable = status in (408, 409, 429) or status >= 500
        self.retry_after = retry_after


async def post_stream(
    provider: str, url: str, body: Mapping[str, Any], *, headers: Mapping[str, str], silence: float
) -> AsyncGenerator[dict[str, Any] | None, None]:
    """POST ``body`` and yield each ``data:`` object of the answer; None for ``[DONE]``.

    ``silence`` is how long the server may say nothing, in seconds. Redirects are not followed.
    Raises ProviderUnavailable (its text names provider and fault, never content).
    """
    limits = aiohttp.ClientTimeout(total=None, sock_connect=min(silence, 10), sock_read=silence)
    try:
        async with outbound.session().post(
            url, data=orjson.dumps(body), headers=headers, timeout=limits, allow_redirects=False
        ) as response:
            if response.status != 200:
                raise Rejected(provider, response.status, _seconds(response))
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
        raise ProviderUnavailable(f"{provider}: {type(error).__name__}") from error


def _object(provider: str, data: bytes) -> dict[str, Any]:
    found = orjson.loads(data)
    if not isinstance(found, dict):
        raise ValueError
    if found.get("error"):
        raise ProviderUnavailable(f"{provider} broke off with an error object")
    return found


def _seconds(response: aiohttp.ClientResponse) -> float | None:
    given = response.headers.get("Retry-After", "")
    return float(given) if given.isdigit() else None
