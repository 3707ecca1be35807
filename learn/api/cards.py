"""Cards: made, listed, changed, accepted, deleted; taken along and brought in."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from accounts.auth import SIGNED_IN, ApiRequest
from learn import limits
from learn.models import CardState
from learn.rules.cards import Answer, ConceptName, Question
from learn.rules.transfer import Format, Reason
from learn.selectors import cards as selectors
from learn.services import cards, transfer
from solacore.kit import downloads
from solacore.kit.http import MAX_OFFSET, Text, json_response
from solacore.kit.ratelimit import meter
from solacore.kit.threads import in_thread

router = Router(tags=["cards"], auth=SIGNED_IN)


class CardOut(Schema):
    """``stability`` in days, ``difficulty`` from 1 to 10, both null before the first look."""

    id: UUID
    session_id: UUID | None
    source_id: UUID | None
    question: str
    answer: str
    concept: str
    state: CardState
    due: datetime
    last_review: datetime | None
    stability: float | None
    difficulty: float | None
    created_at: datetime


class CardsOut(Schema):
    cards: list[CardOut]
    total: int
    limit: int
    offset: int


class CardsIn(Schema):
    state: CardState | None = None
    session_id: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET)] = 0


class CardIn(Schema):
    question: Question
    answer: Answer
    concept: ConceptName = ""


class CardChangeIn(Schema):
    """``state`` active accepts a proposed card, or takes up a suspended one again."""

    question: Question | None = None
    answer: Answer | None = None
    concept: ConceptName | None = None
    state: Literal[CardState.ACTIVE, CardState.SUSPENDED] | None = None


class AcceptIn(Schema):
    ids: Annotated[list[UUID], Field(min_length=1, max_length=limits.ACCEPTED_AT_ONCE)]


class AcceptedOut(Schema):
    """``unknown``: those that are no proposals of mine; nothing happened to them."""

    accepted: list[UUID]
    unknown: list[UUID]


class ExportIn(Schema):
    format: Format = Format.CSV


class ImportIn(Schema):
    format: Format
    content: Text


class SkippedOut(Schema):
    line: int
    reason: Reason


class ImportedOut(Schema):
    """``skipped`` names the first thousand; ``skipped_total`` counts them all."""

    created: int
    skipped: list[SkippedOut]
    skipped_total: int


@router.get("/cards", response=CardsOut)
async def listing(request: ApiRequest, filters: Query[CardsIn]) -> HttpResponse:
    """List my cards, newest first; those the coach proposed have the state "proposed"."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    found, total = await in_thread(selectors.listing)(
        user_id=who.user_id,
        state=filters.state,
        session_id=filters.session_id,
        limit=filters.limit,
        offset=filters.offset,
    )
    page = {"limit": filters.limit, "offset": filters.offset}
    return json_response({"cards": found, "total": total, **page})


@router.post("/cards", response={201: CardOut})
async def create(request: ApiRequest, body: CardIn) -> HttpResponse:
    """Make a card of my own; it is due at once."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    card = await in_thread(cards.create)(
        user_id=who.user_id,
        question=body.question,
        answer=body.answer,
        concept=body.concept,
        now=timezone.now(),
    )
    return json_response(selectors.shown(card), 201)


@router.post("/cards/accept", response=AcceptedOut)
async def accept(request: ApiRequest, body: AcceptIn) -> HttpResponse:
    """Accept proposals, up to fifty at once; accepted ones are due at once."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    accepted, unknown = await in_thread(cards.accept)(
        user_id=who.user_id, ids=body.ids, now=timezone.now()
    )
    return json_response({"accepted": accepted, "unknown": unknown})


@router.get("/cards/export", response={200: None})
async def export(request: ApiRequest, filters: Query[ExportIn]) -> HttpResponseBase:
    """Give me my cards as a file: CSV, Markdown, or text for Anki."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    file = await in_thread(transfer.export)(user_id=who.user_id, format=filters.format)
    kind = filters.format
    return downloads.respond(file, name=f"cards.{kind.suffix}", content_type=kind.content_type)


@router.post("/cards/import", response=ImportedOut)
async def bring_in(request: ApiRequest, body: ImportIn) -> Any:
    """Bring cards in from a file; questions I have already are skipped."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    return await in_thread(transfer.bring_in)(
        user_id=who.user_id, format=body.format, content=body.content, now=timezone.now()
    )


@router.patch("/cards/{card_id}", response=CardOut)
async def change(request: ApiRequest, card_id: UUID, body: CardChangeIn) -> Any:
    """Edit a card, accept it, set it aside or take it up again."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    return await in_thread(cards.change)(
        card_id=card_id, user_id=who.user_id, changes=body.model_dump(exclude_unset=True)
    )


@router.delete("/cards/{card_id}", response={204: None})
async def delete(request: ApiRequest, card_id: UUID) -> HttpResponse:
    """Delete a card and the history of looks at it."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    await in_thread(cards.delete)(card_id=card_id, user_id=who.user_id)
    return HttpResponse(status=204)
