"""Who is asking, for JSON and streams alike.

A token is verified in this process and remembered until it expires. Who stands behind it is
remembered too, but believed only while the database's news can be heard: a trigger announces
every end of a sign-in and every change of a user, so a revocation counts at once, whether
Redis is up, down or late. While nobody listens, each request asks SQL.
"""

import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from ninja.security.base import AuthBase

from accounts import errors, selectors
from accounts.rules import cookies, tokens
from accounts.selectors import Principal
from solacore.kit import metrics
from solacore.kit.http import cookies_of, headers_of
from solacore.kit.listen import Listener
from solacore.kit.sse import EventStream
from solacore.kit.threads import in_thread

KEPT = 20_000
BELIEVED_SECONDS = 60.0  # even with a line that seems up
T = TypeVar("T")


class _Kept(Generic[T]):
    """The newest KEPT things, by key, each until a moment of its own."""

    def __init__(self) -> None:
        self._items: OrderedDict[Any, tuple[float, T]] = OrderedDict()

    def get(self, key: Any) -> T | None:
        found = self._items.get(key)
        if found is None or found[0] < time.time():
            return None
        return found[1]

    def put(self, key: Any, item: T, until: float) -> None:
        self._items[key] = (until, item)
        if len(self._items) > KEPT:
            self._items.popitem(last=False)

    def drop(self, key: Any) -> None:
        self._items.pop(key, None)

    def clear(self) -> None:
        self._items.clear()


_verified: _Kept[tokens.Access] = _Kept()
_principals: _Kept[Principal] = _Kept()
_news = 0  # grows with each announcement: what was loaded before one is not kept after it


def _heard(payload: str) -> None:
    """Forget a sign-in ("s:<id>") or a user ("u:<id>")."""
    global _news
    _news += 1
    kind, _, raw = payload.partition(":")
    if kind == "s":
        _principals.drop(UUID(raw))
    else:
        _principals.clear()


listener = Listener("accounts", heard=_heard, deaf=_principals.clear)


def token_of(headers: Mapping[str, str], jar: Mapping[str, str]) -> str | None:
    """Return the access token of an exchange: the header counts before the cookie (2.2)."""
    header = headers.get("authorization")
    if header is not None:
        return header[7:] if header[:7].lower() == "bearer " else header
    return jar.get(cookies.ACCESS)


async def identify(token: str | None) -> Principal:
    """Return who holds ``token``. Raises InvalidToken, NoLoginSession, SessionRevoked."""
    access = _read(token)
    if listener.listening:
        known = _principals.get(access.session_id)
        if known is not None and known.user_id == access.user_id:
            metrics.CACHE_HITS.inc()
            return known
    metrics.CACHE_MISSES.inc()
    news = _news
    found = await in_thread(selectors.principal)(
        user_id=access.user_id, session_id=access.session_id
    )
    if listener.listening and news == _news:
        until = min(time.time() + BELIEVED_SECONDS, found.expires_at.timestamp())
        _principals.put(access.session_id, found, until)
    return found


def _read(token: str | None) -> tokens.Access:
    if not token:
        raise errors.InvalidToken
    access = _verified.get(token)
    if access is None:
        try:
            access = tokens.read_access(
                token, secret=settings.JWT_SECRET, algorithm=settings.JWT_ALGORITHM
            )
        except tokens.NoSession as error:
            raise errors.NoLoginSession from error
        except tokens.BadToken as error:
            raise errors.InvalidToken from error
        _verified.put(token, access, access.expires)
    return access


class ApiRequest(HttpRequest):
    """A request that has passed the porter."""

    auth: Principal
    scope: dict[str, Any]


class BearerAuth(AuthBase):
    """The ``Authorization`` header, if there is one."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_bearerFormat = "JWT"

    async def __call__(self, request: HttpRequest) -> Principal | None:
        header = request.headers.get("Authorization")
        return None if header is None else await identify(token_of({"authorization": header}, {}))


class CookieAuth(AuthBase):
    """The ``access_token`` cookie."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = cookies.ACCESS

    async def __call__(self, request: HttpRequest) -> Principal:
        return await identify(request.COOKIES.get(cookies.ACCESS))


SIGNED_IN = [BearerAuth(), CookieAuth()]


class AuthenticatedStream(EventStream):
    """A stream that knows who reads it, and ends when they are signed out."""

    async def authenticate(self) -> Principal:
        """Return who is asking. Raises what ``identify`` raises."""
        headers = self.scope.get("gate.headers") or headers_of(self.scope)
        self._token = token_of(headers, cookies_of(headers))
        return await identify(self._token)

    async def recheck(self) -> None:
        """End the view of somebody who was signed out meanwhile."""
        await identify(self._token)
