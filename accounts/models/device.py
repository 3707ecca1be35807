from typing import Self

from django.conf import settings
from django.db import models

from solacore.kit.models import BaseModel


class DeviceQuerySet(models.QuerySet["Device"]):
    def active(self) -> Self:
        return self.filter(is_active=True)


class Device(BaseModel):
    """A browser or a phone, known by the fingerprint it made for itself."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    fingerprint = models.CharField(max_length=255)
    name = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 (the wire says null)
    platform = models.CharField(max_length=16, null=True, blank=True)  # noqa: DJ001
    is_active = models.BooleanField(default=True)
    last_active_at = models.DateTimeField()
    last_removal_at = models.DateTimeField(null=True, blank=True)
    # As last seen, for its owner to recognise it by.
    user_agent = models.CharField(max_length=255, blank=True)
    ip = models.CharField(max_length=64, blank=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"], name="accounts_device_fingerprint_unique"
            )
        ]
        indexes = [models.Index(fields=["user", "is_active"], name="accounts_device_user_active")]

    def __str__(self) -> str:
        return f"{self.name or 'Unnamed device'} of {self.user_id}"
