"""Whom to call, and how often we said so. Neither row leads to a person."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from solacore.kit.models import BaseModel


class Helpline(BaseModel):
    """A line that answers people in crisis. Staff edit these; the file is the fallback."""

    country = models.CharField(max_length=2, help_text="ISO 3166 alpha-2; ZZ: anywhere")
    languages = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40, blank=True)
    sms = models.CharField(max_length=40, blank=True)
    url = models.URLField(blank=True)
    hours = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=200, help_text="The organisation that says so")
    verified_on = models.DateField(
        null=True, blank=True, help_text="When somebody last looked the number up at its source"
    )
    position = models.PositiveSmallIntegerField(default=1)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("country", "position", "pk")
        constraints = (
            models.UniqueConstraint(fields=("country", "name"), name="helpline_once"),
            models.CheckConstraint(
                condition=~models.Q(phone="", sms="", url=""), name="helpline_can_be_reached"
            ),
        )

    def __str__(self) -> str:
        return f"{self.country} {self.name}"


class ReferralCount(BaseModel):
    """How often help was shown on a day: a number, no person, no words."""

    day = models.DateField()
    product = models.CharField(max_length=10)
    language = models.CharField(max_length=10)
    tier = models.CharField(max_length=10)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-day", "product", "language", "tier")
        constraints = (
            models.UniqueConstraint(
                fields=("day", "product", "language", "tier"), name="referrals_counted_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.product} {self.language} {self.tier}: {self.count}"
