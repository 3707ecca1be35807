"""The four cookies of a sign-in (contract 0.7): names, ages, flags."""

from typing import Any

from django.http import HttpResponse

ACCESS, REFRESH, CSRF, CSRF_HTTP = "access_token", "refresh_token", "csrf_token", "csrf_token_http"
ACCESS_SECONDS = 3600
REFRESH_SECONDS = 30 * 86400


def set_csrf(response: HttpResponse, token: str, *, domain: str | None, secure: bool) -> None:
    """Plant both halves of the double-submit pair."""
    flags = _flags(domain, secure)
    response.set_cookie(CSRF, token, max_age=REFRESH_SECONDS, **flags)
    response.set_cookie(CSRF_HTTP, token, max_age=REFRESH_SECONDS, httponly=True, **flags)


def set_tokens(
    response: HttpResponse, *, access: str, refresh: str, domain: str | None, secure: bool
) -> None:
    """Plant both tokens, out of reach of scripts."""
    flags = {"httponly": True, **_flags(domain, secure)}
    response.set_cookie(ACCESS, access, max_age=ACCESS_SECONDS, **flags)
    response.set_cookie(REFRESH, refresh, max_age=REFRESH_SECONDS, **flags)


def clear(response: HttpResponse, *, domain: str | None) -> None:
    """Take back all four."""
    for name in (ACCESS, REFRESH, CSRF, CSRF_HTTP):
        response.delete_cookie(name, path="/", domain=domain, samesite="Lax")


def _flags(domain: str | None, secure: bool) -> dict[str, Any]:
    return {"path": "/", "domain": domain, "secure": secure, "samesite": "Lax"}
