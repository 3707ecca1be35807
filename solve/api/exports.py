"""Sessions and figures to take along, as files."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import IO, Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponseBase
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from accounts.auth import SIGNED_IN, ApiRequest
from solacore.kit import downloads
from solacore.kit.http import Text
from solacore.kit.ratelimit import meter
from solacore.kit.threads import in_thread
from solve import limits
from solve.api.sessions import WantedStatus
from solve.rules import exports
from solve.rules.steps import Status, Step
from solve.selectors import exports as selectors
from solve.selectors import statistics
from solve.selectors.exports import ExportFilter

sessions_router = Router(tags=["sessions"], auth=SIGNED_IN)
stats_router = Router(tags=["stats"], auth=SIGNED_IN)

JSON, CSV, MARKDOWN = "application/json", "text/csv", "text/markdown"


class OneIn(Schema):
    format: Literal["markdown", "json"] = "markdown"


class AllIn(Schema):
    format: Literal["json", "csv"] = "json"
    start_date: date | None = None
    end_date: date | None = None
    status: WantedStatus | None = None
    tags: Annotated[Text, Field(max_length=600)] | None = None


class StatsIn(Schema):
    format: Literal["json", "csv"] = "json"


class TagOut(Schema):
    tag: str
    count: int


class DayOut(Schema):
    date: str
    count: int


class CompletionOut(Schema):
    total: int
    completed: int
    completion_rate: float = Field(description="in percent")


class FollowThroughOut(Schema):
    asked: int
    answered: int
    done: int
    not_yet: int
    changed: int
    rate: float = Field(description="done among the answers, in percent")


class OverviewOut(Schema):
    total_sessions: int
    status_distribution: dict[Status, int]
    top_tags: list[TagOut]
    daily_trend: list[DayOut] = Field(description="the last 30 days (UTC) that have any")
    action_completion: CompletionOut
    step_distribution: dict[Step, int]
    follow_through: FollowThroughOut | None = Field(None, description="once anything was asked")


@sessions_router.get("/all/export", response={200: None})
async def export_all(request: ApiRequest, filters: Query[AllIn]) -> HttpResponseBase:
    """Give me my sessions as one file, JSON or CSV."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    now = timezone.now()
    tags = tuple(tag.strip() for tag in (filters.tags or "").split(",") if tag.strip())
    wanted = ExportFilter(filters.start_date, filters.end_date, filters.status, tags)
    write = _write_json if filters.format == "json" else _write_csv
    file = await in_thread(_spooled)(who.user_id, wanted, now, write)
    name = f"sessions_export_{exports.day(now)}.{filters.format}"
    return downloads.respond(
        file, name=name, content_type=JSON if filters.format == "json" else CSV
    )


@sessions_router.get("/{session_id}/export", response={200: None})
async def export_one(
    request: ApiRequest, session_id: UUID, filters: Query[OneIn]
) -> HttpResponseBase:
    """Give me a session as a file, Markdown or JSON."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    found = await in_thread(selectors.one)(session_id=session_id, user_id=who.user_id)
    if filters.format == "json":
        return _file(
            exports.indented(exports.as_json(found)), f"{exports.file_stem(found)}.json", JSON
        )
    text = exports.markdown(found, now=timezone.now())
    return _file(text, f"{exports.file_stem(found)}.md", MARKDOWN)


@stats_router.get("/overview", response=OverviewOut, exclude_unset=True)
async def overview(request: ApiRequest) -> dict[str, Any]:
    """Give me figures about my sessions."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    return await in_thread(statistics.overview)(user_id=who.user_id, now=timezone.now())


@stats_router.get("/export", response={200: None})
async def export_statistics(request: ApiRequest, filters: Query[StatsIn]) -> HttpResponseBase:
    """Give me the figures as a file."""
    who = request.auth
    await meter(request.scope, limits.API, str(who.user_id))
    now = timezone.now()
    figures = await in_thread(statistics.overview)(user_id=who.user_id, now=now)
    name = f"stats_report_{exports.day(now)}.{filters.format}"
    if filters.format == "json":
        return _file(exports.indented({"export_time": now, **figures}), name, JSON)
    return _file(exports.csv_text(exports.statistics_rows(figures, now=now)), name, CSV)


Sessions = Iterator[dict[str, Any]]


def _spooled(
    user_id: UUID,
    wanted: ExportFilter,
    now: datetime,
    write: Callable[[IO[bytes], Sessions, datetime], None],
) -> IO[bytes]:
    """Write the wanted sessions to a file: in one thread, with its connection, in batches."""
    file = downloads.spool()
    write(file, selectors.several(user_id=user_id, wanted=wanted), now)
    return file


def _write_json(file: IO[bytes], sessions: Sessions, now: datetime) -> None:
    count = 0
    file.write(b'{"sessions":[')
    for session in sessions:
        whole = {**exports.as_json(session), "message_count": len(session["messages"])}
        file.write((",\n" if count else "\n").encode() + exports.indented(whole).encode())
        count += 1
    tail = exports.indented({"export_time": now, "total_sessions": count})
    file.write(b"\n]," + tail.removeprefix("{").encode())


def _write_csv(file: IO[bytes], sessions: Iterable[dict[str, Any]], now: datetime) -> None:
    file.write(exports.csv_text([exports.COLUMNS]).encode())
    for session in sessions:
        file.write(exports.csv_text([exports.csv_row(session)]).encode())


def _file(text: str, name: str, content_type: str) -> HttpResponseBase:
    file = downloads.spool()
    file.write(text.encode())
    return downloads.respond(file, name=name, content_type=content_type)
