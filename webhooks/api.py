"""Where Stripe and RevenueCat deliver."""

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from ninja import Router, Schema

from accounts.auth import ApiRequest
from billing.errors import PaymentsDisabled
from solacore.kit.errors import DomainError
from solacore.kit.http import read_json
from solacore.kit.threads import in_thread
from webhooks import errors
from webhooks.rules import revenuecat, stripe
from webhooks.services import inbox

router = Router(tags=["webhooks"])


class ReceivedOut(Schema):
    received: bool


@router.post("/stripe", response=ReceivedOut)
async def from_stripe(request: ApiRequest) -> dict[str, bool] | HttpResponse:
    """Hear Stripe. The body is signed as it is, so it is verified before it is read."""
    _open()
    now = timezone.now()
    stripe.verify(
        request.body,
        request.headers.get("Stripe-Signature"),
        secrets=settings.STRIPE_WEBHOOK_SECRETS,
        now=now,
    )
    event = _read(request.body)
    if not isinstance(event, dict):
        raise errors.InvalidPayload
    await in_thread(inbox.accept_stripe)(event=event, body=request.body, now=now)
    return {"received": True}


@router.post("/revenuecat", response=ReceivedOut)
async def from_revenuecat(request: ApiRequest) -> dict[str, bool] | HttpResponse:
    """Hear RevenueCat."""
    _open()
    revenuecat.verify(request.headers.get("Authorization"), secret=settings.REVENUECAT_SECRET)
    event = revenuecat.event_of(_read(request.body))
    await in_thread(inbox.accept_revenuecat)(event=event, body=request.body, now=timezone.now())
    return {"received": True}


def _open() -> None:
    if not settings.PAYMENTS_ENABLED:
        raise PaymentsDisabled


def _read(body: bytes) -> object:
    try:
        return read_json(body)
    except DomainError as error:
        raise errors.InvalidPayload from error
