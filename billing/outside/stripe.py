"""The only module that calls Stripe. Its SDK takes a second to import: on first use, then."""

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    import stripe

TIMEOUT = 20


@cache
def _client() -> "stripe.StripeClient":
    import stripe  # noqa: PLC0415

    return stripe.StripeClient(
        settings.STRIPE_KEY,
        base_addresses={"api": settings.STRIPE_API_BASE},
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
        max_network_retries=0,  # the queue tries again, with patience
    )


def delete_customer(customer_id: str) -> None:
    """Delete a customer at Stripe, which cancels their subscriptions at once.

    One already gone is gone. Raises stripe.StripeError.
    https://docs.stripe.com/api/customers/delete
    """
    import stripe  # noqa: PLC0415

    try:
        _client().v1.customers.delete(customer_id)
    except stripe.InvalidRequestError as error:
        if error.code != "resource_missing":
            raise
