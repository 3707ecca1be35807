"""Links that prove something because only a letter carried them: issued, looked at, redeemed."""

import hashlib
import secrets
from datetime import datetime, timedelta

from accounts import errors
from accounts.models import MailedToken, Purpose, User


def issue(*, user: User, purpose: Purpose, lifetime: timedelta, now: datetime) -> str:
    """Return a new token (256 random bits); an older one for the same purpose is dead."""
    token = secrets.token_urlsafe(32)
    MailedToken.objects.bulk_create(
        [MailedToken(user=user, purpose=purpose, digest=_digest(token), expires_at=now + lifetime)],
        update_conflicts=True,
        unique_fields=["user", "purpose"],
        update_fields=["digest", "expires_at", "updated_at"],
    )
    return token


def look(*, token: str, purpose: Purpose, now: datetime) -> User:
    """Return whom a token is for, without using it. Raises InvalidOrExpiredToken."""
    found = (
        MailedToken.objects.filter(
            digest=_digest(token), purpose=purpose, expires_at__gt=now, user__is_active=True
        )
        .select_related("user")
        .first()
    )
    if found is None:
        raise errors.InvalidOrExpiredToken
    return found.user


def redeem(*, token: str, purpose: Purpose, now: datetime) -> User:
    """Use a token up and return whom it was for, locked. Belongs in the caller's transaction.

    Raises InvalidOrExpiredToken, also for the second of two at once.
    """
    user = look(token=token, purpose=purpose, now=now)
    user = User.objects.select_for_update().get(pk=user.pk)
    used, _ = MailedToken.objects.filter(digest=_digest(token), purpose=purpose).delete()
    if not used:
        raise errors.InvalidOrExpiredToken
    return user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
