"""What stands around a phrase, and what it makes of it: denied, told, another's, long over, near.

A language's file has the families (``[context]``); all but the first seven are optional:

- ``own``, ``other``: who is spoken of. ``negated``: what denies a phrase that follows it.
  ``told``: a film, a lecture, a joke. ``past``, ``still``, ``near``: when.
- ``denied``: what takes a phrase back after it. ``speaker``: a phrase that begins so speaks of
  the speaker and is denied by nothing before it. ``now``: a phrase that holds it is not past.
- ``reported``: what somebody else asks or says, right before a phrase ("the doctor asked if");
  ``quoted``: the same across a sign, with BUT for it ('she said: "I ...'). Where they are told
  apart, "I, now" is one's own beside a film, too. ``retold``: "my
  grandfather keeps saying that" goes on over commas until "I" is said again.
- ``beside``: somebody named who is not the subject ("with my mother", "because of him").
- ``elsewhere``: anywhere in a message, it is about somebody else or a time that is over.

``looks_inside``: somebody named in a phrase's gaps may be its subject ("tonight HE will ...").
``looks_around``: when, the sentences beside it tell as well (where verbs do not say "now").
"""

import re
from dataclasses import dataclass
from functools import cache

from solacore.kit.talk.crisis.lexicon import OTHER_WORD, PAUSE, STOP, Lexicon, Phrase

_CLAUSE = 24  # symbols looked at around a phrase
_SENTENCE = 60
_NEGATION = 10


class Context:
    """A language's families of what stands around a phrase."""

    def __init__(self, lex: Lexicon) -> None:
        self.own, self.other = lex.around("own"), lex.around("other")
        self.told, self.past = lex.around("told"), lex.around("past")
        self.still, self.near = lex.around("still"), lex.around("near")
        self.negated = lex.around("negated", last=True)
        self.denied, self.speaker, self.now = map(lex.around, ("denied", "speaker", "now"))
        self.reported = lex.around("reported", last=True)
        self.quoted = lex.around("quoted", last=True)
        self.retold, self.beside = lex.around("retold"), lex.around("beside")
        self.elsewhere = lex.around("elsewhere")
        self.tells_quotations = lex.has_context("reported")


@cache
def context_of(lex: Lexicon) -> Context:
    """Return a language's context, compiled once."""
    return Context(lex)


@dataclass(frozen=True, slots=True)
class Text:
    """A text in a language's symbols, and what is looked for in it once."""

    lex: Lexicon
    symbols: str
    harmless: tuple[tuple[int, int], ...]
    elsewhere: bool

    @classmethod
    def read(cls, lex: Lexicon, symbols: str) -> "Text":
        """Look for what makes phrases harmless wherever they stand."""
        spans = tuple(found.span() for found in lex.harmless.finditer(symbols))
        return cls(lex, symbols, spans, context_of(lex).elsewhere.search(symbols) is not None)


def tier_in(text: Text, phrase: Phrase, start: int, end: int) -> str | None:
    """Return how grave a phrase is where it stands; None if it is denied, or no more than an idiom."""
    if any(first < end and start < last for first, last in text.harmless):
        return None
    symbols, context = text.symbols, context_of(text.lex)
    earliest = max(0, start - _SENTENCE)
    sentence_start = symbols.rfind(STOP, earliest, start) + 1 or earliest
    stop = symbols.find(STOP, end, end + _SENTENCE)
    sentence_end = stop if stop != -1 else min(len(symbols), end + _SENTENCE)
    clause_start = max(sentence_start, symbols.rfind(PAUSE, sentence_start, start) + 1)
    clause = symbols[max(clause_start, start - _CLAUSE) : start]
    speaks = context.speaker.match(symbols, start, end) is not None
    denied = not speaks and context.negated.search(clause[-_NEGATION:])
    if (denied or context.denied.match(symbols, end)) and not phrase.firm:
        return None
    lead = symbols[max(sentence_start, start - _CLAUSE) : start]
    around = lead + symbols[start : min(sentence_end, end + _CLAUSE)]
    mine = phrase.firm or phrase.mine or speaks
    surely = phrase.firm or (phrase.present and context.tells_quotations)
    if not surely and context.told.search(around):
        return None
    if phrase.tier == "soft" or _reported(context, phrase, symbols, lead, start):
        return "soft"
    inside = symbols[start:end] if text.lex.looks_inside else ""
    earlier = symbols[sentence_start:clause_start]
    if not mine and _of_another(context, phrase, clause + inside, earlier):
        return "soft"
    sentence = symbols[sentence_start:sentence_end]
    if text.lex.looks_around:
        sentence = symbols[earliest : end + _SENTENCE]
    now = phrase.present or context.now.search(symbols, start, end)
    over = text.elsewhere or context.past.search(sentence)
    if over and not now and not context.still.search(sentence):
        return "soft"
    if phrase.tier == "explicit" and context.near.search(around):
        return "imminent"
    return phrase.tier


def _reported(context: Context, phrase: Phrase, symbols: str, lead: str, start: int) -> bool:
    """Whether a phrase is what somebody asked or said, or what a song is called."""
    if not phrase.firm and context.reported.search(lead):
        return True
    return context.quoted.search(symbols[max(0, start - _CLAUSE) : start]) is not None


def _of_another(context: Context, phrase: Phrase, clause: str, earlier: str) -> bool:
    """Whether the last one spoken of is somebody else.

    A clause that names nobody goes on with whom the sentence spoke of, where that is known.
    """
    clause = context.beside.sub(OTHER_WORD, clause)
    own, other = _last(context.own, clause), _last(context.other, clause)
    if own == other == -1:
        earlier = context.beside.sub(OTHER_WORD, earlier)
        own = _last(context.own, earlier)
        other = _last(context.other if phrase.act else context.retold, earlier)
    return other > own


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Return where the last match ends, -1 if there is none."""
    return max((hit.end() for hit in pattern.finditer(text)), default=-1)
