from django.conf import settings
from django.db import models

from solacore.kit.models import BaseModel


class Purpose(models.TextChoices):
    VERIFY = "verify", "Confirm the address"
    RESET = "reset", "Choose a new password"
    FREE_DEVICE = "free_device", "Make room for a device"


class MailedToken(BaseModel):
    """What a link in a letter proves. Only the digest is kept.

    One row for each person and purpose: a newer letter replaces it, use deletes it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "purpose"], name="accounts_mailed_newest"),
            models.CheckConstraint(
                name="accounts_mailed_purpose_known",
                condition=models.Q(purpose__in=Purpose.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} for {self.user_id}"
