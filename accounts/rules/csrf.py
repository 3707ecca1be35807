"""Cross-site request forgery: an exchange in, a no out (contract 0.6, M1).

A browser cannot be made to lie about ``Origin``. So the double-submit token is checked when
one is sent, and an exact Origin of ours stands in for it when none is (the web client sends
none). A foreign Origin is refused whatever else it brings, also at the doors that need no
token: signing somebody in by force is an attack as well.
"""

import hmac
import re
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from accounts import errors

UNSAFE = frozenset(["POST", "PUT", "PATCH", "DELETE"])
EXEMPT = frozenset(
    [
        "/auth/register",
        "/auth/login",
        "/auth/beta-login",
        "/auth/refresh",
        "/auth/forgot-password",
        "/auth/reset-password",
        "/auth/verify-email",
        "/auth/oauth/google",
        "/auth/oauth/google/code",
        "/auth/oauth/apple",
    ]
)
_STREAM = re.compile(r"/(sessions|learn)/[0-9a-f-]{36}/messages")


def check(
    *,
    method: str,
    path: str,
    headers: Mapping[str, str],
    cookies: Mapping[str, str],
    trusted_origins: Collection[str],
) -> None:
    """Let an exchange pass or refuse it. Raises CsrfTokenMissing, CsrfTokenInvalid."""
    if method not in UNSAFE or path.startswith("/webhooks"):
        return
    if headers.get("authorization", "")[:7].lower() == "bearer ":
        return
    token = headers.get("x-csrf-token")
    origin = _origin(headers)
    if origin is not None and origin not in trusted_origins and not _own(origin, headers):
        raise errors.CsrfTokenMissing if token is None else errors.CsrfTokenInvalid
    if path in EXEMPT or _STREAM.fullmatch(path):
        return
    if token is None:
        if origin is None:
            raise errors.CsrfTokenMissing
        return
    readable, http_only = cookies.get("csrf_token"), cookies.get("csrf_token_http")
    if not token or not readable or not http_only:
        raise errors.CsrfTokenMissing
    if not (_same(token, readable) and _same(token, http_only)):
        raise errors.CsrfTokenInvalid


def _origin(headers: Mapping[str, str]) -> str | None:
    """Return where the request comes from, None when the caller does not say."""
    if "origin" in headers:
        return headers["origin"]
    if referer := headers.get("referer"):
        parts = urlsplit(referer)
        return f"{parts.scheme}://{parts.netloc}"
    return None


def _own(origin: str, headers: Mapping[str, str]) -> bool:
    """Whether the page was served by the very host it calls (the gate has vetted Host)."""
    return origin.partition("://")[2] == headers.get("host", "-")


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
