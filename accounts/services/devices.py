"""Which device is this, and may it come in?"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import errors, limits
from accounts.models import Device, LoginSession, Purpose, User
from accounts.rules.devices import platform
from accounts.selectors import people
from accounts.services import mailed

STALE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class DeviceClaim:
    """What a caller says of its device, and what we see of it."""

    fingerprint: str
    name: str | None = None
    user_agent: str = ""
    ip: str = ""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A device that may come in; ``first_seen`` when it never did before."""

    device: Device
    first_seen: bool


@transaction.atomic
def recognise(*, user: User, claim: DeviceClaim, now: datetime) -> Recognised:
    """Return the user's device with this fingerprint, made known if it is new.

    Locks the user, so that two sign-ins cannot both take the last place. At the limit a device
    unused for STALE gives way. Raises DeviceBoundToOther, DeviceLimitReached.
    """
    allowed = (
        User.objects.select_for_update().values_list("device_limit", flat=True).get(pk=user.pk)
    )
    device = Device.objects.filter(fingerprint=claim.fingerprint).first()
    if device is not None and device.user_id != user.pk:
        raise errors.DeviceBoundToOther
    if device is None or not device.is_active:
        _make_room(user, limits.devices(allowed), now)
    if device is None:
        return Recognised(_first_seen(user, claim, now), True)
    device.is_active = True
    device.name = claim.name or device.name
    device.platform = device.platform or platform(device.name)
    _note(device, claim, now)
    device.save()
    return Recognised(device, False)


def seen(*, device: Device, user_agent: str, ip: str, now: datetime) -> None:
    """Note that a device is in use."""
    Device.objects.filter(pk=device.pk).update(
        last_active_at=now, user_agent=user_agent[:255], ip=ip, updated_at=now
    )


@transaction.atomic
def remove(
    *, user_id: UUID, device_id: UUID, fingerprint: str, session_id: UUID, now: datetime
) -> None:
    """Take a device off the account and end its sign-ins; one a day (UTC).

    Raises DeviceNotFound, CannotRemoveCurrentDevice (the one that is calling, by its own word
    or by its sign-in), RemovalLimitExceeded.
    """
    User.objects.select_for_update().get(pk=user_id)  # two removals at once would both be first
    mine = Device.objects.filter(user_id=user_id)
    device = mine.active().filter(pk=device_id).first()
    if device is None:
        raise errors.DeviceNotFound
    calling = LoginSession.objects.filter(pk=session_id, device=device).exists()
    if calling or device.fingerprint == fingerprint:
        raise errors.CannotRemoveCurrentDevice
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if mine.filter(last_removal_at__gte=midnight).exists():
        tomorrow = midnight + timedelta(days=1)
        raise errors.RemovalLimitExceeded(math.ceil((tomorrow - now).total_seconds()))
    device.last_removal_at = now
    _sign_off(device)


@transaction.atomic
def free_oldest(*, token: str, now: datetime) -> None:
    """Take the longest unused device off the account a mailed link is for.

    Raises InvalidOrExpiredToken.
    """
    user = mailed.redeem(token=token, purpose=Purpose.FREE_DEVICE, now=now)
    oldest = user.devices.active().order_by("last_active_at", "pk").first()
    if oldest is not None:
        _sign_off(oldest)


def _make_room(user: User, allowed: int, now: datetime) -> None:
    active = user.devices.active()
    if active.count() < allowed:
        return
    stale = active.filter(last_active_at__lt=now - STALE).order_by("last_active_at", "pk").first()
    # After a downgrade there may be more than one too many: then one place is still none.
    if stale is None or active.count() > allowed:
        raise errors.DeviceLimitReached
    _sign_off(stale)


def _first_seen(user: User, claim: DeviceClaim, now: datetime) -> Device:
    device = Device(
        user=user, fingerprint=claim.fingerprint, name=claim.name, platform=platform(claim.name)
    )
    _note(device, claim, now)
    try:
        with transaction.atomic():
            device.save(force_insert=True)
    except IntegrityError as error:  # somebody else's, in this very moment
        raise errors.DeviceBoundToOther from error
    return device


def _note(device: Device, claim: DeviceClaim, now: datetime) -> None:
    device.last_active_at = now
    device.user_agent, device.ip = claim.user_agent[:255], claim.ip


def _sign_off(device: Device) -> None:
    people.forget_on_commit(device.user_id)
    device.is_active = False
    device.save()
    LoginSession.objects.filter(device=device).delete()
