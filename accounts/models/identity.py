from django.conf import settings
from django.db import models

from accounts.models.user import AuthProvider
from solacore.kit.models import BaseModel


class Identity(BaseModel):
    """Somebody at Google or Apple who may open this account: ``subject`` never changes there."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="identities")
    provider = models.CharField(max_length=16, choices=AuthProvider.choices)
    subject = models.CharField(max_length=255)

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "subject"], name="accounts_identity_unique"
            ),
            models.CheckConstraint(
                name="accounts_identity_provider_known",
                condition=models.Q(provider__in=[AuthProvider.GOOGLE, AuthProvider.APPLE]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} opens {self.user_id}"
