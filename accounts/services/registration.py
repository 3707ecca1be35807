"""Becoming somebody here."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import errors
from accounts.models import User
from accounts.services import devices, sessions
from accounts.services.sessions import SignedIn

DEMO_DEVICES = 10


def register(
    *, email: str, password: str, fingerprint: str, device_name: str | None, now: datetime
) -> SignedIn:
    """Make an account and sign it in. Burns CPU: run it in the hashing threads.

    Raises EmailAlreadyExists, DeviceBoundAtRegistration; then nothing is left behind.
    """
    if User.objects.by_email(email).exists():
        raise errors.EmailAlreadyExists
    user = User(email=email)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            device = devices.recognise(
                user=user, fingerprint=fingerprint, name=device_name, now=now
            )
            return sessions.begin(user=user, device=device, now=now)
    except IntegrityError as error:  # the same address, in this very moment
        raise errors.EmailAlreadyExists from error
    except errors.DeviceBoundToOther as error:
        raise errors.DeviceBoundAtRegistration from error


def seed(*, email: str, password: str, staff: bool) -> bool:
    """Make a login for a local house unless there is one; return whether it was made."""
    if User.objects.by_email(email).exists():
        return False
    if staff:
        User.objects.create_superuser(email=email, password=password)
        return True
    user = User(email=email, device_limit=DEMO_DEVICES)
    user.set_password(password)
    user.save(force_insert=True)
    return True
