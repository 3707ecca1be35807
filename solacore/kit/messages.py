"""What somebody or the coach said: the shape that Solve's and Learn's messages share.

A conversation is the messages of a session that are not shelved, by number. What was replaced
(an answer given anew, a message edited) is shelved under its old number: nothing is lost.
"""

from typing import Any, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from solacore.kit.llm.base import Spent
from solacore.kit.llm.prices import cost
from solacore.kit.models import Answer, AnswerState


class Role(models.TextChoices):
    USER = "user", "User"
    ASSISTANT = "assistant", "Assistant"
    SYSTEM = "system", "System"


M = TypeVar("M", bound="BaseMessage")


class BaseMessageQuerySet(models.QuerySet[M]):
    """Works for the messages of any app; each has a ``session`` that has a ``user``."""

    def owned_by(self, user_id: UUID) -> Self:
        return self.filter(session__user_id=user_id)

    def current(self) -> Self:
        """Leave out what was replaced."""
        return self.filter(shelved=False)

    def in_order(self) -> Self:
        return self.order_by("number", "created_at")


class BaseMessage(Answer):
    """Something said in a session, as typed; an assistant's message is a durable answer.

    Subclasses add ``session`` (with ``related_name="messages"``) and ``step``.
    """

    # The strict order of a conversation, whatever the clocks of two processes say.
    number = models.PositiveIntegerField()
    role = models.CharField(max_length=16, choices=Role.choices)
    answers = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="answered_by"
    )
    idempotency_key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001
    shelved = models.BooleanField(default=False, db_default=False)
    # How many earlier versions stand under this number.
    variants = models.PositiveSmallIntegerField(default=0, db_default=0)
    # Where private details stand: [[start, end, "EMAIL_1"], …]; null if nobody has looked yet.
    hidden = models.JSONField(null=True, blank=True)
    # Of an answer: from which message on the model was shown what was said, and our own notes
    # as they left the house; null while nothing has.
    sent = models.JSONField(null=True, blank=True)
    provider = models.CharField(max_length=32, blank=True, default="", db_default="")
    model = models.CharField(max_length=100, blank=True, default="", db_default="")
    tokens_in = models.PositiveIntegerField(null=True, blank=True)
    tokens_out = models.PositiveIntegerField(null=True, blank=True)
    cost_micros = models.PositiveBigIntegerField(null=True, blank=True)  # 1e-6 US dollars

    answers_id: UUID | None
    session: Any
    session_id: UUID
    step: str | None

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["session", "number"],
                condition=Q(shelved=False),
                name="%(app_label)s_message_order",
            ),
            models.UniqueConstraint(
                fields=["answers"],
                condition=Q(shelved=False),
                name="%(app_label)s_message_answered_once",
            ),
            models.UniqueConstraint(
                fields=["session", "idempotency_key"], name="%(app_label)s_message_said_once"
            ),
            models.CheckConstraint(
                name="%(app_label)s_message_state_known", condition=Q(state__in=AnswerState.values)
            ),
            models.CheckConstraint(
                name="%(app_label)s_message_role_known", condition=Q(role__in=Role.values)
            ),
            models.CheckConstraint(
                name="%(app_label)s_message_leased_iff_streaming",
                condition=Q(state=AnswerState.STREAMING) ^ Q(lease_until__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=Q(state=AnswerState.STREAMING),
                name="%(app_label)s_message_streaming",
            ),
            # All versions of a place in a conversation.
            models.Index(fields=["session", "number"], name="%(app_label)s_message_place"),
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.session_id} ({self.state})"


def bill(spent: list[Spent]) -> dict[str, Any]:
    """Return the columns that say what an answer took; the last provider gave it."""
    if not spent:
        return {}
    return {
        "provider": spent[-1].provider,
        "model": spent[-1].model[:100],
        "tokens_in": sum(one.tokens_in for one in spent),
        "tokens_out": sum(one.tokens_out for one in spent),
        "cost_micros": sum(map(cost, spent)),
    }
