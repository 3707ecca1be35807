"""Sign-ins: begun, renewed, ended. Nothing else writes a LoginSession."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from accounts import errors, limits
from accounts.limits import Tries
from accounts.models import Device, LoginSession, MailedToken, SpentNonce, Tally, User
from accounts.rules import passwords, tokens
from accounts.selectors import people
from accounts.services import devices, letters, tallies
from accounts.services.devices import DeviceClaim
from accounts.services.letters import Letter
from solacore.kit import metrics

logger = logging.getLogger(__name__)

IDLE = timedelta(days=30)
ABSOLUTE = timedelta(days=90)
GRACE = timedelta(seconds=20)
TESTERS_HASTE = timedelta(seconds=2)


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


def sign_in(*, email: str, password: str, claim: DeviceClaim, now: datetime) -> SignedIn:
    """Sign somebody in by password. Burns CPU: run it in the hashing threads.

    Raises InvalidCredentials (the same for an unknown address, a wrong password and a
    deactivated account), RateLimited, DeviceLimitReached, DeviceBoundToOther.
    """
    tries = _count_try(email, claim, now)
    user = User.objects.by_email(email).first()
    kept = user.password if user is not None and user.has_usable_password() else _hash_of_nobody()
    matches = check_password(passwords.normal(password), kept)
    if user is None or not user.is_active or not matches or kept == _NOBODYS_HASH:
        metrics.SIGN_INS.labels("password", "refused").inc()
        raise errors.InvalidCredentials
    address = tries.pop(limits.per_address())
    tallies.forget(tries)
    tallies.take_back(limits.per_address(), address)
    return enter(user=user, claim=claim, now=now, way="password")


def _count_try(email: str, claim: DeviceClaim, now: datetime) -> dict[Tries, str]:
    """Count a try for the caller, the device and the account. Raises RateLimited.

    On a device the account knows its own tally does not count: whoever guesses elsewhere
    cannot shut the owner out.
    """
    tries = {limits.per_address(): claim.ip, limits.PER_DEVICE: claim.fingerprint}
    known = Device.objects.active().filter(fingerprint=claim.fingerprint)
    if not known.filter(user__in=User.objects.by_email(email)).exists():
        tries[limits.PER_ACCOUNT] = email.lower()
    tallies.add(tries, now=now)
    return tries


def enter(*, user: User, claim: DeviceClaim, now: datetime, way: str) -> SignedIn:
    """Let somebody in who has proved to be ``user``, on the device they claim.

    Raises DeviceBoundToOther, DeviceLimitReached (then a letter offers to make room).
    """
    try:
        with transaction.atomic():
            recognised = devices.recognise(user=user, claim=claim, now=now)
            if recognised.first_seen and user.login_sessions.exists():
                letters.send(Letter.NEW_DEVICE, user.pk, now=now, device=recognised.device)
            signed_in = begin(user=user, device=recognised.device, now=now)
    except errors.DeviceLimitReached:
        letters.send(Letter.DEVICE_LIMIT, user.pk, now=now)
        raise
    metrics.SIGN_INS.labels(way, "entered").inc()
    return signed_in


@transaction.atomic
def begin(*, user: User, device: Device, now: datetime) -> SignedIn:
    """Open a sign-in on a device."""
    session = LoginSession.objects.create(
        user=user, device=device, rotated_at=now, expires_at=now + IDLE
    )
    return _with_tokens(user, session, now)


def refresh(*, given: Sequence[str], now: datetime, user_agent: str = "", ip: str = "") -> SignedIn:
    """Exchange a refresh token for its successor; the first of ``given`` that lives counts.

    The token just rotated is honoured for GRACE and gives the same successor (two tabs, a
    lost answer). An older one is a stolen one: its whole family dies.
    Raises InvalidRefreshToken.
    """
    replayed: list[LoginSession] = []
    for token in given:
        session = _rotate(token, now, replayed)
        if session is not None:
            if session.device is not None:
                devices.seen(device=session.device, user_agent=user_agent, ip=ip, now=now)
            return _with_tokens(session.user, session, now)
    for session in replayed:
        _end_family(session, now)
    raise errors.InvalidRefreshToken


@transaction.atomic
def _end_family(session: LoginSession, now: datetime) -> None:
    """End a sign-in one of whose dead keys was used: a copy of it is about."""
    if end(session):
        metrics.REPLAYS.inc()
        logger.warning("A dead refresh token was used again: its sign-in is ended")
        letters.send(Letter.REPLAYED, session.user_id, now=now, device=session.device)


@transaction.atomic
def _rotate(token: str, now: datetime, replayed: list[LoginSession]) -> LoginSession | None:
    try:
        claim = tokens.read_refresh(token, secret=settings.JWT_SECRET)
    except tokens.BadToken:
        return None
    session = (
        LoginSession.objects.select_for_update(of=("self",))
        .select_related("user", "device")
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
        replayed.append(session)
        return None
    return session


def sign_out(*, session_id: UUID, browser: bool, now: datetime) -> bool:
    """End a sign-in at its own wish; return whether it was.

    The web page's clean-up of an older sign-in may arrive just after a tester's new one began,
    with its cookies: in a browser that one is left alone (contract E.2).
    """
    session = LoginSession.objects.filter(pk=session_id).select_related("user").first()
    if session is None:
        return True
    if browser and session.user.is_tester and now - session.created_at < TESTERS_HASTE:
        return False
    end(session)
    return True


@transaction.atomic
def end(session: LoginSession) -> bool:
    """End a sign-in; its tokens are dead at once. Return whether it still lived."""
    people.forget_on_commit(session.user_id)
    ended, _ = LoginSession.objects.filter(pk=session.pk).delete()
    return bool(ended)


def end_mine(*, user_id: UUID, session_id: UUID) -> None:
    """End one of somebody's own sign-ins. Raises LoginSessionNotFound, also for another's."""
    session = LoginSession.objects.filter(pk=session_id, user_id=user_id).first()
    if session is None or not end(session):
        raise errors.LoginSessionNotFound


@transaction.atomic
def end_all(*, user_id: UUID, but: UUID | None = None) -> int:
    """End somebody's sign-ins, except the one that asks; return how many."""
    people.forget_on_commit(user_id)
    mine = LoginSession.objects.filter(user_id=user_id)
    ended, _ = (mine if but is None else mine.exclude(pk=but)).delete()
    return ended


def prune(*, now: datetime, dry_run: bool = False) -> dict[str, int]:
    """Delete what has expired and opens nothing any more; return how many of what."""
    counts = {}
    for kind in (LoginSession, MailedToken, Tally, SpentNonce):
        expired = kind._default_manager.filter(expires_at__lte=now)
        name = str(kind._meta.verbose_name_plural)
        counts[name] = expired.count() if dry_run else expired.delete()[0]
    return counts


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
