"""What Solve and Learn share of an answer's price: refusing one, and writing down one cut short."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction

from billing import selectors
from billing.services import spending
from solacore.kit import llm
from solacore.kit.messages import bill
from solacore.kit.models import AnswerState, Frames
from solacore.kit.replies import Script
from solacore.kit.talk import helplines, injection, refusals
from solacore.kit.talk.conversation import Heard


class PersonalScript(Script, Protocol):
    """A script whose answer is somebody's."""

    user_id: UUID


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


@transaction.atomic
def halted(script: PersonalScript, text: str, now: datetime) -> None:
    """Take down what an answer took that its reader ended, or a newer message.

    The model was cut short and told nothing, so it is an estimate.
    """
    guess = llm.estimate(script.ask, text)
    spents = script.spent or ([guess] if guess else [])
    rows = script.kind._default_manager.filter(pk=script.answer_id)
    if spents and rows.update(**bill(spents)):
        spending.record(user_id=script.user_id, spents=spents, now=now)
