from django.contrib import admin

from solacore.kit.admin import ReadOnlyAdmin
from solacore.kit.talk.models import Helpline, ReferralCount


@admin.register(Helpline)
class HelplineAdmin(admin.ModelAdmin[Helpline]):
    """Whom to call: content editors (by Django's permissions on this model) may change it."""

    list_display = ("country", "name", "phone", "sms", "hours", "verified_on", "is_active")
    list_filter = ("is_active", "country")
    search_fields = ("name", "country", "source")
    ordering = ("country", "position", "pk")


@admin.register(ReferralCount)
class ReferralCountAdmin(ReadOnlyAdmin[ReferralCount]):
    """How often help was shown."""

    list_display = ("day", "product", "language", "tier", "count")
    list_filter = ("product", "tier", "language")
    ordering = ("-day", "pk")
