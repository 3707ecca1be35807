"""The roles the coach can take."""

from uuid import UUID

from solve import errors
from solve.models import PromptTemplate


def templates(*, category: str | None, limit: int, offset: int) -> tuple[list[PromptTemplate], int]:
    """Return a page of active templates, most used first, and how many there are."""
    found = PromptTemplate.objects.active()
    if category is not None:
        found = found.filter(category=category)
    ordered = found.order_by("-usage_count", "-created_at", "pk")
    return list(ordered[offset : offset + limit]), found.count()


def template(*, template_id: UUID) -> PromptTemplate:
    """Return an active template. Raises TemplateNotFound."""
    found = PromptTemplate.objects.active().filter(pk=template_id).first()
    if found is None:
        raise errors.TemplateNotFound
    return found
