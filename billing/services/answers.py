"""What an answer took, written down where it ends early: Solve and Learn share it."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import transaction

from billing.services import spending
from solacore.kit import llm
from solacore.kit.messages import bill
from solacore.kit.models import AnswerState, Frames
from solacore.kit.replies import Script


class PersonalScript(Script, Protocol):
    """A script whose answer is somebody's."""

    user_id: UUID


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
