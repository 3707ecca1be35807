"""dj-stripe's copy of Stripe's objects, for staff to look at. Nothing is ever decided by it."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction


def copy(event: dict[str, Any]) -> None:
    """Let dj-stripe take over what an event is about; it fetches the objects from Stripe.

    Raises what Stripe's SDK raises.
    """
    if not settings.STRIPE_KEY:
        return
    import stripe  # noqa: PLC0415
    from djstripe.models import Customer, Event  # noqa: PLC0415

    stripe.api_base = settings.STRIPE_API_BASE
    thing = event["data"]["object"]
    if thing.get("object") == "customer" and not thing.get("deleted"):
        # Events alone only change customers that are in the copy already.
        Customer.sync_from_stripe_data(thing, api_key=settings.STRIPE_KEY)
    Event.process(event)


@transaction.atomic
def forget(customer_id: str) -> None:
    """Delete a customer from the copy, and everything that names them."""
    config = apps.get_app_config("djstripe")
    for model in config.get_models():
        names = {field.name for field in model._meta.get_fields()}
        if "stripe_data" in names and model.__name__ not in ("Customer", "Event"):
            model._default_manager.filter(stripe_data__customer=customer_id).delete()
    event = config.get_model("Event")._default_manager
    event.filter(stripe_data__data__object__customer=customer_id).delete()
    event.filter(stripe_data__data__object__id=customer_id).delete()
    config.get_model("Customer")._default_manager.filter(id=customer_id).delete()
