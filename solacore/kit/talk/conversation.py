"""Hearing somebody: what Solve and Learn do with a message before anything is answered.

``hear`` (a new message, or one edited) and ``rehear`` (an answer given anew) both return a
``Heard``: the conversation so far, the rows to be kept, and what is known of the message.
Called with the session's row locked; nothing is written before ``keep`` except that a running
answer is ended and replaced versions are shelved.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from solacore.kit import llm, metrics
from solacore.kit.errors import DomainError, Invalid
from solacore.kit.llm.base import Turn
from solacore.kit.messages import BaseMessage, Role
from solacore.kit.models import LEASE, AnswerState, Frames
from solacore.kit.rows import insert, select
from solacore.kit.talk import crisis, helplines, injection, language
from solacore.kit.talk.crisis import Risk
from solacore.kit.talk.shield import Shield, from_json, masked, to_json
from solacore.kit.talk.turns import spoken_before

M = TypeVar("M", bound=BaseMessage)

_SPOKEN = (
    *("id", "session_id", "number", "role", "content", "step", "state", "closing", "hidden"),
    *("variants", "answers_id", "created_at"),
)
RISK_MEMORY = 2  # messages before this one that are read along with it


class IdempotencyKeyReused(Invalid):
    code = "IDEMPOTENCY_KEY_REUSED"
    message = "This Idempotency-Key was used for another message."

    def __init__(self) -> None:
        loc = ["header", "Idempotency-Key"]
        super().__init__([{"type": "value_error", "loc": loc, "msg": self.message}])


@dataclass(slots=True)
class Heard(Generic[M]):
    """A message in its conversation. ``said`` and ``answer`` are kept by ``keep``.

    ``history`` is what was said before, oldest first. ``fresh`` says whether ``said`` is new
    (an answer given anew has an old one).
    """

    kind: type[M]
    history: list[M]
    said: M
    answer: M
    spoken: str
    risk: Risk | None
    flagged: str | None
    shield: Shield
    fresh: bool = True
    superseded: dict[UUID, Frames] = field(default_factory=dict)
    replaced: M | None = None  # the answer that this one takes the place of

    @property
    def at_risk(self) -> bool:
        """Whether help is shown instead of an answer."""
        return self.risk is not None and self.risk.tier != "soft"

    def said_by_user(self) -> list[str]:
        """Return all that the person said, this message last."""
        return [m.content for m in [*self.history, self.said] if m.role == Role.USER]

    def answered(self) -> str:
        """Return what the coach said last, "" before it said anything."""
        said = (m.content for m in reversed(self.history) if m.role == Role.ASSISTANT)
        return next(said, "")

    def turns(self, limit: int) -> tuple[Turn, ...]:
        """Return the last ``limit`` things said as a model is shown them, shielded."""
        shown = [m for m in [*self.history, self.said] if m.role != Role.SYSTEM and m.content]
        kept = shown[-limit:]
        # Said before anybody is asked: a model that fails has read it all the same.
        outside = bool(llm.configured())
        self.answer.sent = {"from": kept[0].number, "notes": [], "outside": outside}
        return tuple(
            Turn("user" if m.role == Role.USER else "assistant", self._masked(m)) for m in kept
        )

    def masked(self, text: str) -> str:
        """Return a text of ours about the person as a model is shown it."""
        return masked(text, self.shield.hide(text))

    def said_masked(self) -> str:
        """Return what was said as a model is shown it: the shield has looked at it already."""
        return self._masked(self.said)

    def note_sent(self, note: str) -> None:
        """Remember, for its owner to see, what of our notes about them leaves the house."""
        if note and self.answer.sent is not None:
            self.answer.sent["notes"].append(note)

    def _masked(self, message: M) -> str:
        return masked(message.content, from_json(message.hidden or []))

    def open(self, broken: Frames, now: datetime) -> None:
        """Make the answer one that is on its way; if it dies it ends with ``broken``."""
        self.answer.state, self.answer.lease_until = AnswerState.STREAMING, now + LEASE
        self.answer.closing = broken
        if llm.configured():  # the model may hear that help is needed
            helplines.keep_fresh()

    def keep(self) -> None:
        """Write the rows, in one statement."""
        rows = [self.said, self.answer] if self.fresh else [self.answer]
        insert(rows)


def repeated(kind: type[M], session_id: UUID, key: str | None, text: str | None) -> M | None:
    """Return the answer already opened for this key, None for a new one.

    ``text`` is what is said with it (None: an answer is asked for anew).
    Raises IdempotencyKeyReused.
    """
    if key is None:
        return None
    rows = kind._default_manager
    before = rows.filter(session_id=session_id, idempotency_key=key).first()
    if before is None:
        return None
    if (before.role == Role.USER) != (text is not None):
        raise IdempotencyKeyReused
    if text is None:
        return before
    if before.content != text:
        raise IdempotencyKeyReused
    return rows.filter(answers=before).order_by("shelved", "-created_at").first()


def history_of(kind: type[M], session_id: UUID) -> list[M]:
    """Return what was said in a session, oldest first, without what was replaced."""
    said = "session_id = %s AND NOT shelved ORDER BY number"
    return select(kind, said, [session_id], only=_SPOKEN)


def hear(
    session: Any,
    history: list[M],
    *,
    kind: type[M],
    text: str,
    key: str | None,
    place: dict[str, Any],
    locale: str,
    now: datetime,
    replaces: M | None = None,
) -> Heard[M]:
    """Take in a message. ``place`` has the app's own columns (its step, its tool).

    With ``replaces`` (the last thing the person said) that and what followed are shelved.
    """
    superseded = kind.supersede(history, now)
    variants = [0, 0]
    replaced = None
    if replaces is not None:
        gone = [m for m in history if m.number >= replaces.number]
        history = [m for m in history if m.number < replaces.number]
        variants = [replaces.variants + 1, gone[-1].variants + 1 if len(gone) > 1 else 0]
        replaced = gone[-1] if len(gone) > 1 else None
        _shelve(kind, gone, now)
    number = history[-1].number if history else 0
    said = kind(
        session=session,
        number=number + 1,
        role=Role.USER,
        content=text,
        idempotency_key=key,
        variants=variants[0],
        **place,
    )
    answer = kind(
        session=session,
        number=number + 2,
        role=Role.ASSISTANT,
        answers=said,
        variants=variants[1],
        **place,
    )
    heard = _heard(kind, history, said, answer, locale)
    heard.superseded, heard.replaced = superseded, replaced
    said.hidden = to_json(heard.shield.hide(text))
    return heard


def rehear(
    session: Any,
    history: list[M],
    *,
    kind: type[M],
    key: str | None,
    place: dict[str, Any],
    locale: str,
    now: datetime,
) -> Heard[M]:
    """Take in the last message once more, for another answer to it; the old one is shelved."""
    superseded = kind.supersede(history, now)
    *before, said, old = history
    _shelve(kind, [old], now)
    answer = kind(
        session=session,
        number=old.number,
        role=Role.ASSISTANT,
        answers=said,
        idempotency_key=key,
        variants=old.variants + 1,
        **place,
    )
    heard = _heard(kind, before, said, answer, locale)
    if said.hidden is None:
        said.hidden = to_json(heard.shield.hide(said.content))
    else:
        heard.shield.remember(said.content, from_json(said.hidden))
    heard.fresh, heard.superseded, heard.replaced = False, superseded, old
    return heard


def last_exchange(history: Sequence[M]) -> tuple[M, M] | None:
    """Return the last thing the person said and its answer; None before there is one."""
    if len(history) < 2 or history[-1].answers_id != history[-2].pk:
        return None
    return history[-2], history[-1]


def _shelve(kind: type[M], rows: Sequence[M], now: datetime) -> None:
    pks = [row.pk for row in rows]
    kind._default_manager.filter(pk__in=pks).update(shelved=True, updated_at=now)


def _heard(kind: type[M], history: list[M], said: M, answer: M, locale: str) -> Heard[M]:
    shield = Shield()
    for message in history:
        if message.role == Role.SYSTEM:
            message.hidden = []  # our own words
        elif message.hidden is None:  # of an earlier build, or broken off
            message.hidden = to_json(shield.hide(message.content))
        else:
            shield.remember(message.content, from_json(message.hidden))
    spoken_so_far = [m.content for m in history if m.role == Role.USER]
    spoken = language.detect(said.content, spoken_before(spoken_so_far, locale))
    risk = crisis.assess(said.content, spoken_so_far[-RISK_MEMORY:])
    flagged = injection.flagged(said.content)
    if flagged is not None:
        metrics.INJECTIONS.labels(flagged).inc()
    return Heard(kind, history, said, answer, spoken, risk, flagged, shield)


def hidden(shield: Shield, text: str) -> list[list[Any]]:
    """Return where private details stand in the coach's own words, as a row keeps it."""
    return to_json(shield.hide(text))


def find(
    kind: type[M],
    *,
    session_id: UUID,
    message_id: UUID,
    user_id: UUID,
    owned: Callable[[], bool],
    no_session: type[DomainError],
    no_message: type[DomainError],
) -> M:
    """Return an answer of somebody's own; one whose producer died is marked first.

    ``owned`` is asked only when there is none. Raises ``no_session``, ``no_message``.
    """
    rows = kind._default_manager.filter(session__user_id=user_id, session_id=session_id)
    answer = rows.filter(pk=message_id, role=Role.ASSISTANT).first()
    if answer is None:
        raise no_message if owned() else no_session
    if answer.state == AnswerState.STREAMING and kind.sweep():
        answer.refresh_from_db()
    return answer
