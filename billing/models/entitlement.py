from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.rules.news import Store
from billing.rules.plans import PLANS
from solacore.kit.models import BaseModel


class Entitlement(BaseModel):
    """What one store says somebody may have: computed from its news, never edited.

    The plan is the highest valid one of a person's rows (rules/plans.py).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="entitlements")
    store = models.CharField(max_length=16, choices=[(s.value, s.value) for s in Store])
    contract = models.CharField(max_length=255)
    tier = models.CharField(max_length=16)
    status = models.CharField(max_length=16)
    period_start = models.DateTimeField(null=True, blank=True)
    period_end = models.DateTimeField(null=True, blank=True)
    cancel_at_period_end = models.BooleanField(default=False)
    opens = models.BooleanField()  # gives its plan, until valid_until
    valid_until = models.DateTimeField(null=True, blank=True)
    as_of = models.DateTimeField()
    because = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "store"], name="billing_entitlement_one"),
            models.CheckConstraint(
                name="billing_entitlement_tier_known", condition=Q(tier__in=list(PLANS))
            ),
        ]
        indexes = [models.Index(fields=["valid_until"], name="billing_entitlement_until")]

    def __str__(self) -> str:
        return f"{self.tier} by {self.store} for {self.user_id}"
