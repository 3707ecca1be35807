"""What a message does to a lesson, and what its answer does when it ends."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from billing.services import answers
from learn import errors, limits
from learn.models import Card, CardState, LearnMessage, LearnSession, Role
from learn.rules import prompts
from learn.rules.methods import METHODS
from learn.rules.steps import Status, Step
from learn.services import sessions
from learn.services.scripts import Script, broken, done
from solacore.kit import llm
from solacore.kit.models import AnswerState, Frames
from solacore.kit.replies import Begun
from solacore.kit.talk import conversation, crisis, helplines, referrals
from solacore.kit.talk.conversation import Heard

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
        if not crisis.is_at_risk(text):
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
        helplines.keep_fresh()
    if risk is not None and heard.at_risk:
        card = helplines.card(language=risk.language, country=country)
        answer.content, answer.closing = card.text, [["done", helplines.done(card)]]
        heard.keep()
        return Begun(answer, superseded=heard.superseded)
    _name(session, said.content)
    if (words := answers.refused(heard, user_id=session.user_id, now=now)) is not None:
        answer.content = words[1]
        answer.closing = [["done", {**done(answer.pk, said.step), "refused": words[0]}]]
        heard.keep()
        return Begun(answer, superseded=heard.superseded)
    heard.open(broken("ANSWER_INTERRUPTED", answer.pk, said.step), now)
    script = _script(session, heard, moves, country)
    heard.keep()
    return Begun(answer, script, heard.superseded)


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


def _script(
    session: LearnSession, heard: Heard[LearnMessage], moves: bool, country: str | None
) -> Script:
    step, tool = str(heard.said.step), heard.said.tool
    everything = [*heard.history, heard.said]
    turn = sum(m.role == Role.USER and (m.tool, m.step) == (tool, step) for m in everything)
    others = LearnSession.objects.owned_by(session.user_id).exclude(pk=session.pk)
    named = others.exclude(topic=None).order_by("-created_at", "pk")
    earlier = tuple(map(str, named.values_list("topic", flat=True)[:EARLIER_TOPICS]))
    check_in = crisis.check_in(heard.spoken) if heard.risk is not None else ""
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
    return Script(session, heard, ask, moves=moves, country=country)


def stop(*, answer: LearnMessage, text: str) -> Frames:
    """End an answer because its reader asked; what was said is kept, the step stays."""
    closing: Frames = [["done", {**done(answer.pk, answer.step), "stopped": True}]]
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
