"""Signing in with Google or Apple: found, linked, handed over or made."""

import hashlib
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import errors
from accounts.models import AuthProvider, Device, Identity, MailedToken, SpentNonce, User
from accounts.outside import google, oidc
from accounts.outside.oidc import Proven
from accounts.services import letters, sessions
from accounts.services.devices import DeviceClaim
from accounts.services.letters import Letter
from accounts.services.sessions import SignedIn
from solacore.kit.threads import in_thread


async def sign_in_with_google(
    *, id_token: str, nonce: str | None, claim: DeviceClaim, locale: str, now: datetime
) -> SignedIn:
    """Sign in with Google's ID token.

    Raises InvalidIdToken, InvalidTokenIssuer, EmailNotVerified, OAuthAccountNotLinked,
    DeviceLimitReached, DeviceBoundToOther, Unavailable (Google's keys cannot be had).
    """
    proven = await oidc.google().verify(id_token, nonce=nonce)
    return await in_thread(_enter)(proven=proven, claim=claim, locale=locale, now=now)


async def sign_in_with_google_code(
    *, code: str, claim: DeviceClaim, locale: str, now: datetime
) -> SignedIn:
    """Sign in with the code Google gave a page of ours.

    Raises what ``sign_in_with_google`` raises (GoogleTokenInvalid for InvalidIdToken), and
    GoogleClientSecretNotConfigured, GoogleCodeExchangeFailed.
    """
    id_token = await google.exchange(code, redirect_uri=f"{settings.FRONTEND_URL}/callback")
    try:
        return await sign_in_with_google(
            id_token=id_token, nonce=None, claim=claim, locale=locale, now=now
        )
    except errors.InvalidIdToken as error:
        raise errors.GoogleTokenInvalid from error


async def sign_in_with_apple(
    *, id_token: str, nonce: str | None, claim: DeviceClaim, locale: str, now: datetime
) -> SignedIn:
    """Sign in with Apple's ID token. Raises what ``sign_in_with_google`` raises."""
    try:
        proven = await oidc.apple().verify(id_token, nonce=nonce)
    except errors.InvalidTokenIssuer as error:
        raise errors.InvalidIdToken from error  # the contract knows no issuer code for Apple
    return await in_thread(_enter)(proven=proven, claim=claim, locale=locale, now=now)


def _enter(*, proven: Proven, claim: DeviceClaim, locale: str, now: datetime) -> SignedIn:
    try:
        return _enter_once(proven, claim, locale, now)
    except IntegrityError:  # the same person, in this very moment: known by now
        return _enter_once(proven, claim, locale, now)


def _enter_once(proven: Proven, claim: DeviceClaim, locale: str, now: datetime) -> SignedIn:
    with transaction.atomic():
        user = _whose(proven, locale, now)
        if not user.is_active:
            raise errors.InvalidIdToken
        try:
            return sessions.enter(user=user, claim=claim, now=now, way=proven.provider)
        except errors.DeviceLimitReached as error:
            refusal = error  # raised below: its letter, and what was linked, are kept
    raise refusal


def _whose(proven: Proven, locale: str, now: datetime) -> User:
    """Return whose account this person opens. Raises InvalidIdToken for a nonce used again."""
    if proven.nonce is not None:
        _spend(proven)
    identity = (
        Identity.objects.filter(provider=proven.provider, subject=proven.subject)
        .select_related("user")
        .first()
    )
    if identity is not None:
        return identity.user
    if proven.email is None:
        raise errors.OAuthAccountNotLinked
    user = User.objects.by_email(proven.email).select_for_update().first()
    if user is None:
        user = User(email=proven.email, locale=locale, email_verified_at=now)
        user.set_unusable_password()
        user.auth_provider = AuthProvider(proven.provider)
        user.save(force_insert=True)
    elif user.email_verified_at is None:
        _hand_over(user, proven, now)
    elif user.is_active:
        user.auth_provider = AuthProvider(proven.provider)
        user.save(update_fields=["auth_provider", "updated_at"])
    Identity.objects.create(user=user, provider=proven.provider, subject=proven.subject)
    return user


def _hand_over(user: User, proven: Proven, now: datetime) -> None:
    """Give an account nobody confirmed to the proven holder of its address.

    Whoever made it may have been somebody else, waiting for this moment (pre-hijacking). So
    nothing they could still use survives: password, sign-ins, devices, links, other identities.
    What was written stays: mostly it is the owner's own.
    """
    user.set_unusable_password()
    user.email_verified_at = now
    user.auth_provider = AuthProvider(proven.provider)
    user.save()
    sessions.end_all(user_id=user.pk)
    Device.objects.filter(user=user).delete()
    Identity.objects.filter(user=user).delete()
    MailedToken.objects.filter(user=user).delete()
    letters.send(Letter.CLAIMED, user.pk, now=now, provider=proven.provider)


def _spend(proven: Proven) -> None:
    digest = hashlib.sha256(f"{proven.provider}:{proven.nonce}".encode()).hexdigest()
    try:
        with transaction.atomic():
            SpentNonce.objects.create(digest=digest, expires_at=proven.expires_at)
    except IntegrityError as error:
        raise errors.InvalidIdToken from error
