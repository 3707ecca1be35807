"""A language's phrases: words become symbols, phrases are patterns over symbols.

A phrase such as ``WANT .. DIE`` means: a word of the class WANT, at most two words of any
kind (but no negation, and not past the sentence's end), a word of the class DIE. ``a|b`` is
either, ``a?`` may be missing. Because every word is one character and every gap is bounded,
reading is linear however somebody writes.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from solacore.kit.talk.crisis.normal import normalise

PHRASES = Path(__file__).parent / "phrases"
OTHER_WORD, PAUSE, STOP = " ", ",", "."
TIERS = ("imminent", "explicit", "soft")
_FIRST_SYMBOL = 0x4E00
_COMMON = "\U00020000"  # counts as a known word, stands in no phrase


@dataclass(frozen=True, slots=True)
class Phrase:
    """A family of ways to say one thing. ``needs``: of each set of symbols one must be there."""

    name: str
    tier: str
    needs: tuple[frozenset[str], ...]
    pattern: re.Pattern[str]
    firm: bool  # said of oneself whoever the grammatical subject is ("better off without me")
    mine: bool  # its grammar says "I" ("quiero matarme"): others spoken of before do not matter
    present: bool  # its grammar says "I, now" ("me corto"): nor does a past spoken of


class Lexicon:
    """What is known of one language, compiled once from its file."""

    def __init__(self, file: Path) -> None:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        self.language: str = data.get("language", file.stem)
        self.unspaced: bool = data.get("unspaced", False)
        prefixes = ["", *data.get("prefixes", [])]
        self._classes = {
            name: frozenset(p + word for word in _words(said) for p in prefixes)
            for name, said in [*_emoji().items(), *data["words"].items()]
        }
        for name, emoji in _emoji().items():
            self._classes[name] |= frozenset(_words(emoji))
        context = data.get("context", {})
        tiers = {tier: data.get(tier, {}) for tier in TIERS}
        families = [*context.values(), data.get("harmless", [])]
        families += [say for tier in tiers.values() for say in tier.values()]
        slots = {slot for family in families for say in family for slot in _slots(say)}
        self.symbols = self._symbols(slots)
        self.telling_apart = frozenset(self.symbols)  # what a word in disguise may stand for
        # Words no phrase needs, known all the same: not taken for ours mistyped, nor for a sister's.
        self.symbols = dict.fromkeys(_words(data.get("common", "")), _COMMON) | self.symbols
        self._not = re.escape("".join(sorted(self._charset("NOT"))))
        self.own, self.other = self._any(context["own"]), self._any(context["other"])
        self.told, self.past = self._any(context["told"]), self._any(context["past"])
        self.still, self.near = self._any(context["still"]), self._any(context["near"])
        self.negated = re.compile(f"(?:{self._either(context['negated'])})$")
        self.denied = self._any(context.get("denied", []))
        self.harmless = self._any(data.get("harmless", []))
        # Long over, though told in another sentence: optional, as are mine and present.
        self.recovered = self._any(context.get("recovered", []))
        firm, present = data.get("firm", []), data.get("present", [])
        mine = [*data.get("mine", []), *present]
        # Words that are looked for in disguise, and everyday words one letter away from ours.
        self.telling = frozenset(w for c in data.get("telling", []) for w in self._classes[c])
        self.innocent = frozenset(_words(data.get("innocent", "")))
        self.phrases = [
            Phrase(
                name=name,
                tier=tier,
                needs=self._needs(say),
                pattern=re.compile(self._pattern(say)),
                firm=name in firm,
                mine=name in mine,
                present=name in present,
            )
            for tier, named in tiers.items()
            for name, family in named.items()
            for say in family
        ]
        longest = sorted(self.symbols, key=len, reverse=True)
        self.lengths: dict[str, list[int]] = {}
        for word in longest:
            known = self.lengths.setdefault(word[0], [])
            if len(word) not in known:
                known.append(len(word))

    def _symbols(self, slots: Iterable[str]) -> dict[str, str]:
        """Return a symbol per word; words that stand in the same slots share one."""
        places: dict[str, list[str]] = {}
        for slot in sorted(slots):
            for word in self._members(slot):
                places.setdefault(word, []).append(slot)
        kinds = sorted({tuple(kind) for kind in places.values()})
        symbol = {kind: chr(_FIRST_SYMBOL + n) for n, kind in enumerate(kinds)}
        known = {word: symbol[tuple(kind)] for word, kind in places.items()}
        return known | {word: PAUSE for word in self._classes.get("BUT", ())}

    def _members(self, slot: str) -> frozenset[str]:
        return self._classes[slot] if slot.isupper() else frozenset(_words(slot))

    def _charset(self, slot: str) -> set[str]:
        return {self.symbols[word] for word in self._members(slot) if word in self.symbols}

    def _needs(self, say: str) -> tuple[frozenset[str], ...]:
        """Return, rarest first, the symbols of each part that a phrase cannot do without."""
        sets = [
            frozenset(symbol for slot in part.split("|") for symbol in self._charset(slot))
            for part in say.split()
            if not part.startswith(".") and not part.endswith("?")
        ]
        return tuple(sorted(sets, key=len))

    def _pattern(self, say: str) -> str:
        return "".join(self._part(part) for part in say.split())

    def _part(self, part: str) -> str:
        if part.startswith("."):
            return rf"[^.{self._not}]{{0,{len(part)}}}"
        optional = part.endswith("?")
        chars = {c for slot in part.rstrip("?").split("|") for c in self._charset(slot)}
        return "[" + re.escape("".join(sorted(chars))) + "]" + "?" * optional

    def _either(self, family: Iterable[str]) -> str:
        return "|".join(self._pattern(say) for say in family) or "(?!)"

    def _any(self, family: Iterable[str]) -> re.Pattern[str]:
        return re.compile(self._either(family))


def _words(said: str) -> list[str]:
    return normalise(said).replace("'", "").split()


def _slots(say: str) -> Iterator[str]:
    for part in say.split():
        if not part.startswith("."):
            yield from part.rstrip("?").split("|")


@cache
def _emoji() -> dict[str, str]:
    """Return what stands for a word in every language (``DIE = "💀 ⚰"``)."""
    shared: dict[str, str] = tomllib.loads((PHRASES / "emoji.toml").read_text(encoding="utf-8"))
    return shared


@cache
def lexicon(name: str) -> Lexicon:
    """Return a language's phrases by the name of its file ("zh-pinyin" speaks for "zh")."""
    return Lexicon(PHRASES / f"{name}.toml")
