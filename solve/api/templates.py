"""The roles the coach can take (public)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from accounts.auth import ApiRequest
from solacore.kit.http import MAX_OFFSET, Text, client_ip
from solacore.kit.ratelimit import meter
from solacore.kit.threads import in_thread
from solve import limits
from solve.selectors import templates as selectors

router = Router(tags=["templates"])


class TemplateOut(Schema):
    id: UUID
    role_name: str
    role_name_cn: str | None
    category: str
    welcome_message: str | None
    icon_emoji: str | None
    usage_count: int


class TemplateItemOut(TemplateOut):
    created_at: datetime | None


class TemplateDetailOut(TemplateOut):
    system_prompt: str


class TemplatesOut(Schema):
    templates: list[TemplateItemOut]
    total: int


class TemplatesIn(Schema):
    category: Text | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET)] = 0


@router.get("", response=TemplatesOut)
async def listing(request: ApiRequest, filters: Query[TemplatesIn]) -> dict[str, Any]:
    """List the active roles, most used first."""
    await meter(request.scope, limits.API, client_ip(request.scope))
    found, total = await in_thread(selectors.templates)(
        category=filters.category, limit=filters.limit, offset=filters.offset
    )
    return {"templates": found, "total": total}


@router.get("/{template_id}", response=TemplateDetailOut)
async def detail(request: ApiRequest, template_id: UUID) -> Any:
    """Read one role, its prompt included."""
    await meter(request.scope, limits.API, client_ip(request.scope))
    return await in_thread(selectors.template)(template_id=template_id)
