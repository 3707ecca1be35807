"""The built-in coach: deterministic, follows the step and the language, says words back.

It is the embedded default and the last resort behind every model. It reads no prompt: its
words stand in ``prompts/offline/<language>.toml``, one list of variants for each thing it may
have to say, and the conversation itself chooses among them, so the same talk gives the same
answer and no two turns sound alike.
"""

import asyncio
import hashlib
import re
import tomllib
from collections.abc import AsyncGenerator
from functools import cache
from pathlib import Path
from typing import Any

from solacore.kit.llm import mirror, teacher
from solacore.kit.llm.base import Ask

LANGUAGES = ("en", "zh", "es")
_PLACE = re.compile(r"\{\w+\}")
_FIRST_SENTENCE = re.compile(r"(?<=[.。])\s*(?=\S)")
_PIECE = re.compile(r"[\u4e00-\u9fff，。？！、：；]{1,3}|\S+\s*|\s+")
_OPTION = re.compile(r"^([A-C])\) (.+)$", re.M)
_LETTER = re.compile(r"^\W*(?:option |opción |选)?\(?([abc123])\)?\W*$", re.I)
_ORDINALS = (
    ("a", r"first|primera|第一|\bone\b|\b1\b"),
    ("b", r"second|segunda|第二|\btwo\b|\b2\b"),
    ("c", r"third|last|tercera|última|第三|\bthree\b|\b3\b"),
)
_MOMENT = (
    r"(?:tonight|today|tomorrow|this (?:morning|evening|afternoon|weekend)|(?:in the )?(?:morning|"
    r"evening|afternoon)|(?:before|after) (?:work|breakfast|lunch|dinner|bed)|on \w+day|"
    r"at \d{1,2}(?::\d\d)?(?: ?[ap]m)?|hoy|mañana|esta (?:noche|tarde)|"
    r"por la (?:mañana|tarde|noche)|"
    r"a las \d{1,2}(?::\d\d)?|(?:antes|después) de (?:comer|cenar|trabajar)|"
    r"el (?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)|"
    r"今晚|今天|明天|后天|早上|上午|中午|下午|晚上|下班后|晚饭后|睡前|周[一二三四五六日末]|"
    r"[一二三四五六七八九十\d]{1,3}点半?)"
)
_WHEN = re.compile(rf"{_MOMENT}(?:,? ?{_MOMENT})*", re.I)


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
        said = _Said(ask)
        words = self._words(ask.language)
        if ask.product == "learn":
            return teacher.answer(ask, self.folder / "teach")
        if not ask.moving and (ask.step == "receive" or not said.last_heart):
            return self._say(words["small_talk"], said)
        if ask.moving:
            return self._moving(ask, said, words)
        return self._staying(ask, said, words)

    def options_lines(self, ask: Ask) -> str:
        """Return three options, one a line, made from what was said."""
        said = _Said(ask)
        words = self._words(ask.language)["options"]
        chosen = [_pick(words[kind], said, kind) for kind in ("talk", "write", "try")]
        return "\n".join(
            f"{letter}) {said.fill(line)}" for letter, line in zip("ABC", chosen, strict=True)
        )

    def _moving(self, ask: Ask, said: "_Said", words: dict[str, Any]) -> str:
        opening = words["moving"][ask.step]
        if ask.step == "receive":
            return said.join(self._reflection(said, words), self._say(opening, said))
        if ask.step == "clarify":
            heard = _FIRST_SENTENCE.split(self._reflection(said, words), maxsplit=1)[0]
            return said.join(heard, self._say(opening, said))
        if ask.step == "reframe":
            return f"{self._say(opening, said)}\n\n{self.options_lines(ask)}"
        return self._say(opening, said)

    def _staying(self, ask: Ask, said: "_Said", words: dict[str, Any]) -> str:
        questions = words["staying"][ask.step]
        question = questions[(ask.turn_in_step - 1) % len(questions)]
        return said.join(self._reflection(said, words), said.fill(question))

    def _reflection(self, said: "_Said", words: dict[str, Any]) -> str:
        kind = "reflect" if said.turned else "quote"
        if said.short:
            kind = "nod"
        return self._say(words[kind], said)

    def _say(self, variants: list[str], said: "_Said") -> str:
        return said.fill(_pick(variants, said, variants[0]))

    def _words(self, language: str) -> dict[str, Any]:
        return _load(self.folder / f"{language if language in LANGUAGES else 'en'}.toml")


