"""What a message does to a lesson, and what its answer does when it ends."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from learn import errors, limits
from learn.models import LearnMessage, LearnSession, Role
from learn.rules import prompts
from learn.rules.methods import METHODS
from learn.rules.steps import Status, Step
from learn.services import cards, sessions
from solacore.kit import llm, metrics
from solacore.kit.models import DELETED, LEASE, AnswerState, Frames
from solacore.kit.replies import Begun
from solacore.kit.talk import crisis, language
from solacore.kit.talk.turns import spoken_before, turns

EARLIER_TOPICS = 3
_SPOKEN = ("session_id", "number", "role", "content", "step", "tool", "state", "closing")


@transaction.atomic
def begin(
    *,
    session_id: UUID,
    user_id: UUID,
    text: str,
    step: str | None,
    tool: str | None,
    idempotency_key: str | None,
    now: datetime,
) -> Begun:
    """Keep what the learner said and open the answer to it.

    The same key with the same text returns the answer already opened; an answer still running
    is ended and kept; someone at risk is given help. Raises SessionNotFound, SessionNotActive,
    StepOrToolRequired, InvalidTool, ToolNotInPlan, InvalidStep, IdempotencyKeyReused.
    """
    session = sessions.lock(session_id=session_id, user_id=user_id)
    if idempotency_key is not None:
        said = session.messages.filter(idempotency_key=idempotency_key).first()
        if said is not None:
            if said.content != text:
                raise errors.IdempotencyKeyReused
            return Begun(answer=said.answer)
    at = _checked(session, step, tool)
    history = list(session.messages.only(*_SPOKEN).in_order())
    superseded = LearnMessage.supersede(history, now)
    number = history[-1].number if history else 0
    said = LearnMessage(
        session=session,
        number=number + 1,
        role=Role.USER,
        content=text,
        step=at,
        tool=tool,
        idempotency_key=idempotency_key,
    )
    answer = LearnMessage(
        session=session, number=number + 2, role=Role.ASSISTANT, step=at, tool=tool, answers=said
    )
    spoken = language.detect(text, spoken_before(_said_by_user(history), session.locale))
    risk = crisis.assess(text)
    if risk is not None:
        answer.content = crisis.help_text(spoken)
        answer.closing = [
            ["done", {"blocked": True, "reason": "CRISIS", "resources": crisis.HELPLINES}]
        ]
        metrics.CRISIS_REFERRALS.labels(risk.language, risk.tier).inc()
        LearnMessage.objects.bulk_create([said, answer])
        return Begun(answer, superseded=superseded)
    _name(session, text)
    answer.state, answer.lease_until = AnswerState.STREAMING, now + LEASE
    answer.closing = _broken("ANSWER_INTERRUPTED", answer.pk, at)
    LearnMessage.objects.bulk_create([said, answer])
    return Begun(answer, _script(answer, session, [*history, said], spoken, step), superseded)


def _checked(session: LearnSession, step: str | None, tool: str | None) -> Step:
    """Return the step a message is for (contract 4.5, in its order of checks)."""
    if session.status != Status.ACTIVE:
        raise errors.SessionNotActive(status=session.status)
    if not step and not tool:
        raise errors.StepOrToolRequired
    if tool and tool not in METHODS:
        raise errors.InvalidTool(tool=tool)
    if tool and session.tool_plan and tool not in session.tool_plan:
        raise errors.ToolNotInPlan(tool=tool)
    if step and step not in Step.values:
        raise errors.InvalidStep
    return Step(step or session.current_step)


def _said_by_user(history: list[LearnMessage]) -> list[str]:
    return [message.content for message in history if message.role == Role.USER]


def _name(session: LearnSession, text: str) -> None:
    """Name a lesson by its first message."""
    if session.first_message is not None:
        return
    session.first_message = _cut(text, limits.FIRST_MESSAGE_CHARACTERS)
    if session.current_step == Step.START and session.topic is None:
        session.topic = _cut(text, limits.TOPIC_CHARACTERS)
    session.save(update_fields=["first_message", "topic", "updated_at"])


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}..."


def _broken(code: str, answer_id: UUID, step: str) -> Frames:
    """Return how a broken answer's stream ends: the step stays, and clients unblock (M10)."""
    done = {
        "message_id": str(answer_id),
        "next_step": step,
        "step_completed": False,
        "session_completed": False,
    }
    return [["error", {"error": "STREAM_ERROR", "code": code}], ["done", done]]


