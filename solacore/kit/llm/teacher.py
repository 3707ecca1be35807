"""The built-in teacher: ten methods and four steps as protocols over turns, without a model.

It reads no prompt: its words stand in ``prompts/offline/teach/<language>.toml``, and what goes
into their places is the learner's own (``kit/talk/terms.py``). It knows nothing of any topic, so
it asks, quotes, orders, contrasts and makes cards; it never adds a fact. The same conversation
gives the same answer.
"""

import re
import tomllib
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from solacore.kit.llm.base import Ask
from solacore.kit.talk import moments
from solacore.kit.talk.terms import (
    clean,
    lesson_topic,
    quoted,
    sentences,
    statements,
    subject,
    terms,
)

LANGUAGES = ("en", "zh", "es")
MAX_QUOTE = 110  # characters of somebody's sentence that are said back
MAX_CARDS, MIN_CARDS = 3, 2

_PLACE = re.compile(r"\{(\w+)\}")
_LOST = re.compile(
    r"\W*(?:(?:sorry|um+|hm+|well|pues|嗯|呃)\W*)*(?:i (?:really )?(?:don['’]?t|do not) (?:know|remember)|"
    r"no idea|not sure|idk|i forgot|i give up|no (?:lo )?sé|ni idea|no me acuerdo|no recuerdo|"
    r"no estoy segur[oa]|me rindo|(?:我)?(?:也)?(?:不(?:太)?(?:知道|清楚|会|懂|记得)|忘了|想不起来|没想法))",
    re.I,
)
_HEDGE = re.compile(
    r"\b(?:somehow|something|stuff|kind of|sort of|things?|magically|basically|"
    r"algo|de alguna (?:manera|forma)|cosas?|una especie de|básicamente)\b|"
    r"某种(?:方式)?|什么的|之类|东西|反正|大概",
    re.I,
)
_CAUSE = re.compile(r"\b(?:because|since|due to|porque|ya que|debido a)\b|因为|由于", re.I)
_WHY = re.compile(
    rf"{_CAUSE.pattern}|\b(?:so that|therefore|that's why|por eso|para que|por lo que|así que)\b|"
    r", so\b|所以|因此|导致|使得",
    re.I,
)
_EXAMPLE = re.compile(
    r"\b(?:for (?:example|instance)|such as|like when|imagine|por ejemplo|como cuando|imagina)\b|"
    r"比如|例如|就像|好比",
    re.I,
)
_DEFINES = re.compile(
    r"^([^,，]{2,30}?)(?:\s+(?:is|are|means|es|son|significa)\s+|是(?!因为)|叫做|指的是)(.{4,})$",
    re.I,
)


def answer(ask: Ask, folder: Path) -> str:
    """Return the next turn of the method (or step) of ``ask``, from the words in ``folder``."""
    words = _load(folder / f"{ask.language if ask.language in LANGUAGES else 'en'}.toml")
    return _Lesson(ask, words).turn()


