"""Register, sign in, stay signed in, sign out."""

import secrets
from typing import Annotated
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import AfterValidator, EmailStr, Field

from accounts import errors, limits
from accounts.auth import SIGNED_IN, ApiRequest, identify, token_of
from accounts.rules import cookies
from accounts.rules.passwords import check_password
from accounts.services import registration, sessions
from accounts.services.sessions import SignedIn
from solacore.kit.errors import Unauthorized
from solacore.kit.http import Text, client_ip, cookies_of, headers_of, json_response
from solacore.kit.ratelimit import meter
from solacore.kit.threads import in_thread

router = Router(tags=["accounts"])

AUTHENTICATED = "Authenticated"
Email = Annotated[EmailStr, Field(max_length=255)]


class LoginIn(Schema):
    email: Email
    password: Annotated[Text, Field(max_length=4096)]
    device_fingerprint: Annotated[Text, Field(min_length=1, max_length=255)]
    device_name: Annotated[Text, Field(max_length=255)] | None = None


class RegisterIn(LoginIn):
    password: Annotated[Text, AfterValidator(check_password)]


class RefreshIn(Schema):
    refresh_token: Text


class UserOut(Schema):
    id: UUID
    email: str
    auth_provider: str
    locale: str


class AuthSuccess(Schema):
    """Browsers (a request with one of our Origins) get the tokens in cookies only."""

    user: UserOut
    message: str
    access_token: str | None
    refresh_token: str | None
    user_id: UUID


class CsrfOut(Schema):
    csrf_token: str


@router.get("/csrf", response=CsrfOut)
async def csrf(request: ApiRequest) -> HttpResponse:
    """Issue a fresh double-submit pair."""
    await meter(request.scope, limits.GLOBAL, client_ip(request.scope))
    token = secrets.token_urlsafe(32)
    response = json_response({"csrf_token": token})
    _plant_csrf(response, token)
    return response


@router.post("/register", response={201: AuthSuccess})
async def register(request: ApiRequest, body: RegisterIn) -> HttpResponse:
    """Make an account and sign it in on this device."""
    await meter(request.scope, limits.AUTH, client_ip(request.scope))
    signed_in = await in_thread(registration.register, purpose="hashing")(
        email=body.email,
        password=body.password,
        fingerprint=body.device_fingerprint,
        device_name=body.device_name,
        now=timezone.now(),
    )
    return _success(request, signed_in, status=201)


@router.post("/login", response=AuthSuccess)
async def login(request: ApiRequest, body: LoginIn) -> HttpResponse:
    """Sign in by password on this device."""
    await meter(request.scope, limits.AUTH, client_ip(request.scope))
    signed_in = await in_thread(sessions.sign_in, purpose="hashing")(
        email=body.email,
        password=body.password,
        fingerprint=body.device_fingerprint,
        device_name=body.device_name,
        now=timezone.now(),
    )
    return _success(request, signed_in)


@router.post("/refresh", response=AuthSuccess)
async def refresh(request: ApiRequest, body: RefreshIn | None = None) -> HttpResponse:
    """Exchange a refresh token (cookie first, then body) for its successor."""
    await meter(request.scope, limits.API, client_ip(request.scope))
    given = [request.COOKIES.get(cookies.REFRESH), body.refresh_token if body else None]
    found = [token for token in given if token]
    if not found:
        raise errors.MissingRefreshToken
    signed_in = await in_thread(sessions.refresh)(given=found, now=timezone.now())
    return _success(request, signed_in)


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
        await in_thread(sessions.end)(session_id=principal.session_id)
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


def _success(request: ApiRequest, signed_in: SignedIn, status: int = 200) -> HttpResponse:
    user = signed_in.user
    browser = request.headers.get("Origin") in settings.TRUSTED_ORIGINS
    body = {
        "user": {
            "id": user.pk,
            "email": user.email,
            "auth_provider": user.auth_provider,
            "locale": user.locale,
        },
        "message": AUTHENTICATED,
        "access_token": None if browser else signed_in.access,
        "refresh_token": None if browser else signed_in.refresh,
        "user_id": user.pk,
    }
    response = json_response(body, status)
    cookies.set_tokens(
        response,
        access=signed_in.access,
        refresh=signed_in.refresh,
        domain=settings.COOKIE_DOMAIN,
        secure=settings.COOKIE_SECURE,
    )
    _plant_csrf(response, secrets.token_urlsafe(32))
    return response


def _plant_csrf(response: HttpResponse, token: str) -> None:
    cookies.set_csrf(response, token, domain=settings.COOKIE_DOMAIN, secure=settings.COOKIE_SECURE)
