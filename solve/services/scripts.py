"""One answer of the coach's on its way, and what follows when it ends."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.services import answers, spending
from solacore.kit import llm
from solacore.kit.messages import bill
from solacore.kit.models import DELETED, AnswerState, Frames
from solacore.kit.rows import update
from solacore.kit.talk import conversation, helplines, referrals
from solacore.kit.talk.conversation import Heard
from solve import errors
from solve.models import Message, SolveSession
from solve.rules import coach
from solve.rules.profile import Profile, noted
from solve.rules.steps import Status, Step
from solve.services import analytics, profiles, sessions


def broken(code: str, step: str, mood: dict[str, object]) -> Frames:
    """Return how a broken answer's stream ends: both clients wait for a ``done`` (M10)."""
    return [
        ["error", {"error": "STREAM_ERROR", "code": code}],
        ["done", {"next_step": step, **mood}],
    ]


class Script(answers.PersonalScript):
    """One answer on its way: what may be shown of it, and what follows when it ends."""

    kind = Message

    def __init__(
        self,
        session: SolveSession,
        heard: Heard[Message],
        ask: llm.Ask,
        mood: dict[str, object],
        profile: Profile,
        country: str | None,
    ) -> None:
        super().__init__(heard, ask, user_id=session.user_id, country=country)
        self.mood, self.profile = mood, profile
        self.broken = broken("ANSWER_FAILED", ask.step, mood)
        self.done, self.learned = ask.moving, False
        self._shown: list[str] = []

    def feed(self, piece: str) -> str:
        """Return what of a piece may be shown."""
        shown = self._voice.feed(piece)
        self._shown.append(shown)
        return shown

    def end(self) -> str:
        """Take the coach's judgement; add the options if the answer leads to them without any.

        Without a note of the coach's the rule counts; it also counts when the rule says that
        nobody is to be kept any longer. An answer that was stopped, or ends with help, moves
        nothing.
        """
        rest, note = self._voice.finish()
        if self._voice.stopped is not None:
            self.done = False
            return rest
        self.done = self.help is None and (self.ask.moving or _said_done(note))
        learned = note.get("profile") if note is not None else None
        if isinstance(learned, dict):
            self.profile, before = noted(self.profile, learned), self.profile
            self.learned = self.profile != before
        text = "".join(self._shown) + rest
        leads_to_options = self.done and self.ask.step == Step.REFRAME
        if leads_to_options and not coach.has_options(text):
            rest = f"{rest}\n\n{llm.offline_coach().options_lines(self.ask)}"
        return rest

    def finish(self, text: str) -> Frames:
        """Keep the whole answer and move on if the step's purpose is met."""
        return finish(self, text=text, now=timezone.now())  # noqa: TID251

    def interrupt(self, text: str, code: str) -> Frames:
        """Keep a broken answer; the step stays, and its reader is not charged."""
        closing = broken(code, self.ask.step, self.mood)
        return answers.interrupt(self, text, closing, timezone.now())  # noqa: TID251


def _said_done(note: dict[str, Any] | None) -> bool:
    return note is not None and note.get("done") is True


@transaction.atomic
def finish(script: Script, *, text: str, now: datetime) -> Frames:
    """Keep a whole answer; move the step or complete the session if its purpose is met.

    An answer that was ended meanwhile (stopped, superseded) stays ended.
    """
    try:
        session = sessions.lock(session_id=script.session_id, user_id=script.user_id)
    except errors.SessionNotFound:
        return DELETED
    open_here = session.current_step == script.ask.step and session.status == Status.ACTIVE
    moves = script.done and open_here
    to = Step(session.current_step).next if moves else None
    next_step = to or Step(session.current_step)
    closing: Frames = [["done", {"next_step": next_step.value, **script.mood}]]
    if script.help is not None:
        closing = [["done", helplines.done(script.help)]]
    hidden = conversation.hidden(script.shield, text)
    kept = Message.conclude(
        script.answer_id, text, AnswerState.COMPLETE, closing, hidden=hidden, **bill(script.spent)
    )
    if kept is closing:
        if script.learned:
            profiles.keep(session.pk, script.profile)
        if moves:
            _move(session, to, now)
        if script.help is not None:
            language, tier = script.ask.language, "explicit"
            analytics.record(session, "crisis_detected", keyword="coach", tier=tier)
            referrals.count(product="solve", language=language, tier=tier, now=now)
    if kept is closing:  # once, however often this is tried; last, for the house's row is busy
        spending.record(user_id=script.user_id, spents=script.spent, now=now)
    return kept


def _move(session: SolveSession, to: Step | None, now: datetime) -> None:
    """Take a locked session to its next step; behind the last one it is complete."""
    if to is None:
        analytics.record(session, "step_completed", step=session.current_step)
        sessions.complete(session, now)
    else:
        sessions.advance(session, to, now)
    update(session, "current_step", "status", "completed_at", "updated_at")
