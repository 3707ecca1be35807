"""What a message does to a session, and what its answer does when it ends."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from solacore.kit import llm, metrics
from solacore.kit.models import DELETED, LEASE, AnswerState, Frames
from solacore.kit.replies import Begun
from solacore.kit.talk import crisis, language
from solacore.kit.talk.notes import NoteFilter
from solacore.kit.talk.turns import spoken_before, turns
from solve import errors, limits
from solve.models import Message, Role, SolveSession, StepVisit
from solve.rules import coach, emotions, prompts
from solve.rules.steps import Status, Step
from solve.services import analytics, sessions


@transaction.atomic
def begin(
    *, session_id: UUID, user_id: UUID, text: str, idempotency_key: str | None, now: datetime
) -> Begun:
    """Keep what the user said and open the answer to it.

    The same key with the same text returns the answer already opened. An answer still
    running is ended and kept. Someone at risk is given help instead of coaching.
    Raises SessionNotFound, SessionCompleted, IdempotencyKeyReused.
    """
    session = sessions.lock(session_id=session_id, user_id=user_id)
    if idempotency_key is not None:
        said = session.messages.filter(idempotency_key=idempotency_key).first()
        if said is not None:
            if said.content != text:
                raise errors.IdempotencyKeyReused
            return Begun(answer=said.answer)
    if session.status == Status.COMPLETED:
        raise errors.SessionCompleted(status=session.status)
    history = list(session.messages.only(*_SPOKEN).in_order())
    superseded = Message.supersede(history, now)
    step = Step(session.current_step)
    number = history[-1].number if history else 0
    said = Message(
        session=session,
        number=number + 1,
        role=Role.USER,
        content=text,
        step=step,
        idempotency_key=idempotency_key,
    )
    _count(session, step, now)
    if session.first_message is None:
        cut = limits.FIRST_MESSAGE_CHARACTERS
        session.first_message = text if len(text) <= cut else text[:cut] + "..."
        session.save(update_fields=["first_message", "updated_at"])
    spoken = language.detect(text, spoken_before(_said_by_user(history), session.locale))
    answer = Message(
        session=session, number=number + 2, role=Role.ASSISTANT, step=step, answers=said
    )
    risk = crisis.assess(text)
    if risk is not None:
        _help(session, answer, risk, spoken)
        Message.objects.bulk_create([said, answer])
        return Begun(answer, superseded=superseded)
    emotion = emotions.detect(text)
    mood: dict[str, object] = {
        "emotion_detected": emotion.label,
        "confidence": emotion.confidence,
    }
    answer.state, answer.lease_until = AnswerState.STREAMING, now + LEASE
    answer.closing = _broken("ANSWER_INTERRUPTED", step, mood)
    Message.objects.bulk_create([said, answer])  # one statement for both
    script = _script(answer, session, [*history, said], mood, spoken)
    return Begun(answer, script, superseded)


_SPOKEN = ("session_id", "number", "role", "content", "step", "state", "closing")


def _said_by_user(history: list[Message]) -> list[str]:
    return [message.content for message in history if message.role == Role.USER]


def _count(session: SolveSession, step: Step, now: datetime) -> None:
    """Count a message in the open visit; open one if a reopened session has none."""
    counted = (
        session.visits.open()
        .filter(step=step)
        .update(message_count=F("message_count") + 1, updated_at=now)
    )
    if not counted:
        session.visits.open().update(completed_at=now, updated_at=now)
        StepVisit.objects.create(session=session, step=step, started_at=now, message_count=1)


def _help(session: SolveSession, answer: Message, risk: crisis.Risk, spoken: str) -> None:
    answer.content = crisis.help_text(spoken)
    answer.closing = [
        ["done", {"blocked": True, "reason": "CRISIS", "resources": crisis.HELPLINES}]
    ]
    analytics.record(session, "crisis_detected", keyword=risk.keyword)
    metrics.CRISIS_REFERRALS.labels(risk.language, risk.tier).inc()


def _broken(code: str, step: str, mood: dict[str, object]) -> Frames:
    """Return how a broken answer's stream ends: both clients wait for a ``done`` (M10)."""
    return [
        ["error", {"error": "STREAM_ERROR", "code": code}],
        ["done", {"next_step": step, **mood}],
    ]


