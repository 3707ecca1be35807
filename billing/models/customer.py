from django.conf import settings
from django.db import models

from solacore.kit.models import BaseModel


class StripeCustomer(BaseModel):
    """Who somebody is at Stripe."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="stripe_customer"
    )
    customer_id = models.CharField(max_length=255, unique=True)

    def __str__(self) -> str:
        return self.customer_id
