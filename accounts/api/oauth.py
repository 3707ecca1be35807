"""Sign in with Google or Apple."""

from typing import Annotated

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from accounts import limits
from accounts.api.answers import (
    AuthSuccess,
    DeviceIn,
    DeviceName,
    Fingerprint,
    claim_of,
    locale_of,
    success,
)
from accounts.auth import ApiRequest
from accounts.services import identities
from solacore.kit.http import Text, client_ip
from solacore.kit.ratelimit import meter

router = Router(tags=["accounts"])


class IdTokenIn(DeviceIn):
    """``nonce`` is checked against the token's own, and used up, when it is sent."""

    id_token: Annotated[Text, Field(min_length=1, max_length=8192)]
    nonce: Annotated[Text, Field(min_length=1, max_length=255)] | None = None


class CodeIn(Schema):
    code: Annotated[Text, Field(min_length=1, max_length=2048)]
    device_fingerprint: Fingerprint | None = None
    device_name: DeviceName = "Web Browser"


@router.post("/google", response=AuthSuccess)
async def google(request: ApiRequest, body: IdTokenIn) -> HttpResponse:
    """Sign in with Google's ID token."""
    await meter(request.scope, limits.OAUTH, client_ip(request.scope))
    signed_in = await identities.sign_in_with_google(
        id_token=body.id_token,
        nonce=body.nonce,
        claim=claim_of(request, body.device_fingerprint, body.device_name),
        locale=locale_of(request),
        now=timezone.now(),
    )
    return success(request, signed_in)


@router.post("/google/code", response=AuthSuccess)
async def google_code(request: ApiRequest, filters: Query[CodeIn]) -> HttpResponse:
    """Sign in with the code Google gave to the web page at /callback."""
    await meter(request.scope, limits.OAUTH, client_ip(request.scope))
    fingerprint = filters.device_fingerprint or f"web-{filters.code[:8]}"
    signed_in = await identities.sign_in_with_google_code(
        code=filters.code,
        claim=claim_of(request, fingerprint, filters.device_name),
        locale=locale_of(request),
        now=timezone.now(),
    )
    return success(request, signed_in)


@router.post("/apple", response=AuthSuccess)
async def apple(request: ApiRequest, body: IdTokenIn) -> HttpResponse:
    """Sign in with Apple's ID token."""
    await meter(request.scope, limits.OAUTH, client_ip(request.scope))
    signed_in = await identities.sign_in_with_apple(
        id_token=body.id_token,
        nonce=body.nonce,
        claim=claim_of(request, body.device_fingerprint, body.device_name),
        locale=locale_of(request),
        now=timezone.now(),
    )
    return success(request, signed_in)
