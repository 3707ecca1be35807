from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from learn.models.message import LearnMessage
from learn.models.session import LearnSession
from learn.rules.memory import Memory, Rating
from solacore.kit.models import BaseModel


class CardState(models.TextChoices):
    PROPOSED = "proposed", "Proposed by the coach"
    ACTIVE = "active", "Being learned"
    SUSPENDED = "suspended", "Set aside"


class CardQuerySet(models.QuerySet["Card"]):
    def owned_by(self, user_id: UUID) -> Self:
        return self.filter(user_id=user_id)

    def active(self) -> Self:
        return self.filter(state=CardState.ACTIVE)


class Card(BaseModel):
    """A question and its answer, and what FSRS knows of it in one head."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="cards")
    session = models.ForeignKey(
        LearnSession, models.SET_NULL, null=True, blank=True, related_name="cards"
    )
    source = models.ForeignKey(
        LearnMessage, models.SET_NULL, null=True, blank=True, related_name="cards"
    )
    question = models.CharField(max_length=500)
    answer = models.TextField()
    concept = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=16, choices=CardState.choices, default=CardState.ACTIVE)
    phase = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField(null=True, blank=True)
    stability = models.FloatField(null=True, blank=True)
    difficulty = models.FloatField(null=True, blank=True)
    due = models.DateTimeField()
    last_review = models.DateTimeField(null=True, blank=True)
    looks = models.PositiveIntegerField(default=0)  # ever; withdrawn ones count too

    objects = CardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="learn_card_state_known", condition=Q(state__in=CardState.values)
            )
        ]
        indexes = [
            # The queue: mine, due, in order; how many of them were seen before, and when.
            models.Index(
                fields=["user", "due", "id"],
                include=["last_review"],
                condition=Q(state=CardState.ACTIVE),
                name="learn_card_due",
            ),
            models.Index(fields=["user", "-created_at", "id"], name="learn_card_recent"),
        ]

    def __str__(self) -> str:
        return f"Card {self.pk} ({self.state})"

    @property
    def memory(self) -> Memory:
        """What FSRS knows of it."""
        return Memory(
            self.phase, self.step, self.stability, self.difficulty, self.due, self.last_review
        )

    @memory.setter
    def memory(self, known: Memory) -> None:
        self.phase, self.step = known.phase, known.step
        self.stability, self.difficulty = known.stability, known.difficulty
        self.due, self.last_review = known.due, known.last_review


class ReviewQuerySet(models.QuerySet["Review"]):
    def standing(self, user_id: UUID) -> Self:
        """Return somebody's looks that were not withdrawn."""
        return self.filter(user_id=user_id, withdrawn_at__isnull=True)


class Review(BaseModel):
    """One look at a card: append only, withdrawn rather than deleted.

    ``predicted`` is how likely FSRS thought it was, ``before`` what it knew until then (to be
    gone back to). ``number`` counts a card's looks from 1: clocks may go back, it does not.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reviews")
    card = models.ForeignKey(Card, models.CASCADE, related_name="reviews")
    number = models.PositiveIntegerField()
    rating = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    predicted = models.FloatField(null=True, blank=True)
    before = models.JSONField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    idempotency_key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["card", "number"], name="learn_review_in_order"),
            models.UniqueConstraint(
                fields=["user", "idempotency_key"], name="learn_review_graded_once"
            ),
            models.CheckConstraint(
                name="learn_review_rating_known",
                condition=Q(rating__in=[rating.value for rating in Rating]),
            ),
        ]
        indexes = [models.Index(fields=["user", "-at"], name="learn_review_recent")]

    def __str__(self) -> str:
        return f"{Rating(self.rating).name} at {self.at:%Y-%m-%d %H:%M}"
