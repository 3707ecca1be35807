"""Passwords: forgotten, chosen anew, changed."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from accounts import errors, limits
from accounts.models import Purpose, User
from accounts.rules.passwords import normal
from accounts.services import letters, mailed, sessions, tallies, users
from accounts.services.letters import Letter


def request_reset(*, email: str) -> None:
    """Have the reset letter written, if there is anybody to write to.

    One row in the queue, whoever it is: neither the answer nor its time tells.
    """
    letters.answer_reset_request.enqueue(email)


def reset(*, token: str, password: str, now: datetime) -> None:
    """Choose a new password with a mailed token; every sign-in ends. Burns CPU.

    The letter has reached its reader, so the address is confirmed as well.
    Raises InvalidOrExpiredToken.
    """
    mailed.look(token=token, purpose=Purpose.RESET, now=now)  # a wrong token costs no hash
    hashed = make_password(password)
    with transaction.atomic():
        user = mailed.redeem(token=token, purpose=Purpose.RESET, now=now)
        _keep(user, hashed, now)
        sessions.end_all(user_id=user.pk)
        users.verify(user=user, now=now)
        tallies.forget({limits.PER_ACCOUNT: user.email.lower()})


def change(*, user_id: UUID, session_id: UUID, current: str, password: str, now: datetime) -> None:
    """Change a password; every other sign-in ends. Burns CPU.

    Raises InvalidCurrentPassword, RateLimited.
    """
    tries = {limits.PASSWORD_CHECKS: str(user_id)}
    tallies.add(tries, now=now)
    user = User.objects.get(pk=user_id)
    if not check_password(normal(current), user.password):
        raise errors.InvalidCurrentPassword
    hashed = make_password(password)
    tallies.forget(tries)
    with transaction.atomic():
        _keep(user, hashed, now)
        sessions.end_all(user_id=user_id, but=session_id)


def _keep(user: User, hashed: str, now: datetime) -> None:
    user.password = hashed
    user.save(update_fields=["password", "updated_at"])
    letters.send(Letter.PASSWORD_CHANGED, user.pk, now=now)
