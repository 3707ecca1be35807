from django.contrib import admin

from learn.models import LearnSession
from solacore.kit.admin import ReadOnlyAdmin


@admin.register(LearnSession)
class LearnSessionAdmin(ReadOnlyAdmin[LearnSession]):
    """Where a lesson stands, never what was said, nor what it is about."""

    list_display = ("id", "user", "status", "current_step", "mode", "current_tool", "created_at")
    list_filter = ("status", "current_step", "mode")
    list_select_related = ("user",)
    search_fields = ("=id", "user__email")
    ordering = ("-created_at", "pk")
    fields = (
        *("id", "user", "status", "current_step", "mode", "tool_plan", "current_tool"),
        *("locale", "created_at", "completed_at"),
    )
