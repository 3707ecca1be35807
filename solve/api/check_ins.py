"""How a first step went: when to ask, and the answer."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import AfterValidator, Field, model_validator

from accounts.auth import SIGNED_IN, ApiRequest
from solacore.kit.http import Text
from solacore.kit.ratelimit import meter
from solacore.kit.threads import in_thread
from solve import limits
from solve.api.sessions import Limit, Moment, Offset
from solve.models import CheckIn
from solve.rules.outcomes import Outcome
from solve.selectors import check_ins as selectors
from solve.selectors.check_ins import Which
from solve.services import follow_through

router = Router(tags=["check-ins"], auth=SIGNED_IN)


def _said(note: str) -> str | None:
    return note if note.strip() else None


Note = Annotated[Text, Field(max_length=limits.NOTE_CHARACTERS), AfterValidator(_said)]


class CheckInOut(Schema):
    id: UUID
    session_id: UUID
    action: str | None
    due_at: datetime
    asked_at: datetime | None = Field(description="when the letter was sent")
    outcome: Outcome | None
    note: str | None
    answered_at: datetime | None


class AnsweredOut(CheckInOut):
    next_due_at: datetime | None = Field(description="when the next question comes")


class CheckInsOut(Schema):
    check_ins: list[CheckInOut]
    total: int
    limit: int
    offset: int


class CheckInsIn(Schema):
    status: Which = "all"
    limit: Limit = 20
    offset: Offset = 0


class ScheduleIn(Schema):
    due_at: Moment


class AnswerIn(Schema):
    outcome: Outcome
    note: Note | None = None
    next_due_at: Moment | None = Field(None, description="with not_yet: ask again then")

    @model_validator(mode="after")
    def _asks_again_only_about_what_is_open(self) -> Self:
        if self.next_due_at is not None and self.outcome != Outcome.NOT_YET:
            raise ValueError("next_due_at goes with not_yet")
        return self


@router.get("/check-ins", response=CheckInsOut)
async def listing(request: ApiRequest, filters: Query[CheckInsIn]) -> dict[str, Any]:
    """List my check-ins, soonest first."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    page, total = await in_thread(selectors.listing)(
        user_id=who.user_id, which=filters.status, limit=filters.limit, offset=filters.offset
    )
    return {"check_ins": page, "total": total, "limit": filters.limit, "offset": filters.offset}


@router.put("/{session_id}/check-in", response=CheckInOut)
async def schedule(request: ApiRequest, session_id: UUID, body: ScheduleIn) -> dict[str, Any]:
    """Ask me at a time of my own choosing; an open check-in moves."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    planned = await in_thread(follow_through.schedule)(
        session_id=session_id, user_id=who.user_id, due_at=body.due_at
    )
    return _out(planned)


@router.delete("/{session_id}/check-in", response={204: None})
async def cancel(request: ApiRequest, session_id: UUID) -> HttpResponse:
    """Do not ask me."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    await in_thread(follow_through.cancel)(session_id=session_id, user_id=who.user_id)
    return HttpResponse(status=204)


@router.post("/{session_id}/check-in", response=AnsweredOut)
async def answer(request: ApiRequest, session_id: UUID, body: AnswerIn) -> dict[str, Any]:
    """Say how it went. Another answer replaces the first until a follow-up has begun."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    answered = await in_thread(follow_through.answer)(
        session_id=session_id,
        user_id=who.user_id,
        outcome=body.outcome,
        note=body.note,
        next_due_at=body.next_due_at,
        now=timezone.now(),
    )
    return {**_out(answered.check_in), "next_due_at": answered.next_due_at}


def _out(check_in: CheckIn) -> dict[str, Any]:
    return {
        "id": check_in.pk,
        "session_id": check_in.session_id,
        "action": check_in.session.first_step_action,
        "due_at": check_in.due_at,
        "asked_at": check_in.asked_at,
        "outcome": check_in.outcome,
        "note": check_in.note,
        "answered_at": check_in.answered_at,
    }
