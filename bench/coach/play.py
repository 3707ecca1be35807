"""Written conversations, played through the real rules, the real Ask and a provider.

No database: what the service keeps in rows is kept here in a dict. Everything a score needs is
in a Heard.
"""

import tomllib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solacore.kit.llm.base import Ask, Turn
from solacore.kit.talk import language as languages
from solacore.kit.talk.notes import NoteFilter
from solacore.kit.talk.shield import shield
from solacore.kit.talk.turns import spoken_before
from solve.limits import HISTORY_TURNS
from solve.rules import asking, coach, emotions
from solve.rules import profile as profiles
from solve.rules.steps import Step

HERE = Path(__file__).parent
LANGUAGES = ("en", "zh", "es")
Answer = Callable[[Ask], Awaitable[str]]
OptionsLines = Callable[[Ask], str]


@dataclass(frozen=True)
class Heard:
    """One answer, and what it is to be judged by."""

    talk: str
    language: str
    said: str
    step: str
    wanted: tuple[str, ...]
    after: str
    answer: str
    earlier: tuple[str, ...]


def load(language: str) -> list[dict[str, Any]]:
    """Return the written conversations of a language."""
    return list(tomllib.loads((HERE / f"{language}.toml").read_text(encoding="utf-8"))["talk"])


async def play(talk: dict[str, Any], answer: Answer, options_lines: OptionsLines) -> list[Heard]:
    """Play one conversation.

    Where the step after an answer is not the one written down it counts against the coach once:
    the conversation goes on from the step that was expected.
    """
    step, in_step, profile = Step.RECEIVE.value, [], profiles.Profile()
    history: list[tuple[str, str]] = []
    heard: list[Heard] = []
    for said, expected in talk["turns"]:
        spoken = languages.detect(
            said, spoken_before([t for r, t in history if r == "user"], talk["locale"])
        )
        before = next((text for role, text in reversed(history) if role == "assistant"), "")
        in_step.append(said)
        history.append(("user", said))
        profile = profiles.heard(
            profile, said, step=step, emotion=emotions.detect(said), language=spoken,
            answering=before,
        )  # fmt: skip
        turns = [Turn(role, shield(text)) for role, text in history[-HISTORY_TURNS:]]
        ask = asking.ask(
            step=step, said_in_step=in_step, turns=tuple(turns), profile=profile,
            language=spoken, locale=talk["locale"],
        )  # fmt: skip
        notes = NoteFilter()
        shown = notes.feed(await answer(ask))
        rest, note = notes.finish()
        text = (shown + rest).strip()
        moved = ask.moving or (note is not None and note.get("done") is True)
        if note and isinstance(note.get("profile"), dict):
            profile = profiles.noted(profile, note["profile"])
        if moved and step == Step.REFRAME and not coach.has_options(text):
            text = f"{text}\n\n{options_lines(ask)}"
        following = Step(step).next
        after = (following.value if following else "done") if moved else step
        wanted = tuple(expected.split("/"))
        earlier = tuple(h.answer for h in heard)
        heard.append(Heard(talk["id"], spoken, said, step, wanted, after, text, earlier))
        history.append(("assistant", text))
        after = after if after in wanted else wanted[0]
        if after == "done":
            break
        if after != step:
            step, in_step = after, []
    return heard


def questions(text: str) -> Iterator[str]:
    """Yield the questions of an answer."""
    start = 0
    for place, char in enumerate(text):
        if char in "?？":
            yield text[start : place + 1]
        if char in ".?!。？！\n":
            start = place + 1
