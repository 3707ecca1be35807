"""OpenID Connect ID tokens: whose word they are, and whether it was given to us.

One verifier for every provider (OpenID Connect Core 3.1.3.7): signature by a key the provider
publishes, issuer, audience among our own client ids, expiry, the nonce when the client sent
one, and an address the provider itself has confirmed.
"""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import aiohttp
import jwt
import orjson
from django.conf import settings
from email_validator import EmailNotValidError, validate_email

from accounts import errors
from solacore.kit import outbound
from solacore.kit.errors import Unavailable

logger = logging.getLogger(__name__)

ALGORITHMS = ["RS256", "ES256"]
LEEWAY_SECONDS = 30
MAX_TOKEN = 8192
FRESH_SECONDS = 24 * 3600
REFETCH_SECONDS = 60  # an unknown key may be a new one, but is asked for once a minute at most
TIMEOUT = aiohttp.ClientTimeout(total=5)


@dataclass(frozen=True, slots=True)
class Proven:
    """Who somebody is, by a provider's word; ``email`` is confirmed by it, or None."""

    provider: str
    subject: str
    email: str | None
    nonce: str | None
    expires_at: datetime


class KeySet:
    """The keys a provider signs with. The last good ones are kept while it cannot be reached."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched = self._tried = float("-inf")
        self._fetching: asyncio.Task[None] | None = None

    async def get(self, kid: str) -> jwt.PyJWK | None:
        """Return the key called ``kid``. Raises Unavailable when no key was ever had."""
        stale = time.monotonic() - self._fetched > FRESH_SECONDS
        if stale or kid not in self._keys:
            await self._refetch()
        if not self._keys:
            raise Unavailable(retry_after=REFETCH_SECONDS)
        return self._keys.get(kid)

    async def _refetch(self) -> None:
        """Fetch the keys, once for all who wait for them."""
        if self._fetching is None or self._fetching.done():
            if time.monotonic() - self._tried < REFETCH_SECONDS:
                return
            self._tried = time.monotonic()
            self._fetching = asyncio.create_task(self._fetch())
        await asyncio.shield(self._fetching)

    async def _fetch(self) -> None:
        try:
            async with outbound.session().get(
                self.url, timeout=TIMEOUT, allow_redirects=False
            ) as response:
                response.raise_for_status()
                found = _readable(orjson.loads(await response.read()))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, TypeError) as error:
            logger.warning("Signing keys not fetched", extra={"fault": type(error).__name__})
            return
        if found:
            self._keys, self._fetched = found, time.monotonic()


def _readable(document: Mapping[str, Any]) -> dict[str, jwt.PyJWK]:
    """Return the public signing keys of a JWK Set; what is none (or is secret) is left out."""
    found = {}
    for item in document["keys"]:
        if item.get("kty") not in ("RSA", "EC") or item.get("use", "sig") != "sig":
            continue
        try:
            found[str(item["kid"])] = jwt.PyJWK(item)
        except (jwt.PyJWTError, KeyError, ValueError):
            continue
    return found


class Verifier:
    """Reads one provider's ID tokens."""

    def __init__(
        self, provider: str, *, issuers: Sequence[str], audiences: Sequence[str], keys: KeySet
    ) -> None:
        self.provider, self.issuers, self.audiences = provider, issuers, audiences
        self.keys = keys

    async def verify(self, token: str, *, nonce: str | None) -> Proven:
        """Return whom ``token`` proves.

        Raises InvalidIdToken, InvalidTokenIssuer, EmailNotVerified, Unavailable.
        """
        if len(token) > MAX_TOKEN or not self.audiences:
            raise errors.InvalidIdToken
        try:
            kid = str(jwt.get_unverified_header(token).get("kid", ""))
            key = await self.keys.get(kid)
            if key is None:
                raise errors.InvalidIdToken
            claims = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=self.audiences,
                issuer=self.issuers,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.InvalidIssuerError as error:
            raise errors.InvalidTokenIssuer from error
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError, OverflowError) as error:
            raise errors.InvalidIdToken from error
        return self._proven(claims, nonce)

    def _proven(self, claims: Mapping[str, Any], nonce: str | None) -> Proven:
        subject, party = claims["sub"], claims.get("azp")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255 or "\x00" in subject:
            raise errors.InvalidIdToken
        if party is not None and party not in self.audiences:
            raise errors.InvalidIdToken
        if nonce is not None and claims.get("nonce") != nonce:
            raise errors.InvalidIdToken
        return Proven(
            self.provider,
            subject,
            _confirmed_email(claims),
            nonce,
            datetime.fromtimestamp(int(claims["exp"]) + LEEWAY_SECONDS, UTC),
        )


def _confirmed_email(claims: Mapping[str, Any]) -> str | None:
    """Return the address. Raises EmailNotVerified unless the provider says it is confirmed.

    Apple says so with a string at times, and leaves both claims out after the first sign-in.
    """
    email = claims.get("email")
    if not email:
        return None
    if claims.get("email_verified") not in (True, "true"):
        raise errors.EmailNotVerified
    try:
        return str(validate_email(str(email), check_deliverability=False).normalized)
    except EmailNotValidError as error:
        raise errors.InvalidIdToken from error


@cache
def google() -> Verifier:
    """Return the reader of Google's ID tokens.

    Issuers: https://developers.google.com/identity/openid-connect/openid-connect#validatinganidtoken
    """
    return Verifier(
        "google",
        issuers=["https://accounts.google.com", "accounts.google.com"],
        audiences=settings.GOOGLE_CLIENT_IDS,
        keys=KeySet(settings.GOOGLE_JWKS_URL),
    )


@cache
def apple() -> Verifier:
    """Return the reader of Apple's ID tokens.

    Issuer: https://developer.apple.com/documentation/signinwithapple/verifying-a-user
    """
    return Verifier(
        "apple",
        issuers=["https://appleid.apple.com"],
        audiences=settings.APPLE_CLIENT_IDS,
        keys=KeySet(settings.APPLE_JWKS_URL),
    )