def _script(
    answer: LearnMessage,
    session: LearnSession,
    history: list[LearnMessage],
    spoken: str,
    named_step: str | None,
) -> "Script":
    step, tool = str(answer.step), answer.tool
    turn = sum(m.role == Role.USER and (m.tool, m.step) == (tool, step) for m in history)
    others = LearnSession.objects.owned_by(session.user_id).exclude(pk=session.pk)
    earlier = others.exclude(topic=None).order_by("-created_at", "pk")
    topics = ", ".join(str(t) for t in earlier.values_list("topic", flat=True)[:EARLIER_TOPICS])
    ask = llm.Ask(
        system=prompts.system(
            step=step, tool=tool, language=spoken, topic=session.topic or "", earlier=topics
        ),
        turns=turns([(m.role, m.content) for m in history], limits.HISTORY_TURNS),
        product="learn",
        step=step,
        turn_in_step=turn,
        language=spoken,
        method=tool or "",
    )
    return Script(answer.pk, session.pk, session.user_id, ask, moves=named_step is not None)


class Script:
    """One answer on its way, and what follows when it ends."""

    kind = LearnMessage

    def __init__(
        self, answer_id: UUID, session_id: UUID, user_id: UUID, ask: llm.Ask, *, moves: bool
    ) -> None:
        self.answer_id, self.session_id, self.user_id = answer_id, session_id, user_id
        self.ask, self.moves = ask, moves
        self.spent: list[llm.Spent] = []
        self.broken = _broken("ANSWER_FAILED", answer_id, ask.step)

    def feed(self, piece: str) -> str:
        """Show all of it."""
        return piece

    def end(self) -> str:
        """Nothing was held back."""
        return ""

    def finish(self, text: str) -> Frames:
        """Keep the whole answer and move on."""
        return finish(self, text=text, now=timezone.now())  # noqa: TID251

    def interrupt(self, text: str, code: str) -> Frames:
        """Keep a broken answer; the step stays."""
        closing = _broken(code, self.answer_id, self.ask.step)
        return LearnMessage.conclude(self.answer_id, text, AnswerState.INTERRUPTED, closing)


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
    completes = step is Step.PLAN
    answered = completes or len(text) > limits.ANSWERED_CHARACTERS
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
    kept = LearnMessage.conclude(script.answer_id, text, AnswerState.COMPLETE, closing)
    if kept is not closing or session.status != Status.ACTIVE:
        return kept
    answer = LearnMessage(pk=script.answer_id, session=session)
    cards.propose(answer=answer, text=text, topic=session.topic or "", now=now)
    if completes:
        sessions.complete(session, now)
    elif script.moves and answered and session.current_step == step and step.next:
        session.current_step = step.next
    session.save()
    return closing


def stop(*, answer: LearnMessage, text: str) -> Frames:
    """End an answer because its reader asked; what was said is kept, the step stays."""
    (_, done) = _broken("", answer.pk, str(answer.step))
    closing: Frames = [["done", {**done[1], "stopped": True}]]
    return LearnMessage.conclude(answer.pk, text, AnswerState.STOPPED, closing)


def find(*, session_id: UUID, message_id: UUID, user_id: UUID) -> LearnMessage:
    """Return an answer of the learner's; one whose producer died is marked first.

    Raises SessionNotFound, MessageNotFound.
    """
    mine = LearnMessage.objects.owned_by(user_id).filter(session_id=session_id)
    answer = mine.filter(pk=message_id, role=Role.ASSISTANT).first()
    if answer is None:
        if not LearnSession.objects.owned_by(user_id).filter(pk=session_id).exists():
            raise errors.SessionNotFound
        raise errors.MessageNotFound
    if answer.state == AnswerState.STREAMING and LearnMessage.sweep():
        answer.refresh_from_db()
    return answer
