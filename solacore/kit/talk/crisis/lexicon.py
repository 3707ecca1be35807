"""A language's phrases: words become symbols, phrases are patterns over symbols.

A phrase such as ``WANT .. DIE`` means: a word of the class WANT, at most two words of any
kind (but no negation, and not past the sentence's end), a word of the class DIE. ``a|b`` is
either, ``a?`` may be missing, ``^`` and ``$`` are a clause's begin and end. Because every word is one character and every gap is bounded,
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
_EDGES = {"^": "(?<![^.,])", "$": "(?![^.,])"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A family of ways to say one thing. ``needs``: of each set of symbols one must be there."""

    name: str
    tier: str
    needs: tuple[frozenset[str], ...]
    pattern: re.Pattern[str]
    firm: bool  # said of oneself whoever the grammatical subject is ("better off without me")
    mine: bool  # names oneself ("kill myself"): neither others nor a film nearby change it
    present: bool  # "I want to die": nor do times past, only a denial or a quotation


class Lexicon:
    """What is known of one language, compiled once from its file."""

    def __init__(self, file: Path) -> None:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        self.language: str = data.get("language", file.stem)
        self.unspaced: bool = data.get("unspaced", False)
        # Whether a person named inside a phrase's gaps counts as its subject ("tonight HE will ...").
        self.looks_inside: bool = data.get("looks_inside", False)
        # Phrases of acts: said without a subject, they are done by whom the sentence began with.
        self.acts = frozenset(data.get("acts", []))
        prefixes = ["", *data.get("prefixes", [])]
        self._classes = {
            name: self._prefixed(said) for name, said in [*_emoji().items(), *data["words"].items()]
        }
        for name, emoji in _emoji().items():
            self._classes[name] |= frozenset(_words(emoji))
        context = data.get("context", {})
        tiers = {tier: data.get(tier, {}) for tier in TIERS}
        families = [*context.values(), data.get("harmless", [])]
        families += [say for tier in tiers.values() for say in tier.values()]
        slots = {slot for family in families for say in family for slot in _slots(say)}
        self.symbols = self._symbols(slots)
        self._contract(data.get("contractions", {}))
        self._not = re.escape("".join(sorted(self._charset("NOT"))))
        others = self._charset("OTHER") if "OTHER" in slots else set()
        self._not_other = self._not + re.escape("".join(sorted(others)))
        self.own, self.other = self._any(context["own"]), self._any(context["other"])
        # Somebody named beside the subject ("with my mother", "because of him"), not the subject.
        self.beside = self._any(context.get("beside", []))
        # "My grandfather keeps saying that ..." goes on over commas until "I" is said again.
        self.reported = self._any(context.get("reported", []))
        self.told, self.past = self._any(context["told"]), self._any(context["past"])
        self.still, self.near = self._any(context["still"]), self._any(context["near"])
        # Anywhere in a message: it is about somebody else, or about a time that is over.
        self.elsewhere = self._any(context.get("elsewhere", []))
        self.negated = re.compile(f"(?:{self._either(context['negated'])})$")
        self.denied = self._any(context.get("denied", []))
        # What stands before a phrase that somebody else asks or says ("the doctor asked if I ..."):
        # in its clause, or, with BUT for the sign in between, before it ('she said: "I ...').
        self.reported = re.compile(f"(?:{self._either(context.get('reported', []))})$")
        self.quoted = re.compile(f"(?:{self._either(context.get('quoted', []))})$")
        self.harmless = self._any(data.get("harmless", []))
        firm, present = data.get("firm", []), data.get("present", [])
        mine = [*data.get("mine", []), *present]
        # Words that are looked for in disguise, and everyday words one letter away from ours.
        self.telling = frozenset(w for c in data.get("telling", []) for w in self._classes[c])
        self.innocent = frozenset(_words(data.get("innocent", "")))
        self.phrases = [
            Phrase(
                name,
                tier,
                self._needs(say),
                re.compile(self._pattern(say)),
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
        # QUIET: longer words that only hold one of ours (笑死 in unspaced scripts) say nothing.
        known = {word: OTHER_WORD for word in self._classes.get("QUIET", ())} | known
        return known | {word: PAUSE for word in self._classes.get("BUT", ())}

    def _contract(self, contractions: dict[str, str]) -> None:
        """Let one written word stand for several ("jveux" is "je veux")."""
        for short, full in contractions.items():
            self.symbols[short] = "".join(self.symbols.get(w, OTHER_WORD) for w in full.split())

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
            for part in say.split()
            if part[0] not in ".^$" and not part.endswith("?")
        ]
        return tuple(sorted(sets, key=len))

    def _pattern(self, say: str) -> str:
        return "".join(self._part(part) for part in say.split())

    def _part(self, part: str) -> str:
        if part in _EDGES:
            return _EDGES[part]
        if part.startswith("."):
            return rf"[^.{self._not}]{{0,{len(part)}}}"
        if part.startswith("~"):
            return rf"[^.{self._not_other}]{{0,{len(part)}}}"
        optional = part.endswith("?")
        chars = {c for slot in part.rstrip("?").split("|") for c in self._charset(slot)}
        return "[" + re.escape("".join(sorted(chars))) + "]" + "?" * optional

    def _either(self, family: Iterable[str]) -> str:
        return "|".join(self._pattern(say) for say in family) or "(?!)"

    def _any(self, family: Iterable[str]) -> re.Pattern[str]:
        return re.compile(self._either(family))


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


def _slots(say: str) -> Iterator[str]:
    for part in say.split():
        if part[0] not in ".^$":
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
