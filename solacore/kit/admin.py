"""Staff look, services act."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from solacore.kit import errors

M = TypeVar("M", bound=Model)


class ReadOnlyAdmin(admin.ModelAdmin[M]):
    """Nothing is added, changed or deleted here; actions call services."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def each(self, request: HttpRequest, chosen: QuerySet[M], act: Callable[[M], object]) -> None:
        """Call ``act`` for each row; tell staff how many were done and why others were refused."""
        done = 0
        for row in chosen:
            try:
                act(row)
            except errors.DomainError as refusal:
                self.message_user(request, f"{row.pk}: {refusal.message}", messages.WARNING)
            else:
                done += 1
        if done:
            self.message_user(request, f"{done} done.", messages.SUCCESS)
