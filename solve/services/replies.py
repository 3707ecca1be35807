"""What a message does to a session, and what its answer does when it ends."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from billing.services import answers
from solacore.kit.models import AnswerState, Frames
from solacore.kit.replies import Begun
from solacore.kit.rows import update
from solacore.kit.talk import conversation, crisis, helplines, referrals
from solacore.kit.talk.conversation import Heard
from solve import errors, limits
from solve.models import Message, Role, SolveSession
from solve.rules import asking, choices, emotions
from solve.rules.profile import Profile
from solve.rules.profile import heard as profile_heard
from solve.rules.profile import prompt as profile_prompt
from solve.rules.steps import Status, Step
from solve.selectors import follow_up
from solve.services import analytics, profiles, sessions
from solve.services.scripts import Script, broken


@transaction.atomic
def begin(
    *,
    session_id: UUID,
    user_id: UUID,
    text: str,
    idempotency_key: str | None,
    now: datetime,
    country: str | None = None,
) -> Begun:
    """Keep what the user said and open the answer to it.

    The same key with the same text returns the answer already opened. An answer still
    running is ended and kept. Someone at risk is given help instead of coaching, also in a
    session that has ended. Raises SessionNotFound, SessionCompleted, IdempotencyKeyReused.
    """
    session = sessions.lock(session_id=session_id, user_id=user_id)
    before = conversation.repeated(Message, session.pk, idempotency_key, text)
    if before is not None:
        return Begun(before)
    _require_open(session, text)
    heard = conversation.hear(
        session,
        conversation.history_of(Message, session.pk),
        kind=Message,
        text=text,
        key=idempotency_key,
        place={"step": session.current_step},
        locale=session.locale,
        now=now,
    )
    turn = _count(session, now)
    return _answer(session, heard, turn, country, now)


@transaction.atomic
def edit(
    *,
    session_id: UUID,
    message_id: UUID,
    user_id: UUID,
    text: str,
    idempotency_key: str | None,
    now: datetime,
    country: str | None = None,
) -> Begun:
    """Say the last message differently; what it and its answer were is kept as a variant.

    What the old answer did to the step is taken back. Raises SessionNotFound,
    MessageNotFound, MessageNotLast, IdempotencyKeyReused.
    """
    session, history, before = _last(session_id, user_id, message_id, idempotency_key, text)
    if before is not None:
        return Begun(before)
    exchange = conversation.last_exchange(history)
    if exchange is None or exchange[0].pk != message_id:
        raise errors.MessageNotLast
    said = exchange[0]
    turn = sessions.take_back(session, Step(str(said.step)), now)
    heard = conversation.hear(
        session,
        history,
        kind=Message,
        text=text,
        key=idempotency_key,
        place={"step": said.step},
        locale=session.locale,
        now=now,
        replaces=said,
    )
    if all(m.role != Role.USER for m in heard.history):
        session.first_message = None  # it is being said anew
    return _answer(session, heard, turn, country, now)


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

    What the old answer did to the step is taken back. Raises SessionNotFound,
    MessageNotFound, MessageNotLast, IdempotencyKeyReused.
    """
    session, history, before = _last(session_id, user_id, message_id, idempotency_key, None)
    if before is not None:
        return Begun(before)
    exchange = conversation.last_exchange(history)
    if exchange is None or exchange[1].pk != message_id:
        raise errors.MessageNotLast
    turn = sessions.take_back(session, Step(str(exchange[0].step)), now)
    heard = conversation.rehear(
        session,
        history,
        kind=Message,
        key=idempotency_key,
        place={"step": exchange[0].step},
        locale=session.locale,
        now=now,
    )
    return _answer(session, heard, turn, country, now)


def _require_open(session: SolveSession, text: str) -> None:
    """Refuse a session that has ended, but never somebody who is at risk."""
    if session.status == Status.COMPLETED and not crisis.is_at_risk(text):
        raise errors.SessionCompleted(status=session.status)


def _last(
    session_id: UUID, user_id: UUID, message_id: UUID, key: str | None, text: str | None
) -> tuple[SolveSession, list[Message], Message | None]:
    """Return a locked session and its history, for what happens to its last message.

    Third comes the answer that this key has opened already.
    """
    session = sessions.lock(session_id=session_id, user_id=user_id)
    before = conversation.repeated(Message, session.pk, key, text)
    history = conversation.history_of(Message, session.pk)
    known = before is not None or any(m.pk == message_id for m in history)
    if not known and not session.messages.filter(pk=message_id).exists():
        raise errors.MessageNotFound
    return session, history, before


_COUNT = """
    UPDATE solve_stepvisit SET message_count = message_count + 1, updated_at = %s
     WHERE session_id = %s AND step = %s AND completed_at IS NULL
 RETURNING message_count"""


