"""The list of first steps that grows out of sessions."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from accounts.auth import SIGNED_IN, ApiRequest
from solacore.kit.http import MAX_OFFSET
from solacore.kit.ratelimit import meter
from solacore.kit.threads import in_thread
from solve import limits
from solve.selectors import actions as selectors
from solve.services import actions

router = Router(tags=["actions"], auth=SIGNED_IN)


class ActionOut(Schema):
    """``id`` is the session's: it has one action at most."""

    id: UUID
    session_id: UUID
    action: str
    completed: bool
    completed_at: datetime | None
    created_at: datetime


class FiguresOut(Schema):
    total: int
    completed: int
    pending: int
    completion_rate: float


class PageOut(Schema):
    limit: int
    offset: int
    total: int


class ActionsOut(Schema):
    actions: list[ActionOut]
    stats: FiguresOut
    pagination: PageOut


class ActionsIn(Schema):
    status: Literal["pending", "completed", "all"] = "all"
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET)] = 0


class ActionStateOut(Schema):
    id: UUID
    action_completed: bool
    action_completed_at: datetime | None


COMPLETED = {"pending": False, "completed": True, "all": None}


@router.get("", response=ActionsOut)
async def listing(request: ApiRequest, filters: Query[ActionsIn]) -> dict[str, Any]:
    """List my first steps: open ones first, then the newest. The figures count all of them."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    page, total, stats = await in_thread(selectors.listing)(
        user_id=who.user_id,
        completed=COMPLETED[filters.status],
        limit=filters.limit,
        offset=filters.offset,
    )
    pagination = {"limit": filters.limit, "offset": filters.offset, "total": total}
    return {"actions": page, "stats": stats, "pagination": pagination}


@router.patch("/{session_id}/complete", response=ActionStateOut)
async def complete(request: ApiRequest, session_id: UUID) -> Any:
    """Mark a first step as done."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    return await in_thread(actions.complete)(
        session_id=session_id, user_id=who.user_id, now=timezone.now()
    )


@router.patch("/{session_id}/uncomplete", response=ActionStateOut)
async def uncomplete(request: ApiRequest, session_id: UUID) -> Any:
    """Mark a first step as not done after all."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    return await in_thread(actions.reopen)(
        session_id=session_id, user_id=who.user_id, now=timezone.now()
    )