def _script(
    answer: Message,
    session: SolveSession,
    history: list[Message],
    mood: dict[str, object],
    spoken: str,
) -> "Script":
    step = str(answer.step)
    spoken_in_step: list[str] = []
    for message in history:
        if message.role == Role.USER:
            spoken_in_step = [*spoken_in_step, message.content] if message.step == step else []
    moving = coach.purpose_met(step, spoken_in_step)
    said = [(m.role, m.content) for m in history if m.role != Role.SYSTEM]
    role = next((m.content for m in history if m.role == Role.SYSTEM), "")
    ask = llm.Ask(
        system=prompts.system(
            step=step,
            turn_in_step=len(spoken_in_step),
            moving=moving,
            language=spoken,
            role=role,
        ),
        turns=turns(said, limits.HISTORY_TURNS),
        step=step,
        turn_in_step=len(spoken_in_step),
        moving=moving,
        language=spoken,
    )
    return Script(answer.pk, session.pk, session.user_id, ask, mood)


class Script:
    """One answer on its way: what may be shown of it, and what follows when it ends."""

    kind = Message

    def __init__(
        self,
        answer_id: UUID,
        session_id: UUID,
        user_id: UUID,
        ask: llm.Ask,
        mood: dict[str, object],
    ) -> None:
        self.answer_id, self.session_id, self.user_id = answer_id, session_id, user_id
        self.ask, self.mood = ask, mood
        self.spent: list[llm.Spent] = []
        self._filter = NoteFilter()
        self._shown: list[str] = []
        self._done = ask.moving
        self.broken = _broken("ANSWER_FAILED", ask.step, mood)

    def feed(self, piece: str) -> str:
        """Hold back what may be the coach's own note."""
        shown = self._filter.feed(piece)
        self._shown.append(shown)
        return shown

    def end(self) -> str:
        """Take the coach's judgement; add the options if the answer leads to them without any.

        Without a note of the coach's the rule counts; it also counts when the rule says that
        nobody is to be kept any longer.
        """
        rest, note = self._filter.finish()
        self._done = self.ask.moving or (note is not None and note.get("done") is True)
        text = "".join(self._shown) + rest
        leads_to_options = self._done and self.ask.step == Step.REFRAME
        if leads_to_options and not coach.has_options(text):
            rest = f"{rest}\n\n{llm.offline_coach().options_lines(self.ask)}"
        return rest

    def finish(self, text: str) -> Frames:
        """Keep the whole answer and move on if the step's purpose is met."""
        return finish(self, text=text, done=self._done, now=timezone.now())  # noqa: TID251

    def interrupt(self, text: str, code: str) -> Frames:
        """Keep a broken answer; the step stays."""
        closing = _broken(code, self.ask.step, self.mood)
        return Message.conclude(self.answer_id, text, AnswerState.INTERRUPTED, closing)


@transaction.atomic
def finish(script: Script, *, text: str, done: bool, now: datetime) -> Frames:
    """Keep a whole answer; move the step or complete the session if its purpose is met.

    An answer that was ended meanwhile (stopped, superseded) stays ended.
    """
    try:
        session = sessions.lock(session_id=script.session_id, user_id=script.user_id)
    except errors.SessionNotFound:
        return DELETED
    open_here = session.current_step == script.ask.step and session.status == Status.ACTIVE
    moves = done and open_here
    to = Step(session.current_step).next if moves else None
    next_step = to or Step(session.current_step)
    closing: Frames = [["done", {"next_step": next_step.value, **script.mood}]]
    kept = Message.conclude(script.answer_id, text, AnswerState.COMPLETE, closing)
    if kept is not closing or not moves:
        return kept
    if to is None:
        analytics.record(session, "step_completed", step=session.current_step)
        sessions.complete(session, now)
    else:
        sessions.advance(session, to, now)
    session.save(update_fields=["current_step", "status", "completed_at", "updated_at"])
    return closing


def stop(*, answer: Message, text: str) -> Frames:
    """End an answer because its reader asked; what was said is kept, the step stays."""
    done = {key: value for key, value in _done_of(answer.closing).items() if key != "stopped"}
    closing: Frames = [["done", {**done, "stopped": True}]]
    return Message.conclude(answer.pk, text, AnswerState.STOPPED, closing)


def _done_of(closing: Frames) -> dict[str, object]:
    return next((dict(data) for name, data in closing if name == "done"), {})


def find(*, session_id: UUID, message_id: UUID, user_id: UUID) -> Message:
    """Return an answer of the user's; one whose producer died is marked first.

    Raises SessionNotFound, MessageNotFound.
    """
    mine = Message.objects.owned_by(user_id).filter(session_id=session_id)
    answer = mine.filter(pk=message_id, role=Role.ASSISTANT).first()
    if answer is None:
        if not SolveSession.objects.owned_by(user_id).filter(pk=session_id).exists():
            raise errors.SessionNotFound
        raise errors.MessageNotFound
    if answer.state == AnswerState.STREAMING and Message.sweep():
        answer.refresh_from_db()
    return answer
