"""Lessons: the list, one of them, how far along it is, and everything to be taken along."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from learn import errors
from learn.models import LearnMessage, LearnSession
from learn.rules import path
from learn.rules.steps import Status

_MESSAGE = ("id", "role", "content", "step", "tool", "state", "variants", "created_at")


def history(*, user_id: UUID, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """Return a page of somebody's lessons, newest first, and how many there are."""
    mine = LearnSession.objects.owned_by(user_id)
    rows = mine.order_by("-created_at", "pk").values(
        "id", "status", "current_step", "topic", "created_at", "first_message"
    )
    return [{**row} for row in rows[offset : offset + limit]], mine.count()


def detail(*, session_id: UUID, user_id: UUID, messages: bool) -> dict[str, Any]:
    """Return a lesson with all that was said, if wanted. Raises SessionNotFound."""
    session = _one(session_id, user_id)
    said = session.messages.current().in_order() if messages else LearnMessage.objects.none()
    return {
        "id": session.pk,
        "status": session.status,
        "current_step": session.current_step,
        "topic": session.topic,
        "key_concepts": session.key_concepts,
        "learning_summary": session.learning_summary,
        "review_schedule": session.review_schedule,
        "created_at": session.created_at,
        "completed_at": session.completed_at,
        "messages": [{**row} for row in said.values(*_MESSAGE)],
    }


def progress(*, session_id: UUID, user_id: UUID) -> dict[str, Any]:
    """Return how far along its path a lesson is. Raises SessionNotFound."""
    session = _one(session_id, user_id)
    done, percentage = path.progress(
        session.tool_plan,
        session.current_tool,
        finished=session.status == Status.COMPLETED,
        done=session.completed_tools,
    )
    return {
        "session_id": session.pk,
        "mode": session.mode,
        "current_tool": session.current_tool,
        "tool_plan": session.tool_plan,
        "completed_tools": done,
        "progress_percentage": percentage,
    }


def account(user_id: UUID) -> Iterator[tuple[str, Any]]:
    """Yield what Learn keeps of somebody."""
    lessons = LearnSession.objects.owned_by(user_id).order_by("created_at", "pk")
    yield (
        "learn_sessions",
        lessons.values(
            *("id", "status", "current_step", "mode", "tool_plan", "current_tool", "locale"),
            *(
                "completed_tools",
                "topic",
                "key_concepts",
                "learning_summary",
                "review_schedule",
                "device_id",
            ),
            *("created_at", "completed_at", "updated_at"),
        ).iterator(),
    )
    said = LearnMessage.objects.owned_by(user_id)
    yield (
        "learn_messages",
        said.order_by("session__created_at", "session_id", "number")
        .values("session_id", "shelved", *_MESSAGE)
        .iterator(),
    )


def _one(session_id: UUID, user_id: UUID) -> LearnSession:
    session = LearnSession.objects.owned_by(user_id).filter(pk=session_id).first()
    if session is None:
        raise errors.SessionNotFound
    return session
