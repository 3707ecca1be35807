"""What the coach remembers of a session: loaded, kept, forgotten."""

from uuid import UUID

from solve import errors
from solve.models import SolveProfile, SolveSession
from solve.rules import profile as rules
from solve.rules.profile import Profile


def load(session_id: UUID) -> Profile:
    """Return what is remembered of a session; an empty profile if nothing can be read."""
    kept = SolveProfile.objects.filter(session_id=session_id).values_list("data", flat=True)
    return rules.from_json(kept.first())


def keep(session_id: UUID, profile: Profile) -> None:
    """Remember ``profile`` in place of what was known. The caller holds the session's lock."""
    row = SolveProfile(
        session_id=session_id, data=rules.to_json(profile), schema_version=rules.SCHEMA_VERSION
    )
    SolveProfile.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["session"],
        update_fields=["data", "schema_version", "updated_at"],
    )


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
