"""The only module that calls Stripe. Its SDK takes a second to import: on first use, then.

Every write names an idempotency key, so a call made twice is made once
(https://docs.stripe.com/api/idempotent_requests).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings

from billing import errors

if TYPE_CHECKING:
    import stripe

TIMEOUT = 20


@dataclass(frozen=True, slots=True)
class Page:
    """A page of Stripe's to send somebody to."""

    id: str
    url: str


@cache
def _client() -> "stripe.StripeClient":
    import stripe  # noqa: PLC0415

    return stripe.StripeClient(
        settings.STRIPE_KEY,
        base_addresses={"api": settings.STRIPE_API_BASE},
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
        max_network_retries=0,  # the queue tries again, with patience
        stripe_version=settings.STRIPE_API_VERSION,
    )


@contextmanager
def _asking() -> "Iterator[stripe.StripeClient]":
    """Give the client; turn every failure of Stripe's into PaymentsUnavailable."""
    import stripe  # noqa: PLC0415

    if not settings.STRIPE_KEY:
        raise errors.PaymentsUnavailable
    try:
        yield _client()
    except stripe.StripeError as error:
        raise errors.PaymentsUnavailable from error


def create_customer(*, user_id: UUID, email: str) -> str:
    """Return the id of a customer made for ``user_id``. Raises PaymentsUnavailable."""
    with _asking() as client:
        customer = client.v1.customers.create(
            {"email": email, "metadata": {"user_id": str(user_id)}},
            {"idempotency_key": f"customer:{user_id}"},
        )
        return str(customer.id)


def create_checkout(*, customer_id: str, user_id: UUID, price_id: str, key: str) -> Page:
    """Return a page on which a new subscription is bought. Raises PaymentsUnavailable."""
    about = {"user_id": str(user_id), "price_id": price_id}
    with _asking() as client:
        session = client.v1.checkout.sessions.create(
            {
                "mode": "subscription",
                "customer": customer_id,
                "line_items": [{"price": price_id, "quantity": 1}],
                "success_url": settings.STRIPE_SUCCESS_URL,
                "cancel_url": settings.STRIPE_CANCEL_URL,
                "client_reference_id": str(user_id),
                "metadata": about,
                "subscription_data": {"metadata": about},
            },
            {"idempotency_key": key},
        )
        return Page(str(session.id), str(session.url))


def create_upgrade(*, customer_id: str, subscription_id: str, price_id: str, key: str) -> Page:
    """Return a page on which a running subscription is changed: no second one is made.

    Raises PaymentsUnavailable. https://docs.stripe.com/customer-management/portal-deep-links
    """
    with _asking() as client:
        subscription = client.v1.subscriptions.retrieve(subscription_id)
        item = subscription["items"]["data"][0]["id"]
        session = client.v1.billing_portal.sessions.create(
            {
                "customer": customer_id,
                "return_url": settings.STRIPE_SUCCESS_URL,
                "flow_data": {
                    "type": "subscription_update_confirm",
                    "subscription_update_confirm": {
                        "subscription": subscription_id,
                        "items": [{"id": item, "price": price_id, "quantity": 1}],
                    },
                },
            },
            {"idempotency_key": key},
        )
        return Page(str(session.id), str(session.url))


def create_portal(*, customer_id: str) -> Page:
    """Return the page on which somebody looks after their subscription.

    Raises PaymentsUnavailable.
    """
    with _asking() as client:
        session = client.v1.billing_portal.sessions.create(
            {"customer": customer_id, "return_url": settings.STRIPE_SUCCESS_URL}
        )
        return Page(str(session.id), str(session.url))


def subscription(subscription_id: str) -> dict[str, Any] | None:
    """Return a subscription as it is now; None when there is none. Raises PaymentsUnavailable."""
    import stripe  # noqa: PLC0415

    with _asking() as client:
        try:
            found = client.v1.subscriptions.retrieve(subscription_id)
        except stripe.InvalidRequestError as error:
            if error.code == "resource_missing":
                return None
            raise
        return dict(found.to_dict())


def delete_customer(customer_id: str) -> None:
    """Delete a customer at Stripe, which cancels their subscriptions at once.

    One already gone is gone. Raises PaymentsUnavailable.
    https://docs.stripe.com/api/customers/delete
    """
    import stripe  # noqa: PLC0415

    with _asking() as client:
        try:
            client.v1.customers.delete(customer_id)
        except stripe.InvalidRequestError as error:
            if error.code != "resource_missing":
                raise
