from django.db import models

from solacore.kit.models import BaseModel


class Source(models.TextChoices):
    STRIPE = "stripe", "Stripe"
    REVENUECAT = "revenuecat", "RevenueCat"


class State(models.TextChoices):
    PENDING = "pending", "Arrived"
    APPLIED = "applied", "Applied"
    IGNORED = "ignored", "Without effect here"
    FAILED = "failed", "Failed, will be tried again"


class InboundEvent(BaseModel):
    """An event a store delivered: kept once, however often it comes, and applied once.

    The payload is there to be tried again, for a month; the row stays, so that no replay counts.
    """

    source = models.CharField(max_length=16, choices=Source.choices)
    event_id = models.CharField(max_length=255)
    event_type = models.CharField(max_length=64)
    payload_hash = models.CharField(max_length=64)
    payload = models.JSONField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=100, blank=True)  # an exception's type, never its text
    retry_at = models.DateTimeField(null=True, blank=True)
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "event_id"], name="webhooks_event_once"),
            models.CheckConstraint(
                name="webhooks_event_state_known", condition=models.Q(state__in=State.values)
            ),
        ]
        indexes = [
            models.Index(
                fields=["retry_at"],
                condition=models.Q(state__in=[State.PENDING, State.FAILED]),
                name="webhooks_event_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_type} from {self.source}"