@cache
def _load(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _pick(variants: list[str], said: "_Said", slot: str) -> str:
    """Choose by the conversation, passing over what the coach said the last time."""
    seed = hashlib.blake2b(f"{slot}|{said.seed}".encode(), digest_size=4).digest()
    start = int.from_bytes(seed, "big")
    ordered = [variants[(start + n) % len(variants)] for n in range(len(variants))]
    fresh = [v for v in ordered if _longest_own(v) not in said.before]
    return (fresh or ordered)[0]


def _longest_own(variant: str) -> str:
    """Return a stretch of our own words in a variant, to know it by."""
    return max(_PLACE.split(variant), key=len)[:24]


class _Said:
    """What the conversation gives an answer to work with."""

    def __init__(self, ask: Ask) -> None:
        user = [turn.content for turn in ask.turns if turn.role == "user"]
        coach = [turn.content for turn in ask.turns if turn.role == "assistant"]
        self.language = ask.language
        self.before = coach[-1] if coach else ""
        self.seed = f"{ask.step}|{len(user)}|{user[0][:200] if user else ''}"
        last = user[-1] if user else ""
        self.last_heart = mirror.heart(last)
        self.turned = mirror.turned(self.last_heart, ask.language)
        self.short = len(last) < (4 if ask.language == "zh" else 10)
        self.concern = self._concern(user)
        self.choice = self._choice(last, coach)
        self.step = self._step(coach)
        when = _WHEN.search(last)
        self.when = when[0] if when else ""

    def _concern(self, user: list[str]) -> str:
        """What the person came with: the weightiest clause of their first real words."""
        for text in user:
            found = mirror.heart(text)
            if len(found) >= (4 if self.language == "zh" else 10):
                return self._quoted(found)
        return self._quoted(self.last_heart) or "…"

    def _quoted(self, clause: str) -> str:
        if not clause:
            return ""
        marks = {"zh": "「{}」", "es": "«{}»"}.get(self.language, "“{}”")
        return marks.format(clause)

    def _choice(self, last: str, coach: list[str]) -> str:
        """The option that was chosen, by letter or ordinal; else their own words, quoted."""
        offered: dict[str, str] = {}
        for text in coach:
            offered = {m[1].lower(): m[2] for m in _OPTION.finditer(text)} or offered
        letter = _LETTER.match(last)
        key = {"1": "a", "2": "b", "3": "c"}.get(letter[1], letter[1].lower()) if letter else ""
        if not key and len(last) < 40:
            key = next((k for k, p in _ORDINALS if re.search(p, last.lower())), "")
        whole = next((k for k, option in offered.items() if option[:25] in last), "")
        key = whole or key
        if key in offered:
            return re.split(r"[:：。]|\. ", offered[key])[0].strip()
        return self._quoted(self.last_heart)

    def _step(self, coach: list[str]) -> str:
        """The small step that was proposed (between ** in the coach's own words)."""
        for text in reversed(coach):
            found = re.search(r"\*\*(.+?)\*\*", text)
            if found:
                return found[1].rstrip(".。")
        return self.concern

    def fill(self, sentence: str) -> str:
        """Put their words into a sentence of ours."""
        heart = self.turned or self._quoted(self.last_heart) or self.concern
        values = {
            "heart": heart,
            "Heart": heart[:1].upper() + heart[1:],
            "words": self._quoted(self.last_heart) or self.concern,
            "concern": self.concern,
            "choice": self.choice or self.concern,
            "plan": self._plan(),
        }
        return _PLACE.sub(lambda place: values[place[0][1:-1]], sentence)

    def _plan(self) -> str:
        """When and what, as far as both are known."""
        comma = "，" if self.language == "zh" else ", "
        return f"{self.when}{comma}{self.step}" if self.when else self.step

    def join(self, *sentences: str) -> str:
        """Put sentences behind each other as the language does."""
        return ("" if self.language == "zh" else " ").join(sentences)
