"""What a message does to a lesson, and what its answer does when it ends."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing import selectors as billing
from billing.services import answers, spending
from learn import errors, limits
from learn.models import Card, CardState, LearnMessage, LearnSession, Role
from learn.rules import prompts
from learn.rules.methods import METHODS
from learn.rules.steps import Status, Step
from learn.services import cards, concepts, lessons, sessions
from solacore.kit import llm
from solacore.kit.messages import bill
from solacore.kit.models import DELETED, AnswerState, Frames
from solacore.kit.replies import Begun
from solacore.kit.talk import conversation, crisis, helplines, injection, referrals, refusals
from solacore.kit.talk.conversation import Heard
from solacore.kit.talk.voice import Voice

EARLIER_TOPICS = 3


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
    country: str | None = None,
) -> Begun:
    """Keep what the learner said and open the answer to it.

    The same key with the same text returns the answer already opened; an answer still running
    is ended and kept; someone at risk is given help, also in a lesson that has ended. Raises
    SessionNotFound, SessionNotActive, StepOrToolRequired, InvalidTool, ToolNotInPlan,
    InvalidStep, IdempotencyKeyReused.
    """
    session = sessions.lock(session_id=session_id, user_id=user_id)
    before = conversation.repeated(LearnMessage, session.pk, idempotency_key, text)
    if before is not None:
        return Begun(before)
    try:
        at = _checked(session, step, tool)
    except errors.SessionNotActive:
        risk = crisis.assess(text)
        if risk is None or risk.tier == "soft":
            raise
        at = Step(session.current_step)
    heard = conversation.hear(
        session,
        conversation.history_of(LearnMessage, session.pk),
        kind=LearnMessage,
        text=text,
        key=idempotency_key,
        place={"step": at, "tool": tool},
        locale=session.locale,
        now=now,
    )
    return _answer(session, heard, country, now, moves=step is not None)


@transaction.atomic
def regenerate(
    *,
    session_id: UUID,
    message_id: UUID,
    user_id: UUID,
    idempotency_key: str | None,
    now: datetime,
    country: str | None = None,
) -> Begun:
    """Answer the last message anew; the old answer is kept as a variant.

    What the old answer did to the lesson is taken back, the cards it proposed too unless they
    were accepted. Raises SessionNotFound, MessageNotFound, MessageNotLast, IdempotencyKeyReused.
    """
    session = sessions.lock(session_id=session_id, user_id=user_id)
    before = conversation.repeated(LearnMessage, session.pk, idempotency_key, None)
    if before is not None:
        return Begun(before)
    history = conversation.history_of(LearnMessage, session.pk)
    exchange = conversation.last_exchange(history)
    if exchange is None or exchange[1].pk != message_id:
        if not session.messages.filter(pk=message_id).exists():
            raise errors.MessageNotFound
        raise errors.MessageNotLast
    said, old = exchange
    moved = session.current_step != said.step and old.state == AnswerState.COMPLETE
    sessions.take_back(session, Step(str(said.step)))
    Card.objects.filter(source=old, state=CardState.PROPOSED).delete()
    heard = conversation.rehear(
        session,
        history,
        kind=LearnMessage,
        key=idempotency_key,
        place={"step": said.step, "tool": said.tool},
        locale=session.locale,
        now=now,
    )
    return _answer(session, heard, country, now, moves=moved or said.tool is None)


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


def _answer(
    session: LearnSession,
    heard: Heard[LearnMessage],
    country: str | None,
    now: datetime,
    *,
    moves: bool,
) -> Begun:
    """Open the answer to what was heard: help, a refusal, or the teacher's."""
    said, answer = heard.said, heard.answer
    if (risk := heard.risk) is not None:
        referrals.count(product="learn", language=risk.language, tier=risk.tier, now=now)
        if helplines.is_due():
            helplines.refresh()
    if risk is not None and heard.at_risk:
        card = helplines.card(language=risk.language, country=country)
        answer.content, answer.closing = card.text, [["done", helplines.done(card)]]
        heard.keep()
        return Begun(answer, superseded=heard.superseded)
    _name(session, said.content)
    if (words := _refused(heard, session.user_id, now)) is not None:
        answer.content = words[1]
        answer.closing = [["done", {**_done(answer.pk, said.step), "refused": words[0]}]]
        heard.keep()
        return Begun(answer, superseded=heard.superseded)
    heard.open(_broken("ANSWER_INTERRUPTED", answer.pk, said.step), now)
    script = _script(session, heard, moves)
    heard.keep()
    return Begun(answer, script, heard.superseded)


def _refused(heard: Heard[LearnMessage], user_id: UUID, now: datetime) -> tuple[str, str] | None:
    """Return why no model is asked and what is said instead; None: ask one."""
    if heard.flagged is not None and settings.PROMPT_INJECTION_POLICY == "block":
        return "PROMPT_INJECTION", injection.refusal(heard.spoken)
    if llm.configured() and billing.within_budget(user_id=user_id, now=now) is not None:
        return (
            "DAILY_BUDGET",
            f"{refusals.budget(heard.spoken)}\n\n{helplines.elsewhere(heard.spoken)}",
        )
    return None


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


