"""Who people are at Stripe, and that they are nobody there once they have left."""

from uuid import UUID

from django_tasks import task

from billing.models import StripeCustomer, Usage, UserSpending
from billing.outside import stripe
from billing.services import entitlements, mirror


def erase(*, user_id: UUID) -> None:
    """Forget what somebody bought; their subscription is cancelled by a task, until it is."""
    for customer in StripeCustomer.objects.filter(user_id=user_id):
        leave_stripe.enqueue(customer.customer_id)
        customer.delete()
    entitlements.erase(user_id=user_id)
    Usage.objects.filter(user_id=user_id).delete()
    UserSpending.objects.filter(user_id=user_id).delete()


@task()
def leave_stripe(customer_id: str) -> None:
    """Delete a customer at Stripe and in dj-stripe's copy.

    Raises PaymentsUnavailable; the queue tries again.
    """
    stripe.delete_customer(customer_id)
    mirror.forget(customer_id)
