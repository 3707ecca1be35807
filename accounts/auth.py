"""Who is asking, for JSON and streams alike.

A token is verified in this process and remembered until it expires. Who stands behind it is
remembered too (kit/cache.py), but forgotten in the moment a sign-in ends or a user changes, so
a revocation counts at once, whether Redis is up, down or late.
"""

import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security.base import AuthBase

from accounts import errors, selectors
from accounts.rules import cookies, tokens
from accounts.selectors import Principal
from solacore.kit.answerview import AnswerView, begin_and_produce
from solacore.kit.cache import Kept
from solacore.kit.errors import RateLimited
from solacore.kit.http import cookies_of, headers_of
from solacore.kit.models import Answer
from solacore.kit.ratelimit import Limit, meter
from solacore.kit.replies import Begun
from solacore.kit.sse import Event, EventStream
from solacore.kit.talk import crisis
from solacore.kit.threads import in_thread, unbroken

BELIEVED_SECONDS = 600.0  # even with a line that seems up (contract 2.12)

_verified: Kept[str, tokens.Access] = Kept()
_principal = in_thread(selectors.principal)


def token_of(headers: Mapping[str, str], jar: Mapping[str, str]) -> str | None:
    """Return the access token of an exchange: the header counts before the cookie (2.2)."""
    header = headers.get("authorization")
    if header is not None:
        return header[7:] if header[:7].lower() == "bearer " else header
    return jar.get(cookies.ACCESS)


async def identify(token: str | None) -> Principal:
    """Return who holds ``token``. Raises InvalidToken, NoLoginSession, SessionRevoked."""
    access = _read(token)
    load = partial(_principal, user_id=access.user_id, session_id=access.session_id)
    found = await selectors.people.read_through(
        access.user_id, access.session_id, BELIEVED_SECONDS, load
    )
    if found.expires_at.timestamp() <= time.time():
        raise errors.SessionRevoked
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
        self.principal = await identify(self._token)
        return self.principal

    async def recheck(self) -> None:
        """End the view of somebody who was signed out meanwhile."""
        await identify(self._token)


class AnswerStream(AnswerView, AuthenticatedStream):
    """The two views of a durable answer every app has: of a new one, and of one again."""

    async def reply(
        self, begin: Callable[..., Begun], *, limit: Limit, spare: Limit, text: str = ""
    ) -> AsyncGenerator[Event, None]:
        """Take in what somebody says and show its answer as it is written.

        ``begin(user_id=…, session_id=…, country=…)`` keeps it; it may block. Whoever says that
        they are at risk is let past ``limit``, as far as ``spare`` goes.
        """
        who = str(self.principal.user_id)
        try:
            await meter(self.scope, limit, who)
        except RateLimited:
            if not crisis.is_at_risk(text):
                raise
            await meter(self.scope, spare, who)
        work = partial(
            begin,
            user_id=self.principal.user_id,
            session_id=self.path_uuid("session_id"),
            country=self.country(),
        )
        # A client that leaves between the two must not leave an answer without a producer.
        begun = await unbroken(begin_and_produce(work))
        async with aclosing(self.show(begun.answer)) as events:
            async for event in events:
                yield event

    async def again(self, find: Callable[..., Answer], limit: Limit) -> AsyncGenerator[Event, None]:
        """Show an answer of the caller's from where they lost it.

        ``find(session_id=…, message_id=…, user_id=…)`` returns it or refuses; it may block.
        """
        principal = await self.authenticate()
        session_id, message_id = self.path_uuid("session_id"), self.path_uuid("message_id")
        after = self.last_event_id()
        await meter(self.scope, limit, str(principal.user_id))
        answer = await in_thread(find)(
            session_id=session_id, message_id=message_id, user_id=principal.user_id
        )
        async with aclosing(self.show(answer, after)) as events:
            async for event in events:
                yield event
