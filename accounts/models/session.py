from django.conf import settings
from django.db import models

from accounts.models.device import Device
from solacore.kit.models import BaseModel


class LoginSession(BaseModel):
    """One sign-in on one device: a family of refresh tokens, of which one generation is alive.

    No token is stored, only the number of the living one (see rules/tokens.py). A trigger
    announces every end of a sign-in to all processes (migration 0002).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="login_sessions"
    )
    device = models.ForeignKey(
        Device, models.CASCADE, null=True, blank=True, related_name="login_sessions"
    )
    generation = models.PositiveIntegerField(default=0)
    rotated_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="accounts_login_expires")]

    def __str__(self) -> str:
        return f"Sign-in {self.pk} of {self.user_id}"
