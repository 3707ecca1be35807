from typing import Self

from django.db import models

from solacore.kit.models import BaseModel


class PromptTemplateQuerySet(models.QuerySet["PromptTemplate"]):
    def active(self) -> Self:
        return self.filter(is_active=True)


class PromptTemplate(BaseModel):
    """A role the coach can take; its prompt goes to the model, never to the client's history."""

    role_name = models.CharField(max_length=100, unique=True)
    role_name_cn = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001
    category = models.CharField(max_length=50)
    system_prompt = models.TextField()
    welcome_message = models.TextField(null=True, blank=True)  # noqa: DJ001
    icon_emoji = models.CharField(max_length=10, null=True, blank=True)  # noqa: DJ001
    usage_count = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    objects = PromptTemplateQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["-usage_count", "-created_at", "id"], name="solve_template_most_used"
            )
        ]

    def __str__(self) -> str:
        return self.role_name
