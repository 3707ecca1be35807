"""Cards: all of them, one as the wire shows it, and to be taken along."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from learn.models import Card, CardState, Concept

FIELDS = (
    *("id", "session_id", "source_id", "question", "answer", "concept", "state", "due"),
    *("last_review", "stability", "difficulty", "created_at"),
)


def shown(card: Card) -> dict[str, Any]:
    """Return a card as the wire shows it."""
    return {name: getattr(card, name) for name in FIELDS}


def listing(
    *, user_id: UUID, state: str | None, session_id: UUID | None, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    """Return a page of somebody's cards, newest first, and how many there are."""
    mine = Card.objects.owned_by(user_id)
    if state is not None:
        mine = mine.filter(state=state)
    if session_id is not None:
        mine = mine.filter(session_id=session_id)
    rows = mine.order_by("-created_at", "pk").values(*FIELDS)
    return [{**row} for row in rows[offset : offset + limit]], mine.count()


def to_take(user_id: UUID) -> Iterator[tuple[str, str, str]]:
    """Yield (question, answer, concept) of somebody's cards, oldest first; not what is proposed."""
    mine = Card.objects.owned_by(user_id).exclude(state=CardState.PROPOSED)
    rows = mine.order_by("created_at", "pk").values_list("question", "answer", "concept")
    yield from rows.iterator()


def account(user_id: UUID) -> Iterator[tuple[str, Any]]:
    """Yield somebody's cards and concepts."""
    cards = Card.objects.owned_by(user_id).order_by("created_at", "pk")
    yield "cards", cards.values(*FIELDS, "phase", "step", "looks").iterator()
    concepts = Concept.objects.owned_by(user_id).order_by("created_at", "pk")
    names = ("id", "name", "prerequisites", "session_id", "created_at", "updated_at")
    yield "concepts", concepts.values(*names).iterator()
