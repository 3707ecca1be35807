"""The two tokens of a sign-in.

The access token is a JWT (contract 2.1) plus ``iat`` and ``jti``. The refresh token is opaque:
login session, generation, and a MAC over both. Nothing of it is stored, so a stolen database
holds no token, and the successor of a token can be said twice (two tabs, a lost answer).
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import jwt

_REFRESH = struct.Struct(">16sI32s")
_MAX_TOKEN = 4096


class BadToken(Exception):
    """The token is not one of ours, is of another kind, or has expired."""


class NoSession(BadToken):
    """The token is ours but names no login session."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a valid access token says; ``expires`` in epoch seconds."""

    user_id: UUID
    session_id: UUID
    expires: int


@dataclass(frozen=True, slots=True)
class Refresh:
    """What a valid refresh token says."""

    session_id: UUID
    generation: int


def make_access(
    *,
    user_id: UUID,
    email: str,
    session_id: UUID,
    now: datetime,
    minutes: int,
    secret: str,
    algorithm: str,
) -> str:
    """Return a signed access token, valid for ``minutes``."""
    claims = {
        "sub": str(user_id),
        "email": email,
        "sid": str(session_id),
        "type": "access",
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=minutes)).timestamp()),
        "jti": secrets.token_urlsafe(12),
    }
    return jwt.encode(claims, secret, algorithm=algorithm)


def read_access(token: str, *, secret: str, algorithm: str) -> Access:
    """Return what an access token says. Raises BadToken, NoSession."""
    if len(token) > _MAX_TOKEN:
        raise BadToken
    try:
        claims = jwt.decode(
            token, secret, algorithms=[algorithm], options={"require": ["exp", "sub", "type"]}
        )
        if claims["type"] != "access" or not isinstance(claims["exp"], int):
            raise BadToken
        user_id = UUID(claims["sub"])
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise BadToken from error
    try:
        return Access(user_id, UUID(claims["sid"]), claims["exp"])
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise NoSession from error


def make_refresh(*, session_id: UUID, generation: int, secret: str) -> str:
    """Return the refresh token of a session's generation; the same one each time."""
    mac = _mac(session_id, generation, secret)
    packed = _REFRESH.pack(session_id.bytes, generation, mac)
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def read_refresh(token: str, *, secret: str) -> Refresh:
    """Return what a refresh token says. Raises BadToken."""
    try:
        packed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        raw_session, generation, mac = _REFRESH.unpack(packed)
    except (binascii.Error, struct.error, ValueError) as error:
        raise BadToken from error
    session_id = UUID(bytes=raw_session)
    if not hmac.compare_digest(mac, _mac(session_id, generation, secret)):
        raise BadToken
    return Refresh(session_id, generation)


def _mac(session_id: UUID, generation: int, secret: str) -> bytes:
    key = hashlib.sha256(b"refresh:" + secret.encode()).digest()
    return hmac.digest(key, session_id.bytes + generation.to_bytes(4, "big"), "sha256")
