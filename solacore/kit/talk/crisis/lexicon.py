"""A language's phrases: words become symbols, phrases are patterns over symbols.

A phrase such as ``WANT .. DIE`` means: a word of the class WANT, at most two words of any
kind (but no negation, and not past the sentence's end), a word of the class DIE. ``a|b`` is
either, ``a?`` may be missing, ``^`` and ``$`` are a clause's begin and end. ``~`` is a gap as
``.`` is, but does not reach over another person either ("I think my brother wants ..."). In a
word, ``реж{у/ем}`` stands for each of its endings. Because every word is one character and
every gap is bounded, reading is linear however somebody writes.

What a file may say besides, all of it optional: ``[contractions]`` (one written word for
several: ``jveux = "je veux"``), ``common`` (words no phrase needs, known all the same: not
taken for ours mistyped), the class QUIET (longer words that only hold one of ours, for scripts
without spaces), ``exact`` (a letter away is another word). ``context.py`` has the rest.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from solacore.kit.talk.crisis.normal import normalise

PHRASES = Path(__file__).parent / "phrases"
OTHER_WORD, PAUSE, STOP = " ", ",", "."
TIERS = ("imminent", "explicit", "soft")
_FIRST_SYMBOL = 0x4E00
_COMMON = "\U00020000"  # counts as a known word, stands in no phrase
_EDGES = {"^": "(?<![^.,])", "$": "(?![^.,])"}
_ENDINGS = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Phrase:
    """A family of ways to say one thing. ``needs``: of each set of symbols one must be there."""

    name: str
    tier: str
    needs: tuple[frozenset[str], ...]
    written: str
    firm: bool  # said of oneself whoever the grammatical subject is ("better off without me")
    mine: bool  # its grammar says "I" ("kill myself"): others spoken of before change nothing
    present: bool  # "I, now" ("I want to die"): nor does a past spoken of
    act: bool  # said without a subject, it is done by whom the sentence began with

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What it is in symbols, compiled when the first text has the words it needs."""
        return re.compile(self.written)


