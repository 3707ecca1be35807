from typing import Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Count, Q

from accounts.models import Device
from solacore.kit.models import BaseModel
from solve.models.template import PromptTemplate
from solve.rules.steps import Status, Step


class SolveSessionQuerySet(models.QuerySet["SolveSession"]):
    def owned_by(self, user_id: UUID) -> Self:
        return self.filter(user_id=user_id)

    def with_message_count(self) -> Self:
        return self.annotate(message_count=Count("messages"))


class SolveSession(BaseModel):
    """One problem, worked through in five steps.

    ``current_step`` and ``status`` change only through ``solve.services``.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="solve_sessions"
    )
    device = models.ForeignKey(Device, models.SET_NULL, null=True, blank=True, related_name="+")
    template = models.ForeignKey(
        PromptTemplate, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The session whose first step this one looks back on.
    follows = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="follow_ups"
    )
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.ACTIVE)
    current_step = models.CharField(max_length=16, choices=Step.choices, default=Step.RECEIVE)
    locale = models.CharField(max_length=10, default="en")
    # Kept here at write time, so that the list needs no second table.
    first_message = models.CharField(max_length=60, null=True, blank=True)  # noqa: DJ001
    first_step_action = models.TextField(null=True, blank=True)  # noqa: DJ001
    action_completed = models.BooleanField(default=False)
    action_completed_at = models.DateTimeField(null=True, blank=True)
    reminder_time = models.DateTimeField(null=True, blank=True)
    reminder_sent = models.BooleanField(default=False)
    reminder_sent_at = models.DateTimeField(null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    message_count: int  # present after with_message_count()

    objects = SolveSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="solve_session_step_known", condition=Q(current_step__in=Step.values)
            ),
            models.CheckConstraint(
                name="solve_session_status_known", condition=Q(status__in=Status.values)
            ),
            models.CheckConstraint(
                name="solve_session_completed_iff_dated",
                condition=Q(status=Status.COMPLETED) ^ Q(completed_at__isnull=True),
            ),
        ]
        indexes = [
            # The history screen: my sessions, newest first.
            models.Index(fields=["user", "-created_at", "id"], name="solve_session_user_recent"),
            models.Index(
                fields=["reminder_time"],
                condition=Q(reminder_sent=False, reminder_time__isnull=False),
                name="solve_session_reminder_due",
            ),
            GinIndex(fields=["tags"], name="solve_session_tags"),
        ]

    def __str__(self) -> str:
        return f"Solve {self.pk} at {self.current_step} ({self.status})"
