"""Register, sign in, stay signed in, sign out."""

import secrets
from typing import Annotated

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from accounts import errors, limits
from accounts.api.answers import (
    AuthSuccess,
    DeviceIn,
    DeviceName,
    Email,
    Fingerprint,
    NewPassword,
    UserOut,
    claim_of,
    locale_of,
    plant_csrf,
    success,
)
from accounts.auth import SIGNED_IN, ApiRequest, identify, token_of
from accounts.rules import cookies
from accounts.services import registration, sessions, testers
from solacore.kit.errors import Unauthorized
from solacore.kit.http import Text, client_ip, cookies_of, headers_of, json_response
from solacore.kit.ratelimit import meter
from solacore.kit.threads import in_thread

router = Router(tags=["accounts"])


class LoginIn(DeviceIn):
    email: Email
    password: Annotated[Text, Field(max_length=4096)]


class RegisterIn(LoginIn):
    password: NewPassword


class BetaIn(Schema):
    device_fingerprint: Fingerprint | None = None
    device_name: DeviceName | None = None


class RefreshIn(Schema):
    refresh_token: Text


class CsrfOut(Schema):
    csrf_token: str


@router.get("/csrf", response=CsrfOut)
async def csrf(request: ApiRequest) -> HttpResponse:
    """Issue a fresh double-submit pair."""
    await meter(request.scope, limits.GLOBAL, client_ip(request.scope))
    token = secrets.token_urlsafe(32)
    response = json_response({"csrf_token": token})
    plant_csrf(response, token)
    return response


@router.post("/register", response={201: AuthSuccess})
async def register(request: ApiRequest, body: RegisterIn) -> HttpResponse:
    """Make an account and sign it in on this device."""
    await meter(request.scope, limits.AUTH, client_ip(request.scope))
    signed_in = await in_thread(registration.register, purpose="hashing")(
        email=body.email,
        password=body.password,
        locale=locale_of(request),
        claim=claim_of(request, body.device_fingerprint, body.device_name),
        now=timezone.now(),
    )
    return success(request, signed_in, status=201)


@router.post("/login", response=AuthSuccess)
async def login(request: ApiRequest, body: LoginIn) -> HttpResponse:
    """Sign in by password on this device."""
    await meter(request.scope, limits.AUTH, client_ip(request.scope))
    signed_in = await in_thread(sessions.sign_in, purpose="hashing")(
        email=body.email,
        password=body.password,
        claim=claim_of(request, body.device_fingerprint, body.device_name),
        now=timezone.now(),
    )
    return success(request, signed_in)


@router.post("/beta-login", response=AuthSuccess)
async def beta_login(request: ApiRequest, body: BetaIn | None = None) -> HttpResponse:
    """Sign in without a password while BETA_MODE is on; each device is a tester of its own."""
    await meter(request.scope, limits.AUTH, client_ip(request.scope))
    claim = None
    if body is not None and body.device_fingerprint is not None:
        claim = claim_of(request, body.device_fingerprint, body.device_name)
    signed_in = await in_thread(testers.sign_in)(
        claim=claim, locale=locale_of(request), now=timezone.now()
    )
    return success(request, signed_in)


@router.post("/refresh", response=AuthSuccess)
async def refresh(request: ApiRequest, body: RefreshIn | None = None) -> HttpResponse:
    """Exchange a refresh token (cookie first, then body) for its successor."""
    await meter(request.scope, limits.API, client_ip(request.scope))
    given = [request.COOKIES.get(cookies.REFRESH), body.refresh_token if body else None]
    found = [token for token in given if token]
    if not found:
        raise errors.MissingRefreshToken
    signed_in = await in_thread(sessions.refresh)(
        given=found,
        now=timezone.now(),
        user_agent=request.headers.get("User-Agent", ""),
        ip=client_ip(request.scope),
    )
    return success(request, signed_in)


@router.post("/logout", response={204: None})
async def logout(request: ApiRequest) -> HttpResponse:
    """End this sign-in.

    A browser (Origin, no Authorization) always gets 204: the web client waits for this answer
    inside its own failed refresh, and a 401 would hang it for ever (contract M2).
    """
    headers = headers_of(request.scope)
    browser = "origin" in headers and "authorization" not in headers
    try:
        principal = await identify(token_of(headers, cookies_of(headers)))
        await meter(request.scope, limits.API, str(principal.user_id))
        ended = await in_thread(sessions.sign_out)(
            session_id=principal.session_id, browser=browser, now=timezone.now()
        )
        if not ended:
            return HttpResponse(status=204)
    except Unauthorized:
        if not browser:
            raise
    response = HttpResponse(status=204)
    cookies.clear(response, domain=settings.COOKIE_DOMAIN)
    return response


@router.get("/me", auth=SIGNED_IN, response=UserOut)
async def me(request: ApiRequest) -> HttpResponse:
    """Say who is signed in."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    return json_response(
        {
            "id": who.user_id,
            "email": who.email,
            "auth_provider": who.auth_provider,
            "locale": who.locale,
        }
    )


class FeaturesOut(Schema):
    payments_enabled: bool
    beta_mode: bool
    app_version: str


@router.get("/config/features", response=FeaturesOut)
async def features(request: ApiRequest) -> HttpResponse:
    """Tell clients, before anyone signs in, what is switched on."""
    await meter(request.scope, limits.GLOBAL, client_ip(request.scope))
    return json_response(
        {
            "payments_enabled": settings.PAYMENTS_ENABLED,
            "beta_mode": settings.BETA_MODE,
            "app_version": settings.APP_VERSION,
        }
    )
