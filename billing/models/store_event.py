from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.rules.news import Kind, News, Provider, Store


class StoreEventQuerySet(models.QuerySet["StoreEvent"]):
    def of(self, user_id: UUID) -> Self:
        return self.filter(user_id=user_id)

    def parked(self) -> Self:
        """What was told about somebody we do not know (yet)."""
        return self.filter(user__isnull=True)


class StoreEvent(models.Model):
    """One piece of news, as read: append only. The key keeps the order of arrival.

    Everything somebody's plan is computed from stands here, without a payload's private parts.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="store_events",
    )
    provider = models.CharField(max_length=16)
    store = models.CharField(max_length=16)
    event_id = models.CharField(max_length=255)
    type = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in Kind])
    at = models.DateTimeField()
    subject = models.CharField(max_length=255, db_index=True)
    contract = models.CharField(max_length=255, default="-")
    tier = models.CharField(max_length=16, null=True, blank=True)  # noqa: DJ001 (not told)
    status = models.CharField(max_length=16, null=True, blank=True)  # noqa: DJ001
    period_start = models.DateTimeField(null=True, blank=True)
    period_end = models.DateTimeField(null=True, blank=True)
    will_end = models.BooleanField(null=True, blank=True)
    lasting = models.BooleanField(default=False)
    target = models.CharField(max_length=255, blank=True)
    payment = models.CharField(max_length=255, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)

    objects = StoreEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["target"], condition=Q(kind=Kind.MOVED), name="billing_event_moved_to"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "event_id", "subject"], name="billing_event_once"
            ),
            models.CheckConstraint(
                name="billing_event_kind_known", condition=Q(kind__in=[k.value for k in Kind])
            ),
            models.CheckConstraint(
                name="billing_event_store_known", condition=Q(store__in=[s.value for s in Store])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} of {self.subject}"

    def news(self) -> News:
        """Return what was told."""
        return News(
            provider=Provider(self.provider),
            store=Store(self.store),
            event_id=self.event_id,
            type=self.type,
            kind=Kind(self.kind),
            at=self.at,
            subject=self.subject,
            contract=self.contract,
            user_id=self.user_id,
            tier=self.tier,
            status=self.status,
            period_start=self.period_start,
            period_end=self.period_end,
            will_end=self.will_end,
            lasting=self.lasting,
            target=self.target,
            payment=self.payment,
        )
