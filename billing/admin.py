from django.contrib import admin

from billing.models import StripeCustomer, Usage
from solacore.kit.admin import ReadOnlyAdmin


@admin.register(Usage)
class UsageAdmin(ReadOnlyAdmin[Usage]):
    """How much of their plan people have used."""

    list_display = ("user", "period_start", "session_count", "updated_at")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-updated_at", "pk")


@admin.register(StripeCustomer)
class StripeCustomerAdmin(ReadOnlyAdmin[StripeCustomer]):
    """Who people are at Stripe."""

    list_display = ("customer_id", "user", "created_at")
    list_select_related = ("user",)
    search_fields = ("=customer_id", "user__email")
    ordering = ("-created_at", "pk")
