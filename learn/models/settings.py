from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from learn.rules import days
from learn.rules.memory import MAX_RETENTION, MIN_RETENTION, RETENTION
from solacore.kit.models import BaseModel

_HOUR = [MaxValueValidator(23)]


class LearnerSettings(BaseModel):
    """How somebody wants to learn. No row: the defaults, all of them."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="learner_settings"
    )
    # How many a day at most; null: as many as are due.
    reviews_per_day = models.PositiveSmallIntegerField(null=True, blank=True)
    new_per_day = models.PositiveSmallIntegerField(null=True, blank=True)
    easy_days = models.JSONField(default=dict, blank=True)  # {"sunday": "none" or "reduced"}
    load_balance = models.BooleanField(default=False)
    desired_retention = models.FloatField(
        default=RETENTION,
        validators=[MinValueValidator(MIN_RETENTION), MaxValueValidator(MAX_RETENTION)],
    )
    time_zone = models.CharField(max_length=64, default="UTC")
    day_starts_at = models.PositiveSmallIntegerField(default=4, validators=_HOUR)
    digest = models.BooleanField(default=False)
    digest_hour = models.PositiveSmallIntegerField(default=8, validators=_HOUR)
    # When the next digest is to be thought about, and the learner's day of the last one sent.
    digest_next = models.DateTimeField(null=True, blank=True)
    digest_day = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="learn_settings_retention_sane",
                condition=Q(desired_retention__gte=MIN_RETENTION)
                & Q(desired_retention__lte=MAX_RETENTION),
            ),
            models.CheckConstraint(
                name="learn_settings_hours_of_a_day",
                condition=Q(day_starts_at__lte=23) & Q(digest_hour__lte=23),
            ),
            models.CheckConstraint(
                name="learn_settings_next_iff_digest",
                condition=Q(digest=True) ^ Q(digest_next__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["digest_next"], condition=Q(digest=True), name="learn_settings_digest"
            )
        ]

    def __str__(self) -> str:
        return f"Settings of {self.user_id}"

    @property
    def calendar(self) -> days.Calendar:
        """Their days."""
        return days.calendar(self.time_zone, self.day_starts_at)
