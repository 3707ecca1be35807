"""The five steps, and the only order they come in."""

from django.db.models import TextChoices


class Step(TextChoices):
    RECEIVE = "receive", "Receive"
    CLARIFY = "clarify", "Clarify"
    REFRAME = "reframe", "Reframe"
    OPTIONS = "options", "Options"
    COMMIT = "commit", "Commit"

    @property
    def next(self) -> "Step | None":
        """The step behind this one; None behind the last."""
        order = list(Step)
        place = order.index(self) + 1
        return order[place] if place < len(order) else None

    @property
    def previous(self) -> "Step | None":
        """The step before this one; None before the first."""
        place = list(Step).index(self)
        return list(Step)[place - 1] if place else None


class Status(TextChoices):
    ACTIVE = "active", "Active"
    COMPLETED = "completed", "Completed"
    ABANDONED = "abandoned", "Abandoned"
