from django.db import models

from solacore.kit.messages import BaseMessage, BaseMessageQuerySet
from solve.models.session import SolveSession
from solve.rules.steps import Step


class MessageQuerySet(BaseMessageQuerySet["Message"]):
    """The messages of this app."""


class Message(BaseMessage):
    """Something said in a session; a template's own words to the model are the system's."""

    session = models.ForeignKey(SolveSession, models.CASCADE, related_name="messages")
    step = models.CharField(max_length=16, choices=Step.choices, null=True, blank=True)  # noqa: DJ001

    objects = MessageQuerySet.as_manager()

    class Meta(BaseMessage.Meta):
        pass
