from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from learn.models.session import LearnSession
from learn.rules.steps import Step
from solacore.kit.models import Answer, AnswerState


class Role(models.TextChoices):
    USER = "user", "User"
    ASSISTANT = "assistant", "Assistant"


class LearnMessageQuerySet(models.QuerySet["LearnMessage"]):
    def owned_by(self, user_id: UUID) -> Self:
        return self.filter(session__user_id=user_id)

    def running(self) -> Self:
        return self.filter(state=AnswerState.STREAMING)

    def in_order(self) -> Self:
        return self.order_by("number")


class LearnMessage(Answer):
    """Something said in a lesson, as typed; an assistant's message is a durable answer."""

    session = models.ForeignKey(LearnSession, models.CASCADE, related_name="messages")
    number = models.PositiveIntegerField()
    role = models.CharField(max_length=16, choices=Role.choices)
    step = models.CharField(max_length=16, choices=Step.choices, null=True, blank=True)  # noqa: DJ001
    tool = models.CharField(max_length=32, null=True, blank=True)  # noqa: DJ001
    answers = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, related_name="answer"
    )
    idempotency_key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001

    objects = LearnMessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="learn_message_order"),
            models.UniqueConstraint(
                fields=["session", "idempotency_key"], name="learn_message_said_once"
            ),
            models.CheckConstraint(
                name="learn_message_state_known", condition=Q(state__in=AnswerState.values)
            ),
            models.CheckConstraint(
                name="learn_message_role_known", condition=Q(role__in=Role.values)
            ),
            models.CheckConstraint(
                name="learn_message_leased_iff_streaming",
                condition=Q(state=AnswerState.STREAMING) ^ Q(lease_until__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=Q(state=AnswerState.STREAMING),
                name="learn_message_streaming",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.session_id} ({self.state})"
