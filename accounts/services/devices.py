"""Which device is this, and may it come in?"""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import errors, limits
from accounts.models import Device, User
from accounts.rules.devices import platform


@transaction.atomic
def recognise(*, user: User, fingerprint: str, name: str | None, now: datetime) -> Device:
    """Return the user's device with this fingerprint, made known if it is new.

    Locks the user, so that two sign-ins cannot both take the last place.
    Raises DeviceBoundToOther, DeviceLimitReached.
    """
    allowed = (
        User.objects.select_for_update().values_list("device_limit", flat=True).get(pk=user.pk)
    )
    device = Device.objects.filter(fingerprint=fingerprint).first()
    if device is not None and device.user_id != user.pk:
        raise errors.DeviceBoundToOther
    comes_anew = device is None or not device.is_active
    if comes_anew and user.devices.active().count() >= limits.devices(allowed):
        raise errors.DeviceLimitReached
    if device is None:
        try:
            with transaction.atomic():
                return Device.objects.create(
                    user=user,
                    fingerprint=fingerprint,
                    name=name,
                    platform=platform(name),
                    last_active_at=now,
                )
        except IntegrityError as error:  # somebody else's, in this very moment
            raise errors.DeviceBoundToOther from error
    device.is_active = True
    device.last_active_at = now
    device.name = name or device.name
    device.platform = device.platform or platform(device.name)
    device.save()
    return device
