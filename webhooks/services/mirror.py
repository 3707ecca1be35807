"""dj-stripe's copy of Stripe's objects, for staff to look at. Nothing is ever decided by it."""

from django.conf import settings
from django_tasks import task

from webhooks.models import InboundEvent


@task()
def mirror(pk: str) -> None:
    """Let dj-stripe take over what an event is about; it fetches the objects from Stripe.

    Raises what Stripe's SDK raises; the queue tries again.
    """
    row = InboundEvent.objects.filter(pk=pk).exclude(payload=None).first()
    if row is None or not settings.STRIPE_KEY:
        return
    import stripe  # noqa: PLC0415
    from djstripe.models import Event  # noqa: PLC0415

    stripe.api_base = settings.STRIPE_API_BASE
    Event.process(row.payload)
