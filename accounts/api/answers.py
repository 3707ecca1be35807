"""What the ways to sign in share: the fields of a device and an account, and the one answer."""

import secrets
from typing import Annotated
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from ninja import Schema
from pydantic import AfterValidator, EmailStr, Field

from accounts.auth import ApiRequest
from accounts.rules import cookies
from accounts.rules.passwords import check_password
from accounts.services.devices import DeviceClaim
from accounts.services.sessions import SignedIn
from solacore.kit.http import Text, client_ip, json_response, preferred_language
from solacore.kit.mail import LANGUAGES

AUTHENTICATED = "Authenticated"
Email = Annotated[EmailStr, Field(max_length=255)]
NewPassword = Annotated[Text, AfterValidator(check_password)]
Fingerprint = Annotated[Text, Field(min_length=1, max_length=255)]
DeviceName = Annotated[Text, Field(max_length=255)]


class DeviceIn(Schema):
    device_fingerprint: Fingerprint
    device_name: DeviceName | None = None


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


class MessageOut(Schema):
    message: str


def claim_of(request: ApiRequest, fingerprint: str, name: str | None) -> DeviceClaim:
    """Return what the caller says of its device, and what we see of it."""
    agent = request.headers.get("User-Agent", "")
    return DeviceClaim(fingerprint, name, agent, client_ip(request.scope))


def locale_of(request: ApiRequest) -> str:
    """Return the language the caller's browser prefers among ours, for letters; else English."""
    return preferred_language(request.headers.get("Accept-Language", ""), LANGUAGES, "en")


def success(request: ApiRequest, signed_in: SignedIn, status: int = 200) -> HttpResponse:
    """Answer a sign-in: the body clients know, and four fresh cookies."""
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
    plant_csrf(response, secrets.token_urlsafe(32))
    return response


def plant_csrf(response: HttpResponse, token: str) -> None:
    """Plant a double-submit pair."""
    cookies.set_csrf(response, token, domain=settings.COOKIE_DOMAIN, secure=settings.COOKIE_SECURE)
