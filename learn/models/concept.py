from typing import Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from learn.models.session import LearnSession
from learn.rules.concepts import NAME_CHARACTERS
from solacore.kit.models import BaseModel


class ConceptQuerySet(models.QuerySet["Concept"]):
    def owned_by(self, user_id: UUID) -> Self:
        return self.filter(user_id=user_id)


class Concept(BaseModel):
    """An idea the coach named in a lesson, and what it rests on."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="concepts")
    session = models.ForeignKey(
        LearnSession, models.SET_NULL, null=True, blank=True, related_name="concepts"
    )
    name = models.CharField(max_length=NAME_CHARACTERS)
    key = models.CharField(max_length=3 * NAME_CHARACTERS)  # rules.concepts.key_of(name)
    prerequisites = ArrayField(
        models.CharField(max_length=NAME_CHARACTERS), default=list, blank=True
    )

    objects = ConceptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="learn_concept_named_once")
        ]

    def __str__(self) -> str:
        return f"Concept {self.pk}"
