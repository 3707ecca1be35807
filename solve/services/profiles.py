"""What the coach remembers of a session: loaded, kept, forgotten."""

from uuid import UUID

from django.db import connection

from solacore.kit.rows import insert
from solve import errors
from solve.models import SolveProfile, SolveSession
from solve.rules import profile as rules
from solve.rules.profile import Profile

_REPLACE = """
    ON CONFLICT (session_id) DO UPDATE
   SET data = excluded.data, schema_version = excluded.schema_version,
       updated_at = excluded.updated_at"""


def load(session_id: UUID) -> Profile:
    """Return what is remembered of a session; an empty profile if nothing can be read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM solve_solveprofile WHERE session_id = %s", [session_id])
        kept = cursor.fetchone()
    return rules.from_json(kept[0] if kept else None)


def keep(session_id: UUID, profile: Profile) -> None:
    """Remember ``profile`` in place of what was known. The caller holds the session's lock."""
    row = SolveProfile(
        session_id=session_id, data=rules.to_json(profile), schema_version=rules.SCHEMA_VERSION
    )
    insert([row], on_conflict=_REPLACE)


def read(*, session_id: UUID, user_id: UUID) -> Profile:
    """Return what is remembered of the user's session. Raises SessionNotFound."""
    mine = SolveSession.objects.owned_by(user_id).filter(pk=session_id)
    found = mine.values_list("profile__data", flat=True)
    if not found:
        raise errors.SessionNotFound
    return rules.from_json(found[0])


def forget(*, session_id: UUID, user_id: UUID) -> None:
    """Forget what is remembered of the user's session; what was said stays.

    Forgetting twice is no fault. Raises SessionNotFound.
    """
    if not SolveSession.objects.owned_by(user_id).filter(pk=session_id).exists():
        raise errors.SessionNotFound
    SolveProfile.objects.filter(session_id=session_id).delete()
