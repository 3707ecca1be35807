from django.conf import settings
from django.db import models

from solacore.kit.models import BaseModel


class Allowed(models.TextChoices):
    SESSIONS = "sessions", "Solve sessions"
    LESSONS = "lessons", "Learn sessions"


class Usage(BaseModel):
    """How many sessions of a kind somebody opened in one period. Written by ``quotas.SPEND``."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="usage")
    kind = models.CharField(max_length=16, choices=Allowed.choices, default=Allowed.SESSIONS)
    period_start = models.DateTimeField()
    session_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "period_start"], name="billing_usage_one_per_kind"
            ),
            models.CheckConstraint(
                name="billing_usage_kind_known", condition=models.Q(kind__in=Allowed.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_count} sessions of {self.user_id} since {self.period_start:%Y-%m-%d}"
