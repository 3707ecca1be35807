from typing import Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Device
from learn.rules.steps import Mode, Status, Step
from solacore.kit.models import BaseModel


class LearnSessionQuerySet(models.QuerySet["LearnSession"]):
    def owned_by(self, user_id: UUID) -> Self:
        return self.filter(user_id=user_id)


class LearnSession(BaseModel):
    """One topic, learned along a path of methods.

    ``status``, ``current_step`` and ``current_tool`` change only through ``learn.services``.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="learn_sessions"
    )
    device = models.ForeignKey(Device, models.SET_NULL, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.ACTIVE)
    current_step = models.CharField(max_length=16, choices=Step.choices, default=Step.START)
    mode = models.CharField(max_length=16, choices=Mode.choices, default=Mode.QUICK)
    tool_plan = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    current_tool = models.CharField(max_length=32, null=True, blank=True)  # noqa: DJ001
    # Tools that have done their work, also when the learner goes back to an earlier one.
    completed_tools = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    locale = models.CharField(max_length=10, default="en")
    # Kept here at write time, so that the list needs no second table.
    topic = models.CharField(max_length=40, null=True, blank=True)  # noqa: DJ001
    first_message = models.CharField(max_length=60, null=True, blank=True)  # noqa: DJ001
    key_concepts = ArrayField(models.CharField(max_length=200), null=True, blank=True)
    learning_summary = models.TextField(null=True, blank=True)  # noqa: DJ001
    review_schedule = models.JSONField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = LearnSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="learn_session_step_known", condition=Q(current_step__in=Step.values)
            ),
            models.CheckConstraint(
                name="learn_session_status_known", condition=Q(status__in=Status.values)
            ),
            models.CheckConstraint(
                name="learn_session_mode_known", condition=Q(mode__in=Mode.values)
            ),
            models.CheckConstraint(
                name="learn_session_completed_iff_dated",
                condition=Q(status=Status.COMPLETED) ^ Q(completed_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["user", "-created_at", "id"], name="learn_session_recent")]

    def __str__(self) -> str:
        return f"Learn {self.pk} at {self.current_step} ({self.status})"
