"""Accounts as a whole: made by hand, confirmed, switched off and on, gone."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction

from accounts import errors
from accounts.models import Purpose, User
from accounts.selectors import people
from accounts.services import letters, mailed, sessions
from accounts.services.letters import Letter

DEMO_DEVICES = 10


def seed(*, email: str, password: str, staff: bool, now: datetime) -> bool:
    """Make a login for a local house unless there is one; return whether it was made."""
    if User.objects.by_email(email).exists():
        return False
    if staff:
        create_staff(email=email, password=password, superuser=True, now=now)
        return True
    user = User(email=email, device_limit=DEMO_DEVICES, email_verified_at=now)
    user.set_password(password)
    user.save(force_insert=True)
    return True


@transaction.atomic
def create_staff(
    *, email: str, password: str, superuser: bool, now: datetime, groups: tuple[str, ...] = ()
) -> User:
    """Make somebody who may open the back office.

    Raises EmailAlreadyExists, Group.DoesNotExist.
    """
    if User.objects.by_email(email).exists():
        raise errors.EmailAlreadyExists
    user = User(email=email, is_staff=True, is_superuser=superuser, email_verified_at=now)
    user.set_password(password)
    user.save(force_insert=True)
    user.groups.set([Group.objects.get(name=name) for name in groups])
    return user


def find(email: str) -> User:
    """Return who has this address. Raises UserNotFound."""
    user = User.objects.by_email(email).first()
    if user is None:
        raise errors.UserNotFound
    return user


def ask_to_verify(*, user_id: UUID, now: datetime) -> None:
    """Send the letter that confirms the address once more, unless it is confirmed."""
    if User.objects.filter(pk=user_id, email_verified_at__isnull=True).exists():
        letters.send(Letter.VERIFY, user_id, now=now)


@transaction.atomic
def verify_by_token(*, token: str, now: datetime) -> None:
    """Believe that whoever opened the letter holds the address. Raises InvalidOrExpiredToken."""
    verify(user=mailed.redeem(token=token, purpose=Purpose.VERIFY, now=now), now=now)


def verify(*, user: User, now: datetime) -> None:
    """Believe that the address is the account holder's."""
    if user.email_verified_at is None:
        user.email_verified_at = now
        user.save(update_fields=["email_verified_at", "updated_at"])


@transaction.atomic
def switch_off(*, user_id: UUID) -> None:
    """Deactivate an account: nobody gets in, and whoever was in is out at once."""
    User.objects.filter(pk=user_id).update(is_active=False)
    sessions.end_all(user_id=user_id)


def switch_on(*, user_id: UUID) -> None:
    """Let an account in again."""
    User.objects.filter(pk=user_id).update(is_active=True)


def erase(*, user_id: UUID, now: datetime) -> None:
    """Delete an account and what the porter knows of it, and say goodbye by mail.

    The other floors erase theirs first, in the same transaction (solacore/account.py).
    """
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        return
    if not user.is_tester:
        letters.say_goodbye.enqueue(user.email, user.locale, letters.spoken(now))
    people.forget_on_commit(user.pk)
    user.delete()
