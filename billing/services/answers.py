"""What Solve and Learn share of an answer's price: refusing one, and writing down one cut short."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing import selectors
from billing.services import spending
from solacore.kit import llm
from solacore.kit.messages import BaseMessage, bill
from solacore.kit.models import AnswerState, Frames
from solacore.kit.talk import helplines, injection, refusals
from solacore.kit.talk.conversation import Heard
from solacore.kit.talk.voice import Voice


class PersonalScript:
    """What the scripts of Solve and Learn share: whose answer, what it took, how it is voiced."""

    kind: type[BaseMessage]

    def __init__(
        self, heard: Heard[Any], ask: llm.Ask, *, user_id: UUID, country: str | None
    ) -> None:
        self.answer_id, self.session_id = heard.answer.pk, heard.answer.session_id
        self.user_id, self.ask, self.shield = user_id, ask, heard.shield
        self.spent: list[llm.Spent] = []
        self._voice = Voice(heard.shield.places, heard.spoken, country)

    @property
    def help(self) -> helplines.Help | None:
        """What somebody was shown whom the model heard to be at risk: the step stays."""
        return self._voice.help

    def rest(self) -> str:
        """Return what was held back of an answer that broke off."""
        return self._voice.finish()[0]

    @transaction.atomic
    def halted(self, text: str) -> None:
        """Take down what an answer took that its reader ended, or a newer message.

        The model was cut short and told nothing, so it is an estimate.
        """
        guess = llm.estimate(self.ask, text)
        spents = self.spent or ([guess] if guess else [])
        rows = self.kind._default_manager.filter(pk=self.answer_id)
        if spents and rows.update(**bill(spents)):
            now = timezone.now()  # noqa: TID251
            spending.record(user_id=self.user_id, spents=spents, now=now)


def refused(heard: Heard[Any], *, user_id: UUID, now: datetime) -> tuple[str, str] | None:
    """Return why no model is asked and what is said instead; None: ask one."""
    if heard.flagged is not None and settings.PROMPT_INJECTION_POLICY == "block":
        return "PROMPT_INJECTION", injection.refusal(heard.spoken)
    if llm.configured() and selectors.within_budget(user_id=user_id, now=now) is not None:
        words = f"{refusals.budget(heard.spoken)}\n\n{helplines.elsewhere(heard.spoken)}"
        return "DAILY_BUDGET", words
    return None


@transaction.atomic
def interrupt(script: PersonalScript, text: str, closing: Frames, now: datetime) -> Frames:
    """Keep a broken answer and return how its stream ends; its reader is not charged."""
    kept = script.kind.conclude(
        script.answer_id, text, AnswerState.INTERRUPTED, closing, **bill(script.spent)
    )
    if kept is closing:
        spending.record(user_id=script.user_id, spents=script.spent, now=now, charged=False)
    return kept
