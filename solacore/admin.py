"""The queue of deferred work, as staff may see it: what and when, never for whom or with what."""

from typing import Any

import django_tasks_db.admin  # noqa: F401 (registers its own page first)
from django.contrib import admin
from django_tasks_db.models import DBTaskResult

from solacore.kit.admin import ReadOnlyAdmin

# The library's own page shows arguments and tracebacks, and those may hold an address.
admin.site.unregister(DBTaskResult)


@admin.register(DBTaskResult)
class DeferredWorkAdmin(ReadOnlyAdmin[Any]):
    """Mails and calls that wait, run, or failed (retried by ``retry_tasks``)."""

    list_display = ("id", "task_path", "status", "enqueued_at", "started_at", "finished_at")
    list_filter = ("status", "task_path")
    ordering = ("-enqueued_at", "id")
    fields = (*list_display, "run_after", "exception_class_path")
