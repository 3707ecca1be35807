"""Reviews: what is due, how it went, what is to come; the map of what is known."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Header, Query, Router, Schema
from pydantic import Field

from accounts.auth import SIGNED_IN, ApiRequest
from learn import limits
from learn.api.cards import CardOut
from learn.rules.memory import Rating
from learn.selectors import mastery
from learn.selectors import reviews as selectors
from learn.services import reviews
from solacore.kit.http import MAX_OFFSET, Text, json_response, preferred_language
from solacore.kit.mail import LANGUAGES, language_of
from solacore.kit.ratelimit import meter
from solacore.kit.threads import in_thread

router = Router(tags=["reviews"], auth=SIGNED_IN)

Key = Annotated[Text, Field(min_length=1, max_length=200)]


class DueOut(Schema):
    """``total`` is what this list has in all, ``remaining_today`` what my limits leave of
    ``due_total``."""

    cards: list[CardOut]
    total: int
    remaining_today: int
    due_total: int


class DayOut(Schema):
    date: str
    count: int


class ForecastOut(Schema):
    days: list[DayOut]


class BucketOut(Schema):
    """Looks of which a chance from ``at_least`` to ``below`` was predicted."""

    at_least: float
    below: float
    reviews: int
    predicted: float
    measured: float


class RetentionOut(Schema):
    reviews: int
    predicted: float | None
    measured: float | None
    desired: float
    days: int
    buckets: list[BucketOut]


class DueIn(Schema):
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    all: bool = False


class GradeIn(Schema):
    rating: Literal["again", "hard", "good", "easy"]


class MapIn(Schema):
    limit: Annotated[int, Field(ge=1, le=200)] = 100
    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET)] = 0


class NextOut(Schema):
    """What to do next about a concept, and why (in the language that was asked for)."""

    method: str
    name: str
    reason: str
    because: str


class ConceptOut(Schema):
    """``retrievability``: how likely its cards are remembered now, on average; 0 to 1."""

    name: str
    cards: int
    seen: int
    retrievability: float | None
    last_grades: list[Literal["again", "hard", "good", "easy"]]
    prerequisites: list[str]
    session_id: UUID | None
    next: NextOut


class MapOut(Schema):
    concepts: list[ConceptOut]
    total: int
    limit: int
    offset: int


@router.get("/reviews/due", response=DueOut)
async def due(request: ApiRequest, filters: Query[DueIn]) -> HttpResponse:
    """List the cards to look at now: the longest overdue first, then new ones.

    My daily limits hold, unless I ask for all.
    """
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    found = await in_thread(selectors.due)(
        user_id=who.user_id, now=timezone.now(), limit=filters.limit, everything=filters.all
    )
    return json_response(found)


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
    return await in_thread(reviews.grade)(
        card_id=card_id,
        user_id=who.user_id,
        rating=Rating[body.rating.upper()],
        key=idempotency_key,
        now=timezone.now(),
    )


@router.post("/reviews/{card_id}/undo", response=CardOut)
async def undo(request: ApiRequest, card_id: UUID) -> Any:
    """Take the last grade of a card back; asked twice, it is taken back once."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    return await in_thread(reviews.undo)(card_id=card_id, user_id=who.user_id, now=timezone.now())


@router.get("/reviews/forecast", response=ForecastOut)
async def forecast(request: ApiRequest) -> dict[str, Any]:
    """Say how many cards come due on each of the next 30 days (my own days)."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    days = await in_thread(selectors.forecast)(user_id=who.user_id, now=timezone.now())
    return {"days": [{"date": day.isoformat(), "count": n} for day, n in days.items()]}


@router.get("/reviews/retention", response=RetentionOut)
async def retention(request: ApiRequest) -> dict[str, Any]:
    """Say how much I remembered of what was expected."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    return await in_thread(selectors.retention)(user_id=who.user_id, now=timezone.now())


@router.get("/map", response=MapOut)
async def concepts(request: ApiRequest, filters: Query[MapIn]) -> HttpResponse:
    """Show what I know how well, the weakest first, and what to do next about it."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    language = preferred_language(
        request.headers.get("Accept-Language", ""), LANGUAGES, language_of(who.locale)
    )
    found, total = await in_thread(mastery.whole)(
        user_id=who.user_id,
        language=language,
        now=timezone.now(),
        limit=filters.limit,
        offset=filters.offset,
    )
    page = {"limit": filters.limit, "offset": filters.offset}
    return json_response({"concepts": found, "total": total, **page})
