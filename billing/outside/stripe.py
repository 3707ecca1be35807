"""The only module that calls Stripe."""

from functools import cache

import stripe
from django.conf import settings

TIMEOUT = 20


@cache
def _client() -> stripe.StripeClient:
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
    try:
        _client().v1.customers.delete(customer_id)
    except stripe.InvalidRequestError as error:
        if error.code != "resource_missing":
            raise
