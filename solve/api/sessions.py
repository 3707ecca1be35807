"""Solve sessions: open, list, read, change, delete."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Header, Query, Router, Schema
from pydantic import AfterValidator, BeforeValidator, Field

from accounts.auth import SIGNED_IN, ApiRequest
from billing import selectors as billing
from solacore.kit.http import MAX_OFFSET, Text, json_response
from solacore.kit.ratelimit import meter
from solacore.kit.schemas import State
from solacore.kit.threads import in_thread
from solve import limits
from solve.rules.outcomes import Outcome
from solve.rules.steps import Status, Step
from solve.selectors import sessions as selectors
from solve.selectors.sessions import HistoryFilter
from solve.services import sessions
from solve.services.sessions import Changes

router = Router(tags=["solve"], auth=SIGNED_IN)

Limit = Annotated[int, Field(ge=1, le=100)]
Offset = Annotated[int, Field(ge=0, le=MAX_OFFSET)]
Fingerprint = Annotated[Text, Field(min_length=1, max_length=255)]


def _utc(moment: datetime) -> datetime:
    """Read a time without an offset as UTC (M9)."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:  # the last hours of year 9999, west of Greenwich
        raise ValueError("is beyond what a calendar holds") from error


def _archived(status: object) -> object:
    """The web client offers a status that v0 never produced (M12)."""
    return "abandoned" if status == "archived" else status


WantedStatus = Annotated[Status, BeforeValidator(_archived)]


