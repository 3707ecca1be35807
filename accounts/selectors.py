"""What is asked about accounts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from accounts import errors


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking. ``joined`` is when the account was made."""

    user_id: UUID
    session_id: UUID
    email: str
    auth_provider: str
    locale: str
    joined: datetime
    expires_at: datetime


_WHO = """
    SELECT u.email, u.auth_provider, u.locale, u.created_at, u.is_active, s.expires_at
      FROM accounts_user u
      LEFT JOIN accounts_loginsession s
             ON s.id = %s AND s.user_id = u.id AND s.expires_at > now()
     WHERE u.id = %s"""


def principal(*, user_id: UUID, session_id: UUID) -> Principal:
    """Return who is asking, in one query. Raises InvalidToken, SessionRevoked."""
    with connection.cursor() as cursor:
        cursor.execute(_WHO, [session_id, user_id])
        row = cursor.fetchone()
    if row is None or not row[4]:
        raise errors.InvalidToken
    if row[5] is None:
        raise errors.SessionRevoked
    return Principal(user_id, session_id, row[0], row[1], row[2], row[3], row[5])


_ACTIVE = """
    SELECT count(*), count(DISTINCT user_id) FROM accounts_loginsession WHERE expires_at > now()"""


def active() -> tuple[int, int]:
    """Return how many sign-ins live, and of how many people."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVE)
        sessions, users = cursor.fetchone()
    return sessions, users
