"""What a follow-up session knows of the one before it, for the coach's prompt."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, OuterRef, Subquery

from solve.models import CheckIn, Message, Role, SolveSession

CONCERN_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Before:
    """The session before: its first step, how that went, and what it was about.

    ``outcome`` and ``note`` are the newest answer's, None if there is none. ``days_ago`` counts
    whole days since it ended, or else began. ``concern`` is how it began, in its owner's words.
    All but the days are private: for the model, never for a log.
    """

    action: str | None
    outcome: str | None
    note: str | None
    days_ago: int
    concern: str | None


def before(session_id: UUID, *, now: datetime) -> Before | None:
    """Return what the session that ``session_id`` follows was about, in one statement.

    None if it follows none, or that one was deleted.
    """
    answers = CheckIn.objects.answered().filter(session=OuterRef("follows"))
    newest = answers.order_by("-created_at", "-pk")
    said = Message.objects.filter(session=OuterRef("follows"), role=Role.USER).in_order()
    row = (
        SolveSession.objects.filter(pk=session_id, follows__isnull=False)
        .values(
            action=F("follows__first_step_action"),
            ended=F("follows__completed_at"),
            begun=F("follows__created_at"),
            outcome=Subquery(newest.values("outcome")[:1]),
            note=Subquery(newest.values("note")[:1]),
            concern=Subquery(said.values("content")[:1]),
        )
        .first()
    )
    if row is None:
        return None
    concern = row["concern"]
    if concern and len(concern) > CONCERN_CHARACTERS:
        concern = concern[:CONCERN_CHARACTERS] + "..."
    days = max((now - (row["ended"] or row["begun"])).days, 0)
    return Before(row["action"] or None, row["outcome"], row["note"], days, concern)
