"""Where am I signed in, and how do I leave there?"""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Header, Router, Schema

from accounts import limits, selectors
from accounts.api.answers import Fingerprint
from accounts.auth import SIGNED_IN, ApiRequest
from accounts.services import devices, sessions
from solacore.kit.http import json_response
from solacore.kit.ratelimit import meter
from solacore.kit.threads import in_thread

router = Router(tags=["accounts"], auth=SIGNED_IN)


class DeviceOut(Schema):
    """``is_active`` and ``is_current`` are true for the caller's own device only (M6).

    ``name`` and ``last_seen`` are what the web client calls device_name and last_active_at.
    """

    id: UUID
    device_name: str | None
    name: str | None
    platform: str | None
    last_active_at: datetime | None
    last_seen: datetime | None
    user_agent: str | None
    ip: str | None
    created_at: datetime
    is_active: bool
    is_current: bool


class LoginSessionOut(Schema):
    id: UUID
    device_id: UUID | None
    created_at: datetime
    expires_at: datetime
    is_current: bool


@router.get("/devices", response=list[DeviceOut])
async def list_devices(request: ApiRequest) -> HttpResponse:
    """List my devices, oldest first."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    return json_response(await selectors.devices_of(who.user_id, session_id=who.session_id))


@router.delete("/devices/{device_id}", response={204: None})
async def remove_device(
    request: ApiRequest, device_id: UUID, x_device_fingerprint: Header[Fingerprint]
) -> HttpResponse:
    """Take another device off my account and sign it out; one a day."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    await in_thread(devices.remove)(
        user_id=who.user_id,
        device_id=device_id,
        fingerprint=x_device_fingerprint,
        session_id=who.session_id,
        now=timezone.now(),
    )
    return HttpResponse(status=204)


@router.get("/sessions", response=list[LoginSessionOut])
async def list_sessions(request: ApiRequest) -> HttpResponse:
    """List my living sign-ins, oldest first."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    found = await selectors.login_sessions_of(who.user_id, now=timezone.now())
    return json_response([{**item, "is_current": item["id"] == who.session_id} for item in found])


@router.delete("/sessions", response={204: None})
async def end_other_sessions(request: ApiRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    await in_thread(sessions.end_all)(user_id=who.user_id, but=who.session_id)
    return HttpResponse(status=204)


@router.delete("/sessions/{session_id}", response={204: None})
async def end_session(request: ApiRequest, session_id: UUID) -> HttpResponse:
    """End one of my sign-ins; it may be this one."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    await in_thread(sessions.end_mine)(user_id=who.user_id, session_id=session_id)
    return HttpResponse(status=204)
