from django.db import models

from learn.models.session import LearnSession
from learn.rules.steps import Step
from solacore.kit.messages import BaseMessage, BaseMessageQuerySet


class LearnMessageQuerySet(BaseMessageQuerySet["LearnMessage"]):
    """The messages of this app."""


class LearnMessage(BaseMessage):
    """Something said in a lesson."""

    session = models.ForeignKey(LearnSession, models.CASCADE, related_name="messages")
    step = models.CharField(max_length=16, choices=Step.choices, null=True, blank=True)  # noqa: DJ001
    tool = models.CharField(max_length=32, null=True, blank=True)  # noqa: DJ001

    objects = LearnMessageQuerySet.as_manager()

    class Meta(BaseMessage.Meta):
        pass
