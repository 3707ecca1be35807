from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from solacore.kit.admin import ReadOnlyAdmin
from webhooks.models import InboundEvent
from webhooks.services import inbox


@admin.register(InboundEvent)
class InboundEventAdmin(ReadOnlyAdmin[InboundEvent]):
    """What the stores delivered and what became of it. Payloads are not shown."""

    list_display = ("created_at", "event_type", "source", "state", "attempts", "error", "retry_at")
    list_filter = ("state", "source", "event_type")
    search_fields = ("=event_id",)
    ordering = ("-created_at", "pk")
    fields = (
        *("source", "event_id", "event_type", "state", "attempts", "error", "retry_at"),
        *("payload_hash", "created_at", "processed_at"),
    )
    actions = ("again",)

    @admin.action(description="Apply the selected again", permissions=["again"])
    def again(self, request: HttpRequest, chosen: QuerySet[InboundEvent]) -> None:
        now = timezone.now()
        self.each(request, chosen, lambda row: inbox.replay(event_id=row.event_id, now=now))

    def has_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("webhooks.change_inboundevent")
