"""Our calls to other people's computers: one aiohttp session per event loop, shared."""

import asyncio
from weakref import WeakKeyDictionary

import aiohttp

_sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.ClientSession] = WeakKeyDictionary()
MAX_LINE = 2**20


def session() -> aiohttp.ClientSession:
    """Return this loop's one session: connections are shared and reused, cookies are not kept.

    Callers give every request its own timeout and follow no redirects.
    """
    loop = asyncio.get_running_loop()
    if loop not in _sessions or _sessions[loop].closed:
        _sessions[loop] = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
            cookie_jar=aiohttp.DummyCookieJar(),
            read_bufsize=MAX_LINE,
        )
    return _sessions[loop]


async def close() -> None:
    """Close this loop's session."""
    found = _sessions.pop(asyncio.get_running_loop(), None)
    if found is not None:
        await found.close()
