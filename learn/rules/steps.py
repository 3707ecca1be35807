"""The four steps of a lesson, its states and its modes (contract 4.1)."""

from django.db.models import TextChoices


class Step(TextChoices):
    START = "start", "Start"
    EXPLORE = "explore", "Explore"
    PRACTICE = "practice", "Practice"
    PLAN = "plan", "Plan"

    @property
    def next(self) -> "Step | None":
        """The step behind this one; None behind the last."""
        order = list(Step)
        place = order.index(self) + 1
        return order[place] if place < len(order) else None


class Status(TextChoices):
    ACTIVE = "active", "Active"
    COMPLETED = "completed", "Completed"
    ABANDONED = "abandoned", "Abandoned"


class Mode(TextChoices):
    QUICK = "quick", "Quick"
    DEEP = "deep", "Deep"
    CUSTOM = "custom", "Custom"
