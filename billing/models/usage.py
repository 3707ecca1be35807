from django.conf import settings
from django.db import models

from solacore.kit.models import BaseModel


class Usage(BaseModel):
    """How many sessions somebody opened in one period. Written only by ``quotas.SPEND``."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="usage")
    period_start = models.DateTimeField()
    session_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "period_start"], name="billing_usage_one_per_period"
            )
        ]

    def __str__(self) -> str:
        return f"{self.session_count} sessions of {self.user_id} since {self.period_start:%Y-%m-%d}"
