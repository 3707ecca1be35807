from django.conf import settings
from django.db import models

from solacore.kit.models import BaseModel


class CalendarFeed(BaseModel):
    """The secret address of somebody's calendar: only its digest is kept."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed"
    )
    digest = models.CharField(max_length=64, unique=True)  # SHA-256, hexadecimal

    def __str__(self) -> str:
        return f"Calendar of {self.user_id}"
