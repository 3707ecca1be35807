from django.contrib import admin

from billing.models import Usage
from solacore.kit.admin import ReadOnlyAdmin


@admin.register(Usage)
class UsageAdmin(ReadOnlyAdmin[Usage]):
    """How much of their plan people have used."""

    list_display = ("user", "period_start", "session_count", "updated_at")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-updated_at", "pk")
