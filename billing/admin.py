"""Why somebody's plan is what it is, for staff; and dj-stripe's copy, reduced to four pages."""

from datetime import timedelta
from typing import Any

import djstripe.admin  # noqa: F401 (registers its own pages first)
from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from djstripe.models import Customer, Event, Invoice, Subscription

from billing.models import Entitlement, StoreEvent, StripeCustomer, Usage
from billing.rules import explain
from billing.rules.plans import is_valid
from billing.services import entitlements
from solacore.kit.admin import ReadOnlyAdmin

GIFT = timedelta(days=30)


@admin.register(Entitlement)
class EntitlementAdmin(ReadOnlyAdmin[Entitlement]):
    """What each store says of somebody. Search by address: the sentence says why."""

    list_display = ("user", "tier", "store", "status", "valid", "valid_until", "because", "as_of")
    list_filter = ("tier", "store", "status")
    list_select_related = ("user",)
    search_fields = ("=user__id", "user__email", "=contract")
    ordering = ("-as_of", "pk")
    fields = (
        *("user", "explanation", "store", "tier", "status", "valid", "valid_until"),
        *("period_start", "period_end", "cancel_at_period_end", "contract", "because", "as_of"),
        "news",
    )
    readonly_fields = ("explanation", "valid", "news")
    actions = ("give_standard", "give_pro", "take_gift_back")

    @admin.display(description="Why the plan is what it is")
    def explanation(self, row: Entitlement) -> str:
        rows = Entitlement.objects.filter(user_id=row.user_id)
        return explain.sentence(list(rows), now=timezone.now())

    @admin.display(boolean=True, description="valid now")
    def valid(self, row: Entitlement) -> bool:
        return is_valid(row, timezone.now())

    @admin.display(description="Newest news of this store")
    def news(self, row: Entitlement) -> str:
        told = StoreEvent.objects.of(row.user_id).filter(store=row.store).order_by("-at", "-pk")
        return "; ".join(f"{event.at:%Y-%m-%d %H:%M} {event.type}" for event in told[:10])

    @admin.action(description="Give Standard for 30 days", permissions=["give"])
    def give_standard(self, request: HttpRequest, chosen: QuerySet[Entitlement]) -> None:
        self._give(request, chosen, "standard")

    @admin.action(description="Give Pro for 30 days", permissions=["give"])
    def give_pro(self, request: HttpRequest, chosen: QuerySet[Entitlement]) -> None:
        self._give(request, chosen, "pro")

    @admin.action(description="Take a gift back", permissions=["give"])
    def take_gift_back(self, request: HttpRequest, chosen: QuerySet[Entitlement]) -> None:
        self._give(request, chosen, "free")

    def _give(self, request: HttpRequest, chosen: QuerySet[Entitlement], tier: str) -> None:
        now = timezone.now()
        self.each(
            request,
            chosen,
            lambda row: entitlements.grant(
                user_id=row.user_id,
                tier=tier,
                until=now + GIFT,
                reason=f"staff {request.user.pk}"[:64],
                now=now,
            ),
        )

    def has_give_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("billing.change_entitlement")


@admin.register(StoreEvent)
class StoreEventAdmin(ReadOnlyAdmin[StoreEvent]):
    """What the stores told, as read. Without a user: parked until somebody of ours is meant."""

    list_display = ("at", "type", "kind", "store", "user", "tier", "status", "contract")
    list_filter = ("provider", "store", "kind")
    list_select_related = ("user",)
    search_fields = ("=event_id", "=subject", "=contract", "user__email")
    ordering = ("-at", "-pk")


@admin.register(StripeCustomer)
class StripeCustomerAdmin(ReadOnlyAdmin[StripeCustomer]):
    """Who people are at Stripe."""

    list_display = ("customer_id", "user", "created_at")
    list_select_related = ("user",)
    search_fields = ("=customer_id", "user__email")
    ordering = ("-created_at", "pk")


@admin.register(Usage)
class UsageAdmin(ReadOnlyAdmin[Usage]):
    """How much of their plan people have used."""

    list_display = ("user", "kind", "period_start", "session_count", "updated_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-updated_at", "pk")


for _model in apps.get_app_config("djstripe").get_models():
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


@admin.register(Customer, Subscription, Invoice, Event)
class MirrorAdmin(ReadOnlyAdmin[Any]):
    """Stripe's objects as dj-stripe copied them. For looking only: nothing is decided by them."""

    list_display = ("id", "created", "livemode")
    search_fields = ("=id",)
    ordering = ("-created", "pk")
    fields = ("id", "created", "livemode")
