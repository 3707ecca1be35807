from django.contrib import admin
from django.http import HttpRequest

from solacore.kit.admin import ReadOnlyAdmin
from solve.models import AnalyticsEvent, CheckIn, PromptTemplate, SolveSession, StepVisit
from solve.models.session import SolveSessionQuerySet


class StepVisitInline(admin.TabularInline[StepVisit, SolveSession]):
    model = StepVisit
    fields = readonly_fields = ("step", "started_at", "completed_at", "message_count")
    extra = 0
    can_delete = False
    ordering = ("started_at",)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(SolveSession)
class SolveSessionAdmin(ReadOnlyAdmin[SolveSession]):
    """Support sees where a session stands, never what was said in it."""

    list_display = ("id", "user", "current_step", "status", "messages", "created_at")
    list_filter = ("status", "current_step", "created_at")
    list_select_related = ("user",)
    search_fields = ("=id", "user__email")
    ordering = ("-created_at", "pk")
    fields = (
        *("id", "user", "template", "current_step", "status"),
        *("locale", "created_at", "completed_at"),
    )
    inlines = (StepVisitInline,)

    def get_queryset(self, request: HttpRequest) -> SolveSessionQuerySet:
        return SolveSession.objects.with_message_count()

    @admin.display(ordering="message_count")
    def messages(self, session: SolveSession) -> int:
        return session.message_count


@admin.register(PromptTemplate)
class PromptTemplateAdmin(admin.ModelAdmin[PromptTemplate]):
    """The coach's roles: words that staff may edit."""

    list_display = ("role_name", "role_name_cn", "category", "usage_count", "is_active")
    list_filter = ("category", "is_active")
    search_fields = ("role_name", "role_name_cn")
    readonly_fields = ("usage_count",)
    ordering = ("role_name",)


@admin.register(CheckIn)
class CheckInAdmin(ReadOnlyAdmin[CheckIn]):
    """When somebody was asked and which answer they gave, never their note."""

    list_display = ("id", "session", "due_at", "asked_at", "outcome", "answered_at")
    list_filter = ("outcome", "due_at")
    list_select_related = ("session",)
    ordering = ("-due_at", "pk")
    fields = ("id", "session", "due_at", "asked_at", "outcome", "answered_at", "created_at")


@admin.register(AnalyticsEvent)
class AnalyticsEventAdmin(ReadOnlyAdmin[AnalyticsEvent]):
    """What happened, never what was said."""

    list_display = ("event_type", "session", "created_at")
    list_filter = ("event_type",)
    list_select_related = ("session",)
    ordering = ("-created_at", "pk")
    show_full_result_count = False