@cache
def _load(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _thin(text: str) -> bool:
    """Is there nothing in it to work with: "ok", "I don't know"?"""
    if moments.day(text) or moments.time(text):
        return False
    if _LOST.match(text) and len(text) < 60:
        return True
    return not terms([text]) and not sentences(text)


class _Lesson:
    """One conversation, and what it gives the next turn to work with."""

    def __init__(self, ask: Ask, words: dict[str, Any]) -> None:
        self.ask, self.words, self.language = ask, words, ask.language
        self.user = [turn.content for turn in ask.turns if turn.role == "user"]
        self.coach = [turn.content for turn in ask.turns if turn.role == "assistant"]
        self.protocol = words[ask.method or ask.step]
        self.last = self.user[-1] if self.user else ""
        mine = self.user[-ask.turn_in_step :]
        self.lost = sum(_thin(text) for text in mine[1:])
        # A turn the learner could not use is not counted: the protocol waits for them.
        self.stage = max(1, ask.turn_in_step - self.lost)

    def turn(self) -> str:
        """Return the text of this turn."""
        if self.ask.turn_in_step > 1 and _thin(self.last):
            return self._fill(self._smaller())
        text = self._at_stage()
        cards_missing = "{cards}" in text and len(self._cards) < MIN_CARDS
        if cards_missing or ("{asked}" in text and not self.place_asked):
            text = self._unheard(self.protocol["empty"])
        return self._fill(text)

    def _at_stage(self) -> str:
        turns: list[str] = self.protocol["turns"]
        if self.stage <= len(turns):
            return turns[self.stage - 1]
        later: list[str] = self.protocol.get("later") or turns[1:]
        return later[(self.stage - len(turns) - 1) % len(later)]

    def _smaller(self) -> str:
        """The same once more, with less to lift."""
        if self.ask.method == "grow":
            stuck: list[str] = self.protocol["stuck"]
            return stuck[min(self.stage, len(stuck)) - 1]
        return self._unheard(self.protocol.get("stuck") or self.words["stuck"])

    def _unheard(self, variants: list[str]) -> str:
        """The next of ``variants``; each is said once before one returns."""
        return variants[max(self.ask.turn_in_step - 1, 0) % len(variants)]

    @cached_property
    def topic(self) -> str:
        return lesson_topic(self.ask.topic, self.user)

    @cached_property
    def statements(self) -> list[str]:
        """What they have said so far, newest message first."""
        found = statements(reversed(self.user), self.topic)
        return [s for s in found if not _LOST.match(s)]

    @cached_property
    def said(self) -> str:
        """The sentence of their last message that carries most."""
        found = [s for s in sentences(self.last) if not _LOST.match(s)]
        best = max(found, key=lambda s: len(terms([s])), default="") or clean(self.last)
        return best if len(best) <= MAX_QUOTE else best[:MAX_QUOTE].rsplit(" ", 1)[0] + "…"

    @cached_property
    def terms(self) -> list[str]:
        """Their terms, of the last message first, then of all; the topic where there is none."""
        own = terms([self.last]) if not _thin(self.last) else []
        known = {term.lower() for term in own}
        more = [t for t in terms(u for u in self.user if not _thin(u)) if t.lower() not in known]
        return [t for t in own + more if t.lower() not in self.topic.lower()] or [self.topic]

    def _fill(self, text: str) -> str:
        return _PLACE.sub(lambda place: str(getattr(self, f"place_{place[1]}")), text)

    def _quoted(self, text: str) -> str:
        return quoted(text, self.language)

    @property
    def place_topic(self) -> str:
        return self._quoted(self.topic) or self.words["this"]

    @property
    def place_said(self) -> str:
        return self._quoted(self.said) or self.place_topic

    @property
    def place_term(self) -> str:
        return self._quoted(self.terms[0]) or self.place_topic

    @property
    def place_term2(self) -> str:
        return self._quoted(self.terms[1]) if len(self.terms) > 1 else self.place_topic

    @property
    def place_earlier(self) -> str:
        other = next((subject(t.removesuffix("...")) for t in self.ask.earlier if t), "")
        return self._quoted(other if other != self.topic else "") or self.words["neighbour"]

    @property
    def place_recap(self) -> str:
        """Up to three of their own sentences, oldest first, one a line."""
        best = sorted(self.statements, key=lambda s: -len(terms([s])))[:3]
        own = [s for s in reversed(self.statements) if s in best] or [self.topic]
        return "\n".join(f"- {s}" for s in own)

    @property
    def place_gap(self) -> str:
        """The one thing most missing from what they said; not one that was named before."""
        gaps = self.words["gaps"]
        named: list[str] = []
        if hedge := _HEDGE.search(self.last):
            named.append(gaps["hedge"].replace("{word}", self._quoted(hedge[0])))
        if not _WHY.search(self.last):
            named.append(gaps["cause"].replace("{word}", self.place_term))
        if self.terms[0] != self.topic:
            named.append(gaps["term"].replace("{word}", self._quoted(self.terms[0])))
        if not _EXAMPLE.search(self.last):
            named.append(gaps["example"])
        named.append(gaps["limits"])
        heard = "\n".join(self.coach)
        return next((gap for gap in named if gap not in heard), named[0])

    @property
    def place_plan(self) -> str:
        """A day, a time and what they mean to do then."""
        spoken = [text for text in reversed(self.user) if moments.day(text) or moments.time(text)]
        day = next(filter(None, map(moments.day, spoken)), self.words["when"]["day"])
        hour = next(filter(None, map(moments.time, spoken)), self.words["when"]["time"])
        place = str(self.words["when"]["line"])
        when = day if hour == day else place.replace("{day}", day).replace("{time}", hour)
        return f"{when}{self.words['when']['then']}{self._quoted(self._action())}"

    def _action(self) -> str:
        """What they chose to do: their words before they named a moment, else with it."""
        dated = [n for n, text in enumerate(self.user) if moments.day(text) or moments.time(text)]
        before = self.user[1 : dated[-1] if dated else None]
        for text in [*reversed(before), self.last]:
            for sentence in sentences(text):
                if not _LOST.match(sentence) and terms([sentence]):
                    return sentence[:MAX_QUOTE]
        return self.topic

    @property
    def place_asked(self) -> str:
        """The question of a card that was shown: the first of the oldest set still known."""
        mark = str(self.words["cards"]["q"])
        lines = (line for text in self.coach for line in text.split("\n"))
        return next((line.removeprefix(mark) for line in lines if line.startswith(mark)), "")

    @property
    def place_cards(self) -> str:
        return "\n\n".join(self._cards)

    @cached_property
    def _cards(self) -> list[str]:
        """Cards out of their own sentences; none that was shown before."""
        heard = "\n".join(self.coach)
        made = [card for s in self.statements for card in self._cards_of(s)]
        fresh = [
            f"{self.words['cards']['q']}{q}\n{self.words['cards']['a']}{a}"
            for q, a in made
            if q not in heard
        ]
        return list(dict.fromkeys(fresh))[:MAX_CARDS]

    def _cards_of(self, sentence: str) -> list[tuple[str, str]]:
        words, found = self.words["cards"], []
        halves = _CAUSE.split(sentence, maxsplit=1)
        if len(halves) == 2 and all(len(half.strip()) > 3 for half in halves):
            found.append(
                (words["why"].replace("{x}", self._quoted(clean(halves[0]))), clean(halves[1]))
            )
        named = terms([sentence])
        defined = _DEFINES.match(sentence)
        if defined and not found and len(defined[1].split()) <= 4 and terms([defined[1]]):
            found.append((words["what"].replace("{x}", self._quoted(clean(defined[1]))), sentence))
        if named:
            term = named[0]
            blank = re.sub(re.escape(term), "____", sentence, count=1)
            found.append((words["missing"].replace("{x}", self._quoted(blank)), term))
        if named and len(found) < MIN_CARDS:
            found.append((words["about"].replace("{x}", self._quoted(named[-1])), sentence))
        return found

    # Pictures. An arrow only says in which order they named things; whether it is right is asked.

    @property
    def place_blank(self) -> str:
        return f"[ ? ] --> [ {self.topic} ] --> [ ? ]"

    @cached_property
    def drawn(self) -> list[str]:
        """Their terms as a picture shows them: in the order of their message."""
        place = {term: self.last.find(term) for term in self.terms[:3]}
        ordered = sorted(
            place, key=lambda term: place[term] if place[term] >= 0 else len(self.last)
        )
        return [*ordered, self.topic]

    @property
    def place_chain(self) -> str:
        return " --> ".join(f"[ {t} ]" for t in [*self.drawn[:-1], "?"])

    @property
    def place_arrow(self) -> str:
        first, second = self.drawn[:2]
        return f"[ {first} ] --( ? )--> [ {second} ]"

    @property
    def place_tree(self) -> str:
        lines = [f'  T["{self.topic}"] --> N{n}["{t}"]' for n, t in enumerate(self.terms[:4])]
        return "\n".join(["```mermaid", "graph LR", *lines, "```"])

    @property
    def place_loop(self) -> str:
        first, second = self.drawn[:2]
        return f"[ {first} ] --> [ {second} ]\n    ^            |\n    +---- ? <----+"