def _count(session: SolveSession, now: datetime) -> int:
    """Count a message in the open visit and return how many it has; open one if none is."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [now, session.pk, session.current_step])
        if counted := cursor.fetchone():
            return int(counted[0])
    sessions.enter(session, session.current_step, now, message_count=1)
    return 1


def _answer(
    session: SolveSession, heard: Heard[Message], turn: int, country: str | None, now: datetime
) -> Begun:
    """Open the answer to what was heard: help, a refusal, or the coach's."""
    if session.first_message is None:
        cut, text = limits.FIRST_MESSAGE_CHARACTERS, heard.said.content
        session.first_message = text if len(text) <= cut else text[:cut] + "..."
        update(session, "first_message", "updated_at")
    if heard.at_risk:
        return _help(session, heard, country, now)
    emotion = emotions.detect(heard.said.content)
    mood: dict[str, object] = {
        "emotion_detected": emotion.label,
        "confidence": emotion.confidence,
    }
    _note_events(session, heard, emotion)
    if (words := answers.refused(heard, user_id=session.user_id, now=now)) is not None:
        heard.answer.content = words[1]
        done = {"next_step": heard.said.step, **mood, "refused": words[0]}
        heard.answer.closing = [["done", done]]
        heard.keep()
        return Begun(heard.answer, superseded=heard.superseded)
    if heard.risk is not None:  # the soft tier: go on, and check in
        referrals.count(product="solve", language=heard.risk.language, tier="soft", now=now)
    known = profiles.load(session.pk)
    profile = profile_heard(
        known,
        heard.said_masked(),
        step=str(heard.said.step),
        emotion=emotion,
        language=heard.spoken,
        answering=heard.masked(heard.answered()),
    )
    heard.open(broken("ANSWER_INTERRUPTED", str(heard.said.step), mood), now)
    script = _script(session, heard, turn, mood, profile, country, now)
    heard.keep()
    if profile != known:
        profiles.keep(session.pk, profile)
    return Begun(heard.answer, script, heard.superseded)


def _help(
    session: SolveSession, heard: Heard[Message], country: str | None, now: datetime
) -> Begun:
    """Answer somebody at risk with help; the session stays as it is."""
    risk = heard.risk
    assert risk is not None  # noqa: S101 (for the reader and mypy: at_risk says so)
    helplines.keep_fresh()
    card = helplines.card(language=risk.language, country=country)
    heard.answer.content = card.text
    heard.answer.closing = [["done", helplines.done(card)]]
    analytics.record(session, "crisis_detected", keyword=risk.keyword, tier=risk.tier)
    referrals.count(product="solve", language=risk.language, tier=risk.tier, now=now)
    heard.keep()
    return Begun(heard.answer, superseded=heard.superseded)


def _note_events(session: SolveSession, heard: Heard[Message], emotion: emotions.Emotion) -> None:
    """Record what a message showed, in one statement; an answer given anew shows nothing new."""
    if not heard.fresh:
        return
    found: list[tuple[str, dict[str, object]]] = []
    if emotion.label != "neutral":
        payload: dict[str, object] = {"emotion": emotion.label, "confidence": emotion.confidence}
        found.append(("emotion_detected", payload))
    if heard.said.step in (Step.OPTIONS, Step.COMMIT) and heard.history:
        offered = choices.offered(heard.history[-1].content)
        letter = choices.chosen(heard.said.content, offered)
        if letter is not None:
            found.append(("option_selected", {"option": letter}))
    if heard.flagged is not None:
        found.append(("injection_flagged", {"family": heard.flagged}))
    analytics.record_all(session, found)


def _script(
    session: SolveSession,
    heard: Heard[Message],
    turn: int,
    mood: dict[str, object],
    profile: Profile,
    country: str | None,
    now: datetime,
) -> Script:
    before = follow_up.before(session.pk, now=now) if session.follows_id else None
    line = heard.masked(asking.earlier(**asdict(before))) if before else ""
    role = next((m.content for m in heard.history if m.role == Role.SYSTEM), "")
    turns = heard.turns(limits.HISTORY_TURNS)
    for note in (profile_prompt(profile), line):
        heard.note_sent(note)
    ask = asking.ask(
        step=str(heard.said.step),
        said_in_step=heard.said_by_user()[-turn:],
        turns=turns,
        profile=profile,
        language=heard.spoken,
        locale=session.locale,
        role=role,
        before=line,
        check_in=crisis.check_in(heard.spoken) if heard.risk is not None else "",
    )
    return Script(session, heard, ask, mood, profile, country)


def stop(*, answer: Message, text: str) -> Frames:
    """End an answer because its reader asked; what was said is kept, the step stays."""
    done = next((dict(data) for name, data in answer.closing if name == "done"), {})
    closing: Frames = [["done", {**done, "stopped": True}]]
    return Message.conclude(answer.pk, text, AnswerState.STOPPED, closing)


def find(*, session_id: UUID, message_id: UUID, user_id: UUID) -> Message:
    """Return an answer of the user's; one whose producer died is marked first.

    Raises SessionNotFound, MessageNotFound.
    """
    return conversation.find(
        Message,
        session_id=session_id,
        message_id=message_id,
        owned=lambda: SolveSession.objects.owned_by(user_id).filter(pk=session_id).exists(),
        user_id=user_id,
        no_session=errors.SessionNotFound,
        no_message=errors.MessageNotFound,
    )
