from typing import Self

from django.db import models

from solacore.kit.models import BaseModel
from solve.models.session import SolveSession
from solve.rules.steps import Step


class StepVisitQuerySet(models.QuerySet["StepVisit"]):
    def open(self) -> Self:
        return self.filter(completed_at__isnull=True)


class StepVisit(BaseModel):
    """One stay of a session in one step: the step history (contract 3.3)."""

    session = models.ForeignKey(SolveSession, models.CASCADE, related_name="visits")
    step = models.CharField(max_length=16, choices=Step.choices)
    started_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    message_count = models.PositiveIntegerField(default=0)

    objects = StepVisitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session"],
                condition=models.Q(completed_at__isnull=True),
                name="solve_visit_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.step} of {self.session_id}"
