"""Sign-ins: begun, renewed, ended. Nothing else writes a LoginSession."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from accounts import errors
from accounts.models import Device, LoginSession, User
from accounts.rules import tokens
from accounts.services import devices

IDLE = timedelta(days=30)
ABSOLUTE = timedelta(days=90)
GRACE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in and its two tokens."""

    user: User
    access: str
    refresh: str


_NOBODYS_HASH = ""


def _hash_of_nobody() -> str:
    """Return a hash to compare with when there is nobody: an unknown address takes as long."""
    global _NOBODYS_HASH
    if not _NOBODYS_HASH:
        _NOBODYS_HASH = make_password("nobody's password")
    return _NOBODYS_HASH


def sign_in(
    *, email: str, password: str, fingerprint: str, device_name: str | None, now: datetime
) -> SignedIn:
    """Sign somebody in by password. Burns CPU: run it in the hashing threads.

    Raises InvalidCredentials (the same for an unknown address, a wrong password and a
    deactivated account), DeviceLimitReached, DeviceBoundToOther.
    """
    user = User.objects.by_email(email).first()
    kept = user.password if user is not None and user.has_usable_password() else _hash_of_nobody()
    matches = check_password(password, kept)
    if user is None or not user.is_active or not matches or kept == _NOBODYS_HASH:
        raise errors.InvalidCredentials
    with transaction.atomic():
        device = devices.recognise(user=user, fingerprint=fingerprint, name=device_name, now=now)
        return begin(user=user, device=device, now=now)


@transaction.atomic
def begin(*, user: User, device: Device, now: datetime) -> SignedIn:
    """Open a sign-in on a device."""
    session = LoginSession.objects.create(
        user=user, device=device, rotated_at=now, expires_at=now + IDLE
    )
    return _with_tokens(user, session, now)


def refresh(*, given: Sequence[str], now: datetime) -> SignedIn:
    """Exchange a refresh token for its successor; the first of ``given`` that lives counts.

    The token just rotated is honoured for GRACE and gives the same successor (two tabs, a
    lost answer). An older one is a stolen one: its whole family dies.
    Raises InvalidRefreshToken.
    """
    replayed: list[UUID] = []
    for token in given:
        signed_in = _rotate(token, now, replayed)
        if signed_in is not None:
            return signed_in
    LoginSession.objects.filter(pk__in=replayed).delete()
    raise errors.InvalidRefreshToken


@transaction.atomic
def _rotate(token: str, now: datetime, replayed: list[UUID]) -> SignedIn | None:
    try:
        claim = tokens.read_refresh(token, secret=settings.JWT_SECRET)
    except tokens.BadToken:
        return None
    session = (
        LoginSession.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=claim.session_id, expires_at__gt=now, user__is_active=True)
        .first()
    )
    if session is None:
        return None
    if claim.generation == session.generation:
        session.generation += 1
        session.rotated_at = now
        session.expires_at = min(now + IDLE, session.created_at + ABSOLUTE)
        session.save(update_fields=["generation", "rotated_at", "expires_at", "updated_at"])
    elif claim.generation != session.generation - 1 or now - session.rotated_at > GRACE:
        replayed.append(session.pk)
        return None
    return _with_tokens(session.user, session, now)


def end(*, session_id: UUID) -> None:
    """End a sign-in; its tokens are dead at once."""
    LoginSession.objects.filter(pk=session_id).delete()


def _with_tokens(user: User, session: LoginSession, now: datetime) -> SignedIn:
    access = tokens.make_access(
        user_id=user.pk,
        email=user.email,
        session_id=session.pk,
        now=now,
        minutes=settings.ACCESS_TOKEN_MINUTES,
        secret=settings.JWT_SECRET,
        algorithm=settings.JWT_ALGORITHM,
    )
    refresh_token = tokens.make_refresh(
        session_id=session.pk, generation=session.generation, secret=settings.JWT_SECRET
    )
    return SignedIn(user, access, refresh_token)
