"""Beta testers: signed in without a password, each device an account of its own."""

import secrets
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import errors
from accounts.models import Device, User
from accounts.services import sessions
from accounts.services.devices import DeviceClaim
from accounts.services.sessions import SignedIn

DOMAIN = "testers.solacore.app"
DEVICE_NAME = "Beta Device"


def sign_in(*, claim: DeviceClaim | None, locale: str, now: datetime) -> SignedIn:
    """Sign in whoever uses this device, as themselves and nobody else (quality 50).

    Without a claim (the mobile app sends none) a new tester comes in.
    Raises BetaModeDisabled, DeviceBoundToOther (somebody with a password uses this device).
    """
    if not settings.BETA_MODE:
        raise errors.BetaModeDisabled
    try:
        return _enter(claim, locale, now)
    except IntegrityError:  # the same device, in this very moment: it is known by now
        return _enter(claim, locale, now)


@transaction.atomic
def _enter(claim: DeviceClaim | None, locale: str, now: datetime) -> SignedIn:
    known = (
        Device.objects.filter(fingerprint=claim.fingerprint).select_related("user").first()
        if claim
        else None
    )
    if known is not None and not known.user.is_tester:
        raise errors.DeviceBoundToOther
    user = known.user if known is not None else _new_tester(locale)
    claim = claim or DeviceClaim(f"beta:{user.pk}", DEVICE_NAME)
    return sessions.enter(user=user, claim=claim, now=now, way="beta")


def _new_tester(locale: str) -> User:
    user = User(
        id=uuid4(),
        email=f"beta-{secrets.token_hex(6)}@{DOMAIN}",
        is_tester=True,
        locale=locale,
    )
    user.set_unusable_password()
    user.save(force_insert=True)
    return user
