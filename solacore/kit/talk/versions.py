"""What was replaced in a conversation, and what of it left the house: for its owner to see."""

from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Q

from solacore.kit.messages import BaseMessage, Role
from solacore.kit.talk.shield import from_json, masked

M = TypeVar("M", bound=BaseMessage)


def variants(message: M) -> list[dict[str, Any]]:
    """Return all versions of a message's place in its conversation, oldest first."""
    rows = type(message)._default_manager.filter(
        session_id=message.session_id, number=message.number
    )
    shown = rows.order_by("created_at", "pk").values(
        "id", "role", "content", "state", "created_at", "shelved"
    )
    return [{**row, "current": not row.pop("shelved")} for row in shown]


def sent(answer: BaseMessage) -> dict[str, Any]:
    """Return what a model was shown for an answer, word for word as it left the house.

    ``left_the_house`` is false only where no model outside was to be asked. Of what we told it
    ourselves, only notes about the person are theirs to see; ``hidden`` counts what they
    never saw, by kind. Messages are read as they stood when the answer was opened.
    """
    bounds = answer.sent or {}
    turns: list[dict[str, str]] = []
    kinds: dict[str, int] = {}
    outside = bool(bounds.get("outside") or answer.provider)
    for row in _shown(answer, bounds) if answer.sent else []:
        spans = from_json(row.hidden or [])
        turns.append(
            {
                "role": "user" if row.role == Role.USER else "assistant",
                "content": masked(row.content, spans),
            }
        )
        for span in spans:
            kind = span.name.rsplit("_", 1)[0]
            kinds[kind] = kinds.get(kind, 0) + 1
    return {
        "id": answer.pk,
        "left_the_house": outside,
        "provider": answer.provider or None,
        "model": answer.model or None,
        "tokens_in": answer.tokens_in,
        "tokens_out": answer.tokens_out,
        "notes": bounds.get("notes", []),
        "turns": turns,
        "hidden": kinds,
    }


def _shown(answer: BaseMessage, bounds: dict[str, Any]) -> list[BaseMessage]:
    """Return, for each place, the version that stood there when ``answer`` was opened."""
    opened: datetime = answer.created_at
    rows = type(answer)._default_manager.filter(  # type: ignore[misc]  # subclasses have it
        Q(created_at__lt=opened) | Q(pk=answer.answers_id),
        session_id=answer.session_id,
        number__gte=bounds["from"],
        number__lt=answer.number,
    )
    places: dict[int, BaseMessage] = {}
    for row in rows.exclude(role=Role.SYSTEM).exclude(content="").order_by("created_at", "pk"):
        places[row.number] = row  # the last one that stood there
    return [places[number] for number in sorted(places)]
