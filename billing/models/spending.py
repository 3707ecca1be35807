from django.conf import settings
from django.db import models

from solacore.kit.models import BaseModel


class Spending(BaseModel):
    """What answers took on one day (UTC). Written by ``services.spending.record``."""

    day = models.DateField()
    answers = models.PositiveIntegerField(default=0)
    tokens_in = models.PositiveBigIntegerField(default=0)
    tokens_out = models.PositiveBigIntegerField(default=0)
    cost_micros = models.PositiveBigIntegerField(default=0)  # millionths of a US dollar

    class Meta:
        abstract = True


class UserSpending(Spending):
    """… by one person. It goes with their account."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="spending")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="billing_userspending_one_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.cost_micros} micros of {self.user_id} on {self.day}"


class HouseSpending(Spending):
    """… by everybody together, also by those who have left since."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day"], name="billing_housespending_one_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.cost_micros} micros on {self.day}"
