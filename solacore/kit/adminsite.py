"""The staff door: Django's admin, with a count on who knocks."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django_ratelimit.core import is_ratelimited

from solacore.kit.http import client_ip

KNOCKS = "10/5m"


class StaffSite(admin.AdminSite):
    """Refuses an address that guesses: ten tries in five minutes."""

    site_header = site_title = "Solacore back office"

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the sign-in form, or 429 to who tried too often."""
        guessing = request.method == "POST" and is_ratelimited(
            request, group="staff-login", key=_address, rate=KNOCKS, increment=True
        )
        if guessing:
            return HttpResponse("Too many tries. Please wait five minutes.", status=429)
        return super().login(request, extra_context)


def _address(group: str, request: HttpRequest) -> str:
    scope = getattr(request, "scope", None)
    return client_ip(scope) if scope else str(request.META.get("REMOTE_ADDR"))
