"""What is asked about accounts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.functions import Now

from accounts import errors
from accounts.models import Device, Identity, LoginSession, User
from solacore.kit.cache import PeopleCache
from solacore.kit.threads import in_thread

# Triggers announce every write to a user, a device or a sign-in (migration 0004).
people = PeopleCache("people")
SESSIONS_SECONDS, DEVICES_SECONDS = 120, 1800  # contract 2.12

Section = tuple[str, Any]  # a name, and an object or the rows of a list


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


async def devices_of(user_id: UUID, *, session_id: UUID) -> list[dict[str, Any]]:
    """Return somebody's active devices, oldest first; the one of ``session_id`` is current."""
    load = partial(in_thread(_devices), user_id)
    found = await people.read_through(user_id, "devices", DEVICES_SECONDS, load)
    return [
        {**device, "is_active": session_id in sessions, "is_current": session_id in sessions}
        for device, sessions in found
    ]


def _devices(user_id: UUID) -> list[tuple[dict[str, Any], set[UUID]]]:
    """Return each active device as the wire shows it, and the sign-ins on it."""
    rows = Device.objects.active().filter(user_id=user_id).order_by("created_at", "pk")
    return [
        (
            {
                "id": device.pk,
                "device_name": device.name,
                "name": device.name,
                "platform": device.platform,
                "last_active_at": device.last_active_at,
                "last_seen": device.last_active_at,
                "user_agent": device.user_agent or None,
                "ip": device.ip or None,
                "created_at": device.created_at,
            },
            {session.pk for session in device.login_sessions.all()},
        )
        for device in rows.prefetch_related("login_sessions")
    ]


async def login_sessions_of(user_id: UUID, *, now: datetime) -> list[dict[str, Any]]:
    """Return somebody's living sign-ins, oldest first."""
    load = partial(in_thread(_login_sessions), user_id)
    found = await people.read_through(user_id, "login_sessions", SESSIONS_SECONDS, load)
    return [session for session in found if session["expires_at"] > now]


def _login_sessions(user_id: UUID) -> list[dict[str, Any]]:
    living = LoginSession.objects.filter(user_id=user_id, expires_at__gt=Now())
    rows = living.order_by("created_at", "pk")
    return [{**row} for row in rows.values("id", "device_id", "created_at", "expires_at")]


def export(user_id: UUID) -> Iterator[Section]:
    """Yield what the porter knows of somebody (contract 1.9). Raises UserNotFound."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise errors.UserNotFound
    identities = Identity.objects.filter(user=user).order_by("created_at", "pk")
    own = identities.filter(provider=user.auth_provider).first()
    yield (
        "user",
        {
            "id": user.pk,
            "email": user.email,
            "auth_provider": user.auth_provider,
            "auth_provider_id": own.subject if own else None,
            "locale": user.locale,
            "is_active": user.is_active,
            "email_verified_at": user.email_verified_at,
            "created_at": user.created_at,
            "updated_at": user.updated_at,
        },
    )
    yield "identities", identities.values("provider", "subject", "created_at").iterator()
    devices = Device.objects.filter(user=user).order_by("created_at", "pk")
    yield (
        "devices",
        (
            {"device_name": row.pop("name"), **row}
            for row in devices.values(
                *("id", "name", "platform", "is_active", "created_at", "last_active_at"),
                *("last_removal_at", "user_agent", "ip"),
            ).iterator()
        ),
    )
    yield "active_sessions", iter(_login_sessions(user_id))


_ACTIVE = """
    SELECT count(*), count(DISTINCT user_id) FROM accounts_loginsession WHERE expires_at > now()"""


def active() -> tuple[int, int]:
    """Return how many sign-ins live, and of how many people."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVE)
        sessions, users = cursor.fetchone()
    return sessions, users
