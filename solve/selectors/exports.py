"""Everything, to be taken along: by session, by filter, or with the whole account."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from solve import errors
from solve.models import (
    AnalyticsEvent,
    CheckIn,
    Message,
    Role,
    SolveProfile,
    SolveSession,
    StepVisit,
)

BATCH = 200  # sessions whose messages are read together
_SESSION = (
    *("id", "status", "current_step", "created_at", "completed_at", "tags", "first_step_action"),
    *("action_completed", "action_completed_at"),
)


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """Which sessions to export; None asks nothing. Dates are inclusive, tags match in part."""

    start: date | None = None
    end: date | None = None
    status: str | None = None
    tags: tuple[str, ...] = ()


def one(*, session_id: UUID, user_id: UUID) -> dict[str, Any]:
    """Return a session and what was said in it. Raises SessionNotFound."""
    mine = SolveSession.objects.owned_by(user_id).filter(pk=session_id)
    found = next(_with_messages(mine), None)
    if found is None:
        raise errors.SessionNotFound
    return found


def several(*, user_id: UUID, wanted: ExportFilter) -> Iterator[dict[str, Any]]:
    """Yield sessions with what was said, newest first, however many there are."""
    mine = SolveSession.objects.owned_by(user_id)
    if wanted.start is not None:
        mine = mine.filter(created_at__date__gte=wanted.start)
    if wanted.end is not None:
        mine = mine.filter(created_at__date__lte=wanted.end)
    if wanted.status is not None:
        mine = mine.filter(status=wanted.status)
    if wanted.tags:
        likes = Q()
        for tag in wanted.tags:
            likes |= Q(tags__icontains=tag)
        mine = mine.filter(likes)
    return _with_messages(mine)


def _with_messages(sessions: "QuerySet[SolveSession]") -> Iterator[dict[str, Any]]:
    rows = sessions.order_by("-created_at", "pk").values(*_SESSION, "locale")
    stream = rows.iterator(BATCH)
    while batch := list(islice(stream, BATCH)):
        said: dict[UUID, list[dict[str, Any]]] = {row["id"]: [] for row in batch}
        messages = Message.objects.current().filter(session_id__in=said).exclude(role=Role.SYSTEM)
        ordered = messages.order_by("session_id", "number")
        for message in ordered.values("id", "session_id", "role", "content", "created_at"):
            whole: dict[str, Any] = {**message}
            said[whole.pop("session_id")].append(whole)
        for row in batch:
            yield {**row, "messages": said[row["id"]]}


def account(user_id: UUID) -> Iterator[tuple[str, Any]]:
    """Yield what Solve keeps of somebody (contract 1.9, and all that was said)."""
    sessions = SolveSession.objects.owned_by(user_id).order_by("created_at", "pk")
    yield (
        "solve_sessions",
        sessions.values(
            *("id", "status", "current_step", "locale", "first_step_action", "reminder_time"),
            *("reminder_sent", "reminder_sent_at", "action_completed", "action_completed_at"),
            *(
                "tags",
                "template_id",
                "device_id",
                "follows_id",
                "created_at",
                "completed_at",
                "updated_at",
            ),
        ).iterator(),
    )
    profiles = SolveProfile.objects.filter(session__user_id=user_id)
    yield (
        "solve_profiles",
        profiles.order_by("created_at", "pk")
        .values("session_id", "data", "created_at", "updated_at")
        .iterator(),
    )
    # What a template told the model is ours; everything else is its owner's.
    said = Message.objects.owned_by(user_id).exclude(role=Role.SYSTEM)
    yield (
        "messages",
        said.order_by("session__created_at", "session_id", "number")
        .values(
            *("id", "session_id", "number", "role", "content", "step", "state", "shelved"),
            *("provider", "model", "tokens_in", "tokens_out", "created_at"),
        )
        .iterator(),
    )
    visits = StepVisit.objects.filter(session__user_id=user_id).order_by("started_at", "pk")
    yield (
        "step_history",
        visits.values(
            "id", "session_id", "step", "started_at", "completed_at", "message_count"
        ).iterator(),
    )
    check_ins = CheckIn.objects.owned_by(user_id).order_by("created_at", "pk")
    yield (
        "check_ins",
        check_ins.values(
            *("id", "session_id", "due_at", "asked_at", "outcome", "note", "answered_at"),
            *("created_at", "updated_at"),
        ).iterator(),
    )
    events = AnalyticsEvent.objects.filter(user_id=user_id).order_by("created_at", "pk")
    yield (
        "analytics_events",
        events.values("id", "session_id", "event_type", "payload", "created_at").iterator(),
    )