class Lexicon:
    """What is known of one language, compiled once from its file."""

    def __init__(self, file: Path) -> None:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        self.language: str = data.get("language", file.stem)
        self.unspaced: bool = data.get("unspaced", False)
        self.exact: bool = data.get("exact", False)
        self._prefixes = ["", *data.get("prefixes", [])]
        self._classes = {
            name: self._prefixed(said) for name, said in [*_emoji().items(), *data["words"].items()]
        }
        for name, emoji in _emoji().items():
            self._classes[name] |= frozenset(_words(emoji))
        context: dict[str, list[str]] = data.get("context", {})
        tiers = {tier: data.get(tier, {}) for tier in TIERS}
        families = [*context.values(), data.get("harmless", [])]
        families += [say for tier in tiers.values() for say in tier.values()]
        slots = {slot for family in families for say in family for slot in _slots(say)}
        self.symbols = self._symbols(slots)
        for short, full in data.get("contractions", {}).items():
            self.symbols[short] = "".join(self.symbols.get(w, OTHER_WORD) for w in full.split())
        self.vocabulary = frozenset(self.symbols)  # what a word in disguise may stand for
        self.symbols = dict.fromkeys(_words(data.get("common", "")), _COMMON) | self.symbols
        self._not = re.escape("".join(sorted(self._charset("NOT"))))
        others = self._charset("OTHER") if "OTHER" in slots else set()
        self._not_other = self._not + re.escape("".join(sorted(others)))
        self.looks_inside: bool = data.get("looks_inside", False)
        self.looks_around: bool = data.get("looks_around", False)
        self._context = context
        self._harmless: list[str] = data.get("harmless", [])
        # Words that are looked for in disguise, and everyday words one letter away from ours.
        self.telling = frozenset(w for c in data.get("telling", []) for w in self._classes[c])
        self.innocent = frozenset(_words(data.get("innocent", "")))
        self.phrases = [
            self._phrase(name, tier, say, data)
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

    @cached_property
    def harmless(self) -> re.Pattern[str]:
        """What makes a phrase that it touches an idiom."""
        return re.compile(self._either(self._harmless))

    def _phrase(self, name: str, tier: str, say: str, data: dict[str, Any]) -> Phrase:
        present = name in data.get("present", [])
        return Phrase(
            name,
            tier,
            self._needs(say),
            self._pattern(say),
            firm=name in data.get("firm", []),
            mine=present or name in data.get("mine", []),
            present=present,
            act=name in data.get("acts", []),
        )

    def around(self, name: str, *, last: bool = False) -> re.Pattern[str]:
        """Return a family of the file's context; ``last``: it must end where the search ends."""
        either = self._either(self._context.get(name, []))
        return re.compile(f"(?:{either})$" if last else either)

    def has_context(self, name: str) -> bool:
        """Return whether the file has a family of this name."""
        return bool(self._context.get(name))

    def _symbols(self, slots: Iterable[str]) -> dict[str, str]:
        """Return a symbol per word; words that stand in the same slots share one."""
        places: dict[str, list[str]] = {}
        for slot in sorted(slots):
            for word in self._members(slot):
                places.setdefault(word, []).append(slot)
        kinds = sorted({tuple(kind) for kind in places.values()})
        symbol = {kind: chr(_FIRST_SYMBOL + n) for n, kind in enumerate(kinds)}
        known = {word: symbol[tuple(kind)] for word, kind in places.items()}
        known = {word: OTHER_WORD for word in self._classes.get("QUIET", ())} | known
        return known | {word: PAUSE for word in self._classes.get("BUT", ())}

    def _members(self, slot: str) -> frozenset[str]:
        return self._classes[slot] if slot.isupper() else self._prefixed(slot)

    def _prefixed(self, said: str) -> frozenset[str]:
        return frozenset(prefix + word for word in _words(said) for prefix in self._prefixes)

    def _charset(self, slot: str) -> set[str]:
        return {self.symbols[word] for word in self._members(slot) if word in self.symbols}

    def _needs(self, say: str) -> tuple[frozenset[str], ...]:
        """Return, rarest first, the symbols of each part that a phrase cannot do without."""
        sets = [
            frozenset(symbol for slot in part.split("|") for symbol in self._charset(slot))
            for part in _parts(say)
            if not part.endswith("?")
        ]
        return tuple(sorted(sets, key=len))

    def _pattern(self, say: str) -> str:
        return "".join(self._part(part) for part in say.split())

    def _part(self, part: str) -> str:
        if part in _EDGES:
            return _EDGES[part]
        if part[0] in ".~":
            over = self._not if part[0] == "." else self._not_other
            return rf"[^.{over}]{{0,{len(part)}}}"
        optional = part.endswith("?")
        chars = {c for slot in part.rstrip("?").split("|") for c in self._charset(slot)}
        return "[" + re.escape("".join(sorted(chars))) + "]" + "?" * optional

    def _either(self, family: Iterable[str]) -> str:
        return "|".join(self._pattern(say) for say in family) or "(?!)"


def _words(said: str) -> list[str]:
    words = (form for word in said.split() for form in _forms(word))
    return normalise(" ".join(words)).replace("'", "").split()


def _forms(word: str) -> Iterator[str]:
    """Yield a word's inflections: ``реж{у/ем/}`` is режу, режем, реж."""
    braced = _ENDINGS.search(word)
    if not braced:
        yield word
        return
    for ending in braced[1].split("/"):
        yield from _forms(word[: braced.start()] + ending + word[braced.end() :])


def _parts(say: str) -> Iterator[str]:
    """Yield the parts of a phrase that are words."""
    yield from (part for part in say.split() if part[0] not in ".~^$")


def _slots(say: str) -> Iterator[str]:
    for part in _parts(say):
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
