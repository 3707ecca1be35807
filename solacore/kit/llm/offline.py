"""The built-in coach: deterministic, follows the step and the language, says words back.

It is the embedded default and the last resort behind every model. It reads no prompt: its
words stand in ``prompts/offline/<language>.toml``, one list of variants for each thing it may
have to say. The conversation and its profile choose among them, so the same talk gives the
same answer, nothing is asked twice, and no two turns sound alike.
"""

import asyncio
import re
import tomllib
from collections.abc import AsyncGenerator
from functools import cache
from pathlib import Path
from typing import Any

from solacore.kit.llm import mirror, teacher
from solacore.kit.llm.base import Ask
from solacore.kit.llm.said import Said, own_words

LANGUAGES = ("en", "zh", "es")
GAPS = ("goal", "constraints", "attempts", "success_criteria", "more")
_FIRST_SENTENCE = re.compile(r"(?<=[.。])\s*(?=\S)")
_PIECE = re.compile(r"[\u4e00-\u9fff，。？！、：；]{1,3}|\S+\s*|\s+")


class OfflineCoach:
    """Answers an Ask from words on disk; ``pause`` is the seconds between two pieces."""

    name = "offline"

    def __init__(self, prompts: Path, pause: float = 0.0) -> None:
        self.folder = prompts / "offline"
        self.pause = pause

    async def stream(self, ask: Ask) -> AsyncGenerator[str, None]:
        """Yield the answer a word at a time."""
        for piece in _PIECE.findall(self.answer(ask)):
            if self.pause:
                await asyncio.sleep(self.pause)
            yield piece

    def notice(self, language: str) -> str:
        """Return what is said first when this coach stands in for a model."""
        return f"{self._words(language)['notice']}\n\n"

    def answer(self, ask: Ask) -> str:
        """Return the whole answer."""
        if ask.product == "learn":
            answer = teacher.answer(ask, self.folder / "teach")
        else:
            answer = self._coach(ask, Said(ask), self._words(ask.language))
        if check_in := ask.context.get("check_in"):
            return f"{check_in}\n\n{answer}"
        return answer

    def options_lines(self, ask: Ask) -> str:
        """Return three options, one a line, made from what is known."""
        said = Said(ask)
        words = self._words(ask.language)["options"]
        third = "rest" if said.loss else "try"
        chosen = [said.pick(words[kind], kind) for kind in ("talk", "write", third)]
        lines = zip("ABC", chosen, strict=True)
        return "\n".join(f"{letter}) {said.fill(line)}" for letter, line in lines)

    def _coach(self, ask: Ask, said: Said, words: dict[str, Any]) -> str:
        if ask.moving:
            return self._moving(ask, said, words)
        if ask.context.get("aside"):
            return said.join(said.say(words["aside"]), self._question(ask, said, words))
        if ask.context.get("hands_over"):
            return said.join(said.say(words["decide"]), self._question(ask, said, words))
        if ask.step == "receive" or not said.last_heart:
            return said.say(words["small_talk"])
        return said.join(self._reflection(said, words), self._question(ask, said, words))

    def _moving(self, ask: Ask, said: Said, words: dict[str, Any]) -> str:
        opening = words["moving"]
        if ask.step == "receive":
            return said.join(self._received(said, words), said.say(opening["receive"]))
        if ask.step == "clarify":
            heard = _FIRST_SENTENCE.split(self._reflection(said, words), maxsplit=1)[0]
            return said.join(heard, self._view(said, words))
        if ask.step == "reframe":
            return f"{said.say(opening['reframe'])}\n\n{self.options_lines(ask)}"
        if ask.step == "options":
            step = said.say(words["first_step"][self._kind(said, words)])
            return said.join(said.say(opening["options"]), step, said.say(words["when"]))
        kind = "timed" if said.when else "untimed"
        return said.say(opening["commit"][kind])

    def _received(self, said: Said, words: dict[str, Any]) -> str:
        """Heard and felt: their words, and the feeling as a guess."""
        again = said.say(words["again"]) if said.known.get("before") else ""
        feeling = said.known.get("emotion") or {}
        label = feeling.get("label", "") if isinstance(feeling, dict) else ""
        reflection = self._reflection(said, words)
        if again or label in words["feel"]:
            reflection = _FIRST_SENTENCE.split(reflection, maxsplit=1)[0]
        if again:
            return said.join(again, reflection)
        felt = said.say(words["feel"][label]) if label in words["feel"] else ""
        return said.join(reflection, felt)

    def _view(self, said: Said, words: dict[str, Any]) -> str:
        """Another way to look at it, one that has not been tried yet."""
        kinds = ["friend", "control", "zoom", "growth"]
        if said.people:
            kinds.append("other")
        if said.loss:  # nobody who grieves is asked what it teaches, or what a year will do
            kinds = ["friend", "control"]
        variants = [view for kind in kinds for view in words["views"][kind]]
        return said.say(variants, "view")

    def _kind(self, said: Said, words: dict[str, Any]) -> str:
        """Which kind of option was chosen; "own" for their own words or a model's option."""
        line = said.offered.get(said.letter, "")
        for kind, variants in words["options"].items():
            if line and any(own_words(variant) in line for variant in variants):
                return str(kind)
        return "own"

    def _question(self, ask: Ask, said: Said, words: dict[str, Any]) -> str:
        """What is asked next in a step that goes on: never the same twice."""
        if ask.step == "reframe":
            return self._view(said, words)
        if ask.step != "clarify":
            return said.say(words["staying"][ask.step])
        wanted = ask.context.get("gaps", GAPS)
        asked = words["clarify"]
        for gap in (*(gap for gap in GAPS[:-1] if gap in wanted), "more"):
            unasked = all(map(said.fresh, asked[gap]))
            if gap == "more" or unasked:
                return said.say(asked[gap])
        raise AssertionError("unreachable: more is always there")

    def _reflection(self, said: Said, words: dict[str, Any]) -> str:
        if mirror.CLINICAL.search(said.last):
            return said.say(words["diagnosis"])
        if said.short:
            return said.say(words["nod"])
        return said.say(words["reflect" if said.turned else "quote"])

    def _words(self, language: str) -> dict[str, Any]:
        return _load(self.folder / f"{language if language in LANGUAGES else 'en'}.toml")


@cache
def _load(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
