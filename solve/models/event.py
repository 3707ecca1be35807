from django.conf import settings
from django.db import models

from solacore.kit.models import BaseModel


class AnalyticsEvent(BaseModel):
    """Something that happened, without what was said. It outlives its session, not its person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    session = models.ForeignKey(
        "solve.SolveSession", models.SET_NULL, null=True, blank=True, related_name="events"
    )
    event_type = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["event_type", "-created_at"], name="solve_event_type_recent")
        ]

    def __str__(self) -> str:
        return self.event_type
