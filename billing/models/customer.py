from django.conf import settings
from django.db import models

from solacore.kit.models import BaseModel


class StripeCustomer(BaseModel):
    """Who somebody is at Stripe. We make one for each; news may tell of another."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="stripe_customers"
    )
    customer_id = models.CharField(max_length=255, unique=True)

    def __str__(self) -> str:
        return self.customer_id
