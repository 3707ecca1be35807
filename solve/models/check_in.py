from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from solacore.kit.models import BaseModel
from solve.models.session import SolveSession
from solve.rules.outcomes import Outcome


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def owned_by(self, user_id: UUID) -> Self:
        return self.filter(session__user_id=user_id)

    def open(self) -> Self:
        return self.filter(outcome__isnull=True)

    def answered(self) -> Self:
        return self.filter(outcome__isnull=False)

    def unasked(self) -> Self:
        return self.open().filter(asked_at__isnull=True)


class CheckIn(BaseModel):
    """The question how a first step went: asked when it is due, answered or not.

    ``asked_at`` is when the letter was claimed; who has confirmed no address only sees the
    question in the list. A session has one open question at most, and it is its newest.
    """

    session = models.ForeignKey(SolveSession, models.CASCADE, related_name="check_ins")
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(  # noqa: DJ001
        max_length=16, choices=Outcome.choices, null=True, blank=True
    )
    note = models.TextField(null=True, blank=True)  # noqa: DJ001 (private: its owner's own words)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(outcome__isnull=True),
                name="solve_check_in_one_open",
            ),
            models.CheckConstraint(
                name="solve_check_in_outcome_known",
                condition=Q(outcome__isnull=True) | Q(outcome__in=Outcome.values),
            ),
            models.CheckConstraint(
                name="solve_check_in_answered_iff_dated",
                condition=Q(outcome__isnull=True, answered_at__isnull=True)
                | Q(outcome__isnull=False, answered_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(outcome__isnull=True, asked_at__isnull=True),
                name="solve_check_in_due",
            )
        ]

    def __str__(self) -> str:
        return f"Check-in of {self.session_id} ({self.outcome or 'open'})"
