"""Cards and reviews: what is due, how it went, what is to come."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Header, Query, Router, Schema
from pydantic import Field, StringConstraints

from accounts.auth import SIGNED_IN, ApiRequest
from learn import limits
from learn.models import CardState
from learn.rules.memory import Rating
from learn.rules.proposals import ANSWER_CHARACTERS, QUESTION_CHARACTERS
from learn.selectors import cards as selectors
from learn.services import cards
from solacore.kit.http import MAX_OFFSET, Text, json_response
from solacore.kit.ratelimit import meter
from solacore.kit.threads import in_thread

router = Router(tags=["reviews"], auth=SIGNED_IN)

_TRIMMED = StringConstraints(strip_whitespace=True)
Question = Annotated[Text, _TRIMMED, Field(min_length=1, max_length=QUESTION_CHARACTERS)]
Answer = Annotated[Text, _TRIMMED, Field(min_length=1, max_length=ANSWER_CHARACTERS)]
Concept = Annotated[Text, _TRIMMED, Field(max_length=200)]
Key = Annotated[Text, Field(min_length=1, max_length=200)]


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


class DueOut(Schema):
    cards: list[CardOut]
    total: int


class CardsOut(Schema):
    cards: list[CardOut]
    total: int
    limit: int
    offset: int


class DayOut(Schema):
    date: str
    count: int


class ForecastOut(Schema):
    days: list[DayOut]


class RetentionOut(Schema):
    reviews: int
    predicted: float | None
    measured: float | None
    desired: float
    days: int


class DueIn(Schema):
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class CardsIn(Schema):
    state: CardState | None = None
    session_id: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET)] = 0


class CardIn(Schema):
    question: Question
    answer: Answer
    concept: Concept = ""


class CardChangeIn(Schema):
    """``state`` active accepts a proposed card, or takes up a suspended one again."""

    question: Question | None = None
    answer: Answer | None = None
    concept: Concept | None = None
    state: Literal[CardState.ACTIVE, CardState.SUSPENDED] | None = None


class GradeIn(Schema):
    rating: Literal["again", "hard", "good", "easy"]


@router.get("/reviews/due", response=DueOut)
async def due(request: ApiRequest, filters: Query[DueIn]) -> HttpResponse:
    """List the cards to look at now, the longest due first."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    found, total = await in_thread(selectors.due)(
        user_id=who.user_id, now=timezone.now(), limit=filters.limit
    )
    return json_response({"cards": found, "total": total})


@router.post("/reviews/{card_id}/grade", response=CardOut)
async def grade(
    request: ApiRequest,
    card_id: UUID,
    body: GradeIn,
    idempotency_key: Header[Key | None] = None,
) -> Any:
    """Say how a look at a card went; the answer says when the next one is."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    return await in_thread(cards.grade)(
        card_id=card_id,
        user_id=who.user_id,
        rating=Rating[body.rating.upper()],
        key=idempotency_key,
        now=timezone.now(),
    )


@router.get("/reviews/forecast", response=ForecastOut)
async def forecast(request: ApiRequest) -> dict[str, Any]:
    """Say how many cards come due on each of the next 30 days."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    days = await in_thread(selectors.forecast)(user_id=who.user_id, now=timezone.now())
    return {"days": days}


@router.get("/reviews/retention", response=RetentionOut)
async def retention(request: ApiRequest) -> dict[str, Any]:
    """Say how much I remembered of what was expected."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    return await in_thread(selectors.retention)(user_id=who.user_id, now=timezone.now())


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
