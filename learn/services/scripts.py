"""One answer of the teacher's on its way, and what follows when it ends."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from billing.services import answers, spending
from learn import errors, limits
from learn.models import LearnMessage, LearnSession
from learn.rules.steps import Status, Step
from learn.services import cards, concepts, lessons, sessions
from solacore.kit import llm
from solacore.kit.messages import bill
from solacore.kit.models import DELETED, AnswerState, Frames
from solacore.kit.talk import conversation, helplines, referrals
from solacore.kit.talk.conversation import Heard


def done(answer_id: UUID, step: str | None) -> dict[str, object]:
    """Return the closing frame of an answer that moves nothing."""
    return {
        "message_id": str(answer_id),
        "next_step": step,
        "step_completed": False,
        "session_completed": False,
    }


def broken(code: str, answer_id: UUID, step: str | None) -> Frames:
    """Return how a broken answer's stream ends: the step stays, and clients unblock (M10)."""
    return [["error", {"error": "STREAM_ERROR", "code": code}], ["done", done(answer_id, step)]]


class Script(answers.PersonalScript):
    """One answer on its way, and what follows when it ends."""

    kind = LearnMessage

    def __init__(
        self,
        session: LearnSession,
        heard: Heard[LearnMessage],
        ask: llm.Ask,
        *,
        moves: bool,
        country: str | None,
    ) -> None:
        super().__init__(heard, ask, user_id=session.user_id, country=country)
        self.moves = moves
        self.said = heard.said_by_user()
        self.note: dict[str, object] | None = None
        self.broken = broken("ANSWER_FAILED", self.answer_id, ask.step)

    @property
    def stopped(self) -> bool:
        """Whether it was cut off as unsafe or ends with help: then nothing follows from it."""
        return self._voice.stopped is not None or self.help is not None

    def feed(self, piece: str) -> str:
        """Return what of a piece may be shown."""
        return self._voice.feed(piece)

    def end(self) -> str:
        """Return the rest, and take the teacher's note."""
        rest, self.note = self._voice.finish()
        return rest

    def finish(self, text: str) -> Frames:
        """Keep the whole answer and move on."""
        return finish(self, text=text, now=timezone.now())  # noqa: TID251

    def interrupt(self, text: str, code: str) -> Frames:
        """Keep a broken answer; the step stays, and its reader is not charged."""
        closing = broken(code, self.answer_id, self.ask.step)
        return answers.interrupt(self, text, closing, timezone.now())  # noqa: TID251


@transaction.atomic
def finish(script: Script, *, text: str, now: datetime) -> Frames:
    """Keep a whole answer; store the next step before the client hears of it (E.4).

    An answer at the last step completes the lesson and makes its review dates.
    """
    try:
        session = sessions.lock(session_id=script.session_id, user_id=script.user_id)
    except errors.SessionNotFound:
        return DELETED
    step = Step(script.ask.step)
    completes = step is Step.PLAN and not script.stopped
    answered = completes or (len(text) > limits.ANSWERED_CHARACTERS and not script.stopped)
    closing: Frames = [
        [
            "done",
            {
                "message_id": str(script.answer_id),
                "next_step": step.next.value if step.next else None,
                "step_completed": answered,
                "session_completed": completes,
            },
        ]
    ]
    if script.help is not None:
        closing = [["done", helplines.done(script.help)]]
    hidden = conversation.hidden(script.shield, text)
    kept = LearnMessage.conclude(
        script.answer_id, text, AnswerState.COMPLETE, closing, hidden=hidden, **bill(script.spent)
    )
    if kept is closing and session.status == Status.ACTIVE and not script.stopped:
        _learned(session, script, text, now)
        if completes:
            sessions.complete(session, now)
        elif script.moves and answered and session.current_step == step and step.next:
            session.current_step = step.next
        session.save()
    if kept is closing and script.help is not None:
        language = script.ask.language
        referrals.count(product="learn", language=language, tier="explicit", now=now)
    if kept is closing:  # once, however often this is tried; last, for the house's row is busy
        spending.record(user_id=script.user_id, spents=script.spent, now=now)
    return kept


def _learned(session: LearnSession, script: Script, text: str, now: datetime) -> None:
    """Keep what an answer adds to what is known of a lesson: cards, concepts, the summary."""
    answer = LearnMessage(pk=script.answer_id, session=session)
    cards.propose(answer=answer, text=text, topic=session.topic or "", now=now)
    named = lessons.conclude(
        session,
        note=script.note,
        answer=text,
        said=script.said,
        language=script.ask.language,
        tool=script.ask.method or None,
        turn=script.ask.turn_in_step,
    )
    concepts.name(user_id=session.user_id, session_id=session.pk, concepts=named, now=now)