def _distinct(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


Moment = Annotated[datetime, AfterValidator(_utc)]
Tag = Annotated[Text, Field(min_length=1, max_length=limits.TAG_CHARACTERS)]
Tags = Annotated[list[Tag], Field(max_length=limits.TAGS), AfterValidator(_distinct)]


class StartIn(Schema):
    template_id: UUID | None = None
    follow_up_of: UUID | None = Field(None, description="a session of mine to look back on")


class UsageOut(Schema):
    sessions_used: int
    sessions_limit: int = Field(description="0 is unlimited")
    tier: str


class StartedOut(Schema):
    session_id: UUID
    status: Status
    current_step: Step
    created_at: datetime
    usage: UsageOut


class HighlightOut(Schema):
    message_id: UUID
    role: Literal["user", "assistant"]
    fragment: str = Field(description="plain text, some 80 characters of the message")
    ranges: list[tuple[int, int]] = Field(
        description="what was found: [start, end) in characters (code points) of the fragment"
    )


class SummaryOut(Schema):
    id: UUID
    status: Status
    current_step: Step
    created_at: datetime
    completed_at: datetime | None
    first_message: str | None
    tags: list[str]
    highlights: list[HighlightOut] | None = Field(
        None, description="at most 3; left out unless words were asked for"
    )


class HistoryOut(Schema):
    sessions: list[SummaryOut]
    total: int
    limit: int
    offset: int


class MessageOut(Schema):
    id: UUID
    role: Literal["user", "assistant"]
    content: str
    step: Step | None = Field(None, description="left out when there is none")
    state: State
    variants: int = Field(description="how many earlier versions there are")
    created_at: datetime


class CheckInStateOut(Schema):
    due_at: datetime
    outcome: Outcome | None
    answered_at: datetime | None


class DetailOut(Schema):
    id: UUID
    status: Status
    current_step: Step
    created_at: datetime
    completed_at: datetime | None = Field(None, description="left out when there is none")
    locale: str
    tags: list[str]
    reminder_time: datetime | None
    first_step_action: str | None
    action_completed: bool
    action_completed_at: datetime | None
    follows: UUID | None = Field(description="the session this one looks back on")
    check_in: CheckInStateOut | None = Field(description="the newest: open, or else answered")
    messages: list[MessageOut] | None = Field(None, description="left out unless asked for")


class ChangeIn(Schema):
    status: Text | None = None
    current_step: Text | None = None
    locale: Annotated[Text, Field(max_length=10)] | None = None
    first_step_action: Annotated[Text, Field(max_length=limits.ACTION_CHARACTERS)] | None = None
    reminder_time: Moment | None = Field(None, description="null clears it")
    tags: Tags | None = None


class ChangedOut(Schema):
    id: UUID
    status: Status
    current_step: Step
    updated_at: datetime


class HistoryIn(Schema):
    limit: Limit = 20
    offset: Offset = 0
    q: Annotated[Text, Field(max_length=limits.SEARCH_CHARACTERS)] | None = Field(
        None, description="words that one message holds, as written or (longer ones) inflected"
    )
    tags: Text | None = Field(None, description="comma list; any of them matches")
    status: WantedStatus | None = None
    from_date: Moment | None = None
    to_date: Moment | None = None


@router.post("", response={201: StartedOut})
async def start(
    request: ApiRequest,
    x_device_fingerprint: Header[Fingerprint],
    body: StartIn | None = None,
) -> HttpResponse:
    """Open a session at the first step; it counts against the plan."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    now = timezone.now()
    mine = await billing.standing(user_id=who.user_id, joined=who.joined, now=now)
    started = await in_thread(sessions.start)(
        user_id=who.user_id,
        fingerprint=x_device_fingerprint,
        locale=who.locale,
        allowance=mine.allowance,
        now=now,
        template_id=body.template_id if body else None,
        follow_up_of=body.follow_up_of if body else None,
    )
    usage = {
        "sessions_used": started.sessions_used,
        "sessions_limit": started.allowance.limit or 0,
        "tier": started.allowance.tier,
    }
    answer = {
        "session_id": started.session_id,
        "status": Status.ACTIVE.value,
        "current_step": Step.RECEIVE.value,
        "created_at": started.created_at,
        "usage": usage,
    }
    return json_response(answer, 201)


@router.get("", response=HistoryOut)
async def history(request: ApiRequest, filters: Query[HistoryIn]) -> HttpResponse:
    """List my sessions, newest first."""
    await meter(request.scope, limits.API, str(request.auth.user_id))
    tags = [tag.strip() for tag in (filters.tags or "").split(",") if tag.strip()]
    wanted = HistoryFilter(
        status=filters.status,
        words=filters.q,
        tags=tags or None,
        since=filters.from_date,
        until=filters.to_date,
    )
    found, total = await in_thread(selectors.history)(
        user_id=request.auth.user_id, wanted=wanted, limit=filters.limit, offset=filters.offset
    )
    page = {"sessions": found, "total": total, "limit": filters.limit, "offset": filters.offset}
    return json_response(page)


class DetailIn(Schema):
    include_messages: bool = False
    limit: Limit | None = None
    offset: Offset = 0


@router.get("/{session_id}", response=DetailOut)
async def detail(request: ApiRequest, session_id: UUID, filters: Query[DetailIn]) -> HttpResponse:
    """Read a session; with messages all of them, oldest first, unless a page is asked for."""
    await meter(request.scope, limits.API, str(request.auth.user_id))
    found = await in_thread(selectors.detail)(
        session_id=session_id,
        user_id=request.auth.user_id,
        messages=filters.include_messages,
        limit=filters.limit,
        offset=filters.offset,
    )
    return json_response(found)


@router.patch("/{session_id}", response=ChangedOut)
async def change(request: ApiRequest, session_id: UUID, body: ChangeIn) -> dict[str, Any]:
    """Change status, step, locale, first step, reminder or tags; what is absent stays."""
    await meter(request.scope, limits.API, str(request.auth.user_id))
    sent = body.dict(exclude_unset=True)
    now = timezone.now()
    changes = Changes(
        status=sent.pop("status", None), step=sent.pop("current_step", None), fields=sent
    )
    session = await in_thread(sessions.change)(
        session_id=session_id, user_id=request.auth.user_id, changes=changes, now=now
    )
    return {
        "id": session.pk,
        "status": session.status,
        "current_step": session.current_step,
        "updated_at": now,
    }


@router.delete("/{session_id}", response={204: None})
async def delete(request: ApiRequest, session_id: UUID) -> HttpResponse:
    """Delete a session and everything said in it."""
    await meter(request.scope, limits.API, str(request.auth.user_id))
    await in_thread(sessions.delete)(session_id=session_id, user_id=request.auth.user_id)
    return HttpResponse(status=204)
