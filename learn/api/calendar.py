"""My reviews in any calendar program, by a secret address."""

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from ninja import Router, Schema

from accounts.auth import SIGNED_IN, ApiRequest
from learn import limits
from learn.selectors import calendar as selectors
from learn.services import calendar
from solacore.kit.http import client_ip, json_response
from solacore.kit.ratelimit import meter
from solacore.kit.threads import in_thread

router = Router(tags=["learn"], auth=SIGNED_IN)


class CalendarOut(Schema):
    """Shown this once: only its digest is kept."""

    url: str


@router.post("/calendar", response={201: CalendarOut})
async def open_feed(request: ApiRequest) -> HttpResponse:
    """Give me the address of my calendar; one given before stops working."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    token = await in_thread(calendar.open_feed)(user_id=who.user_id)
    return json_response({"url": f"{settings.PUBLIC_URL}/learn/calendar/{token}.ics"}, 201)


@router.delete("/calendar", response={204: None})
async def close_feed(request: ApiRequest) -> HttpResponse:
    """Make the address of my calendar stop working."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    await in_thread(calendar.close_feed)(user_id=who.user_id)
    return HttpResponse(status=204)


@router.get("/calendar/{token}.ics", response={200: None}, auth=None)
async def feed(request: ApiRequest, token: str) -> HttpResponse:
    """Show the calendar behind a secret address, to whoever has it."""
    await meter(request.scope, limits.API, f"calendar {client_ip(request.scope)}")
    text = await in_thread(selectors.feed)(token=token, now=timezone.now())
    return HttpResponse(text.encode(), content_type="text/calendar; charset=utf-8")
