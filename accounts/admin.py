from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Device, Identity, LoginSession, User
from accounts.services import sessions, users
from solacore.kit.admin import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(ReadOnlyAdmin[User]):
    """Who has an account. Passwords are never shown, not even as hashes."""

    list_display = ("email", "auth_provider", "is_active", "is_staff", "created_at")
    list_filter = ("is_active", "is_staff", "auth_provider")
    search_fields = ("=id", "email")
    ordering = ("-created_at", "pk")
    fields = (
        *("id", "email", "email_verified_at", "auth_provider", "locale"),
        *("is_active", "is_staff", "is_tester", "device_limit", "created_at"),
    )
    actions = ("switch_off", "switch_on", "end_sign_ins")

    @admin.action(description="Deactivate the selected accounts", permissions=["switch"])
    def switch_off(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self.each(request, chosen, lambda user: users.switch_off(user_id=user.pk))

    @admin.action(description="Activate the selected accounts", permissions=["switch"])
    def switch_on(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self.each(request, chosen, lambda user: users.switch_on(user_id=user.pk))

    @admin.action(description="End all sign-ins of the selected", permissions=["switch"])
    def end_sign_ins(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self.each(request, chosen, lambda user: sessions.end_all(user_id=user.pk))

    def has_switch_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_user")


@admin.register(Identity)
class IdentityAdmin(ReadOnlyAdmin[Identity]):
    """Who may open which account by Google's or Apple's word."""

    list_display = ("id", "user", "provider", "created_at")
    list_filter = ("provider",)
    list_select_related = ("user",)
    search_fields = ("=id", "user__email")
    ordering = ("-created_at", "pk")
    fields = ("id", "user", "provider", "created_at")


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin[Device]):
    """The browsers and phones people use. The fingerprint stays between them and us."""

    list_display = ("id", "user", "name", "platform", "is_active", "last_active_at")
    list_filter = ("platform", "is_active")
    list_select_related = ("user",)
    search_fields = ("=id", "user__email")
    ordering = ("-last_active_at", "pk")
    fields = ("id", "user", "name", "platform", "is_active", "last_active_at", "created_at")


@admin.register(LoginSession)
class LoginSessionAdmin(ReadOnlyAdmin[LoginSession]):
    """Living sign-ins; staff may end them."""

    list_display = ("id", "user", "device", "rotated_at", "expires_at")
    list_select_related = ("user", "device")
    search_fields = ("=id", "user__email")
    ordering = ("-rotated_at", "pk")
    fields = ("id", "user", "device", "rotated_at", "expires_at", "created_at")
    actions = ("end",)

    @admin.action(description="End the selected sign-ins", permissions=["end"])
    def end(self, request: HttpRequest, chosen: QuerySet[LoginSession]) -> None:
        self.each(request, chosen, lambda session: sessions.end(session))

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.delete_loginsession")
