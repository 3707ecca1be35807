"""Lessons: begin, list, read, change, delete; the path through the methods."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Header, Query, Router, Schema
from pydantic import Field

from accounts.auth import SIGNED_IN, ApiRequest
from billing import selectors as billing
from learn import limits
from learn.rules.methods import METHODS
from learn.rules.steps import Mode, Status, Step
from learn.selectors import sessions as selectors
from learn.services import sessions
from solacore.kit.http import MAX_OFFSET, Text, json_response, preferred_language
from solacore.kit.mail import LANGUAGES
from solacore.kit.ratelimit import meter
from solacore.kit.schemas import State
from solacore.kit.threads import in_thread

router = Router(tags=["learn"], auth=SIGNED_IN)

Name = Annotated[Text, Field(max_length=64)]
Names = Annotated[list[Name], Field(max_length=50)]


class StartedOut(Schema):
    session_id: UUID
    status: Status
    current_step: Step
    created_at: datetime


class SummaryOut(Schema):
    id: UUID
    status: Status
    current_step: Step
    topic: str | None
    created_at: datetime
    first_message: str | None


class HistoryOut(Schema):
    sessions: list[SummaryOut]
    total: int
    limit: int
    offset: int


class ToolOut(Schema):
    id: str
    name: str
    description: str
    estimated_minutes: int
    scenarios: list[str]


class ToolsOut(Schema):
    tools: list[ToolOut]


class MessageOut(Schema):
    id: UUID
    role: Literal["user", "assistant"]
    content: str
    step: Step | None
    tool: str | None
    state: State
    variants: int = Field(description="how many earlier versions there are")
    created_at: datetime


class DetailOut(Schema):
    id: UUID
    status: Status
    current_step: Step
    topic: str | None
    key_concepts: list[str] | None
    learning_summary: str | None
    review_schedule: dict[str, datetime] | None
    created_at: datetime
    completed_at: datetime | None
    messages: list[MessageOut]


class ChangeIn(Schema):
    current_step: Name | None = None
    status: Name | None = None


class ChangedOut(Schema):
    id: UUID
    status: Status
    current_step: Step
    topic: str | None


class PathIn(Schema):
    mode: Mode
    selected_tools: Names | None = None
    preferred_order: Names | None = None


class PathOut(Schema):
    session_id: UUID
    mode: Mode
    current_tool: str
    tool_plan: list[str]


class ToolIn(Schema):
    tool: Name


class CurrentToolOut(Schema):
    session_id: UUID
    current_tool: str
    tool_plan: list[str]


class ProgressOut(Schema):
    session_id: UUID
    mode: Mode
    current_tool: str | None
    tool_plan: list[str]
    completed_tools: list[str]
    progress_percentage: int


class PageIn(Schema):
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET)] = 0


class StartIn(Schema):
    mode: Name = Mode.QUICK.value


class DetailIn(Schema):
    include_messages: bool = True


@router.get("", response=HistoryOut)
async def listing(request: ApiRequest, filters: Query[PageIn]) -> HttpResponse:
    """List my lessons, newest first."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    found, total = await in_thread(selectors.history)(
        user_id=who.user_id, limit=filters.limit, offset=filters.offset
    )
    page = {"limit": filters.limit, "offset": filters.offset}
    return json_response({"sessions": found, "total": total, **page})


@router.post("", response={201: StartedOut})
async def start(
    request: ApiRequest,
    filters: Query[StartIn],
    x_device_fingerprint: Header[Annotated[Text, Field(max_length=255)] | None] = None,
) -> HttpResponse:
    """Begin a lesson; it counts against the plan's lessons."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    now = timezone.now()
    mine = await billing.standing(user_id=who.user_id, joined=who.joined, now=now)
    session_id = await in_thread(sessions.start)(
        user_id=who.user_id,
        mode=filters.mode,
        fingerprint=x_device_fingerprint,
        locale=_language(request),
        allowance=mine.lessons,
        now=now,
    )
    answer = {
        "session_id": session_id,
        "status": Status.ACTIVE.value,
        "current_step": Step.START.value,
        "created_at": now,
    }
    return json_response(answer, 201)


@router.get("/tools", response=ToolsOut)
async def tools(request: ApiRequest) -> HttpResponse:
    """List the ten methods, in their fixed order, in my language."""
    await meter(request.scope, limits.API, str(request.auth.user_id))
    language = _language(request)
    found = [
        {
            "id": method.id,
            "name": method.words[language].name,
            "description": method.words[language].description,
            "estimated_minutes": method.minutes,
            "scenarios": method.words[language].scenarios,
        }
        for method in METHODS.values()
    ]
    return json_response({"tools": found})


@router.get("/{session_id}", response=DetailOut)
async def read(request: ApiRequest, session_id: UUID, filters: Query[DetailIn]) -> HttpResponse:
    """Read a lesson, with all that was said unless not wanted."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    found = await in_thread(selectors.detail)(
        session_id=session_id, user_id=who.user_id, messages=filters.include_messages
    )
    return json_response(found)


@router.patch("/{session_id}", response=ChangedOut)
async def change(
    request: ApiRequest, session_id: UUID, filters: Query[ChangeIn], body: ChangeIn | None = None
) -> Any:
    """Set step or status, by JSON or by query (M4); what the body says counts first."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    said = body or ChangeIn()
    return await in_thread(sessions.change)(
        session_id=session_id,
        user_id=who.user_id,
        step=said.current_step or filters.current_step,
        status=said.status or filters.status,
        now=timezone.now(),
    )


@router.delete("/{session_id}", response={204: None})
async def delete(request: ApiRequest, session_id: UUID) -> HttpResponse:
    """Delete a lesson with all that was said."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    await in_thread(sessions.delete)(session_id=session_id, user_id=who.user_id)
    return HttpResponse(status=204)


@router.post("/{session_id}/path", response=PathOut)
async def choose_path(request: ApiRequest, session_id: UUID, body: PathIn) -> dict[str, Any]:
    """Choose which methods, in which order."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    session = await in_thread(sessions.choose_path)(
        session_id=session_id,
        user_id=who.user_id,
        mode=body.mode.value,
        selected=body.selected_tools or [],
        preferred=body.preferred_order or [],
    )
    return {
        "session_id": session.pk,
        "mode": session.mode,
        "current_tool": session.current_tool,
        "tool_plan": session.tool_plan,
    }


@router.patch("/{session_id}/current-tool", response=CurrentToolOut)
async def switch_tool(request: ApiRequest, session_id: UUID, body: ToolIn) -> dict[str, Any]:
    """Go on with another method of the path."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    session = await in_thread(sessions.switch_tool)(
        session_id=session_id, user_id=who.user_id, tool=body.tool
    )
    return {
        "session_id": session.pk,
        "current_tool": session.current_tool,
        "tool_plan": session.tool_plan,
    }


@router.get("/{session_id}/progress", response=ProgressOut)
async def progress(request: ApiRequest, session_id: UUID) -> dict[str, Any]:
    """Say how far along its path a lesson is."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    return await in_thread(selectors.progress)(session_id=session_id, user_id=who.user_id)


def _language(request: ApiRequest) -> str:
    """Return the language of the browser if it is one of ours, else the account's."""
    header = request.headers.get("Accept-Language", "")
    own = request.auth.locale[:2].lower()
    return preferred_language(header, LANGUAGES, own if own in LANGUAGES else "en")
