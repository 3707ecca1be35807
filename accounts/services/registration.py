"""Becoming somebody here."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import errors
from accounts.models import User
from accounts.services import devices, letters, sessions
from accounts.services.devices import DeviceClaim
from accounts.services.letters import Letter
from accounts.services.sessions import SignedIn


def register(
    *, email: str, password: str, locale: str, claim: DeviceClaim, now: datetime
) -> SignedIn:
    """Make an account and sign it in. Burns CPU: run it in the hashing threads.

    Raises EmailAlreadyExists (its owner is told by mail), DeviceBoundAtRegistration; then
    nothing is left behind.
    """
    owner = User.objects.by_email(email).first()
    if owner is not None:
        letters.send(Letter.TAKEN, owner.pk, now=now)
        raise errors.EmailAlreadyExists
    user = User(email=email, locale=locale)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            recognised = devices.recognise(user=user, claim=claim, now=now)
            letters.send(Letter.VERIFY, user.pk, now=now)
            return sessions.begin(user=user, device=recognised.device, now=now)
    except IntegrityError as error:  # the same address, in this very moment
        raise errors.EmailAlreadyExists from error
    except errors.DeviceBoundToOther as error:
        raise errors.DeviceBoundAtRegistration from error