def _done(answer_id: UUID, step: str | None) -> dict[str, object]:
    """Return the closing frame of an answer that moves nothing."""
    return {
        "message_id": str(answer_id),
        "next_step": step,
        "step_completed": False,
        "session_completed": False,
    }


def _broken(code: str, answer_id: UUID, step: str | None) -> Frames:
    """Return how a broken answer's stream ends: the step stays, and clients unblock (M10)."""
    return [["error", {"error": "STREAM_ERROR", "code": code}], ["done", _done(answer_id, step)]]


def _script(session: LearnSession, heard: Heard[LearnMessage], moves: bool) -> "Script":
    step, tool = str(heard.said.step), heard.said.tool
    everything = [*heard.history, heard.said]
    turn = sum(m.role == Role.USER and (m.tool, m.step) == (tool, step) for m in everything)
    others = LearnSession.objects.owned_by(session.user_id).exclude(pk=session.pk)
    named = others.exclude(topic=None).order_by("-created_at", "pk")
    earlier = tuple(map(str, named.values_list("topic", flat=True)[:EARLIER_TOPICS]))
    check_in = crisis.check_in_offline(heard.spoken) if heard.risk is not None else ""
    sent = {
        "topic": heard.masked(session.topic or ""),
        "earlier": heard.masked(", ".join(earlier)),
        "summary": heard.masked(session.learning_summary or ""),
    }
    turns = heard.turns(limits.HISTORY_TURNS)
    for note in sent.values():
        heard.note_sent(note)
    ask = llm.Ask(
        system=prompts.system(
            step=step,
            tool=tool,
            language=heard.spoken,
            mode=session.mode,
            turn=turn,
            check_in=check_in,
            **sent,
        ),
        turns=turns,
        product="learn",
        step=step,
        turn_in_step=turn,
        language=heard.spoken,
        method=tool or "",
        topic=sent["topic"],
        earlier=tuple(map(heard.masked, earlier)),
        context={"check_in": check_in} if check_in else {},
    )
    return Script(session, heard, ask, moves=moves)


class Script:
    """One answer on its way, and what follows when it ends."""

    kind = LearnMessage

    def __init__(
        self, session: LearnSession, heard: Heard[LearnMessage], ask: llm.Ask, *, moves: bool
    ) -> None:
        self.answer_id, self.session_id = heard.answer.pk, session.pk
        self.user_id = session.user_id
        self.ask, self.moves = ask, moves
        self.spent: list[llm.Spent] = []
        self.shield, self.said = heard.shield, heard.said_by_user()
        self.note: dict[str, object] | None = None
        self.broken = _broken("ANSWER_FAILED", self.answer_id, ask.step)
        self._voice = Voice(heard.shield.places, heard.spoken)

    @property
    def stopped(self) -> bool:
        """Whether the answer was cut off as unsafe: then nothing follows from it."""
        return self._voice.stopped is not None

    def feed(self, piece: str) -> str:
        """Return what of a piece may be shown."""
        return self._voice.feed(piece)

    def end(self) -> str:
        """Return the rest, and take the teacher's note."""
        rest, self.note = self._voice.finish()
        return rest

    def rest(self) -> str:
        """Return what was held back of an answer that broke off."""
        return self._voice.finish()[0]

    def finish(self, text: str) -> Frames:
        """Keep the whole answer and move on."""
        return finish(self, text=text, now=timezone.now())  # noqa: TID251

    def halted(self, text: str) -> None:
        """Take down what an answer took that was ended early."""
        answers.halted(self, text, timezone.now())  # noqa: TID251

    def interrupt(self, text: str, code: str) -> Frames:
        """Keep a broken answer; the step stays, and its reader is not charged."""
        closing = _broken(code, self.answer_id, self.ask.step)
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


def stop(*, answer: LearnMessage, text: str) -> Frames:
    """End an answer because its reader asked; what was said is kept, the step stays."""
    closing: Frames = [["done", {**_done(answer.pk, answer.step), "stopped": True}]]
    return LearnMessage.conclude(answer.pk, text, AnswerState.STOPPED, closing)


def find(*, session_id: UUID, message_id: UUID, user_id: UUID) -> LearnMessage:
    """Return an answer of the learner's; one whose producer died is marked first.

    Raises SessionNotFound, MessageNotFound.
    """
    return conversation.find(
        LearnMessage,
        session_id=session_id,
        message_id=message_id,
        user_id=user_id,
        owned=lambda: LearnSession.objects.owned_by(user_id).filter(pk=session_id).exists(),
        no_session=errors.SessionNotFound,
        no_message=errors.MessageNotFound,
    )
