"""Is the person who writes this at risk, and how near is it?"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from solacore.kit.talk.crisis import reading
from solacore.kit.talk.crisis.lexicon import (
    OTHER_WORD,
    PAUSE,
    STOP,
    TIERS,
    Lexicon,
    Phrase,
    lexicon,
)
from solacore.kit.talk.crisis.normal import normalise

MESSAGES_BEFORE = 2
_READ_BEFORE = 400  # characters of a message before
_CLAUSE = 24  # symbols looked at around a phrase
_SENTENCE = 60
_NEGATION = 10
_SAID_ENOUGH = 20  # times one phrase is looked at for something near that makes it graver
_SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff]"),
    "zh": re.compile("[\u3400-\u9fff]"),
    "ko": re.compile("[\uac00-\ud7af]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "hi": re.compile("[\u0900-\u097f]"),
}
# Languages that share words: only the one that knows more of a text's words is believed.
_SISTERS = {"es": ("pt",), "pt": ("es",)}
_LATIN = re.compile("[a-z]")
_SIGNS = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff]")


@dataclass(frozen=True, slots=True)
class Risk:
    """What was recognised: ``keyword`` is the name of our phrase, never what somebody wrote.

    ``tier``: "imminent" (a plan, a means, a time, under way), "explicit" (a wish, an intent,
    self-harm) or "soft" (a hint, a farewell, hopelessness: go on, and check in).
    """

    tier: str
    keyword: str
    language: str


def assess(text: str, before: Sequence[str] = ()) -> Risk | None:
    """Return the gravest risk that a message speaks of, None if it speaks of none.

    ``before`` are the person's messages just before it, oldest first: a phrase that was sent
    in two or three pieces is found in the message that completes it. Linear in the length.
    """
    risk = _gravest(_risks(normalise(text)))
    if (risk is None or risk.tier == "soft") and before:
        parts = [part[-_READ_BEFORE:] for part in before[-MESSAGES_BEFORE:]]
        for start in range(len(parts)):
            head = normalise(" ".join(parts[start:]))
            whole = f"{head} {normalise(text[:_READ_BEFORE])}"
            split = _gravest(_risks(whole))
            if split and split.tier != "soft" and not _told_before(split, head):
                return split
    return risk


def _told_before(risk: Risk, head: str) -> bool:
    """Whether the messages before said it already: it is not said twice by going on."""
    return any(old.keyword == risk.keyword for old in _risks(head))


def _gravest(risks: Iterator[Risk]) -> Risk | None:
    gravest: Risk | None = None
    for risk in risks:
        if risk.tier == "imminent":
            return risk
        if gravest is None or TIERS.index(risk.tier) < TIERS.index(gravest.tier):
            gravest = risk
    return gravest


def _risks(text: str) -> Iterator[Risk]:
    for lex, symbols, shared in _read(text):
        present = frozenset(symbols)
        harmless: list[tuple[int, int]] | None = None
        elsewhere = False
        hinted = False  # one hint is enough
        for phrase in lex.phrases:
            if (hinted and phrase.tier == "soft") or any(
                need.isdisjoint(present) for need in phrase.needs
            ):
                continue
            said = 0
            for hit in phrase.pattern.finditer(symbols):
                if harmless is None:
                    harmless = [found.span() for found in lex.harmless.finditer(symbols)]
                if shared.issuperset(hit[0]):
                    continue
                tier = _in_context(lex, phrase, symbols, hit.span(), harmless)
                if tier:
                    yield Risk(tier, phrase.name, lex.language)
                    hinted = hinted or tier == "soft"
                    said += tier == "explicit"
                    if tier == phrase.tier != "explicit" or said == _SAID_ENOUGH:
                        break


def _read(text: str) -> Iterator[tuple[Lexicon, str, frozenset[str]]]:
    """Yield each language that the text's letters may be in, with the text's symbols.

    Third come symbols of words that a language knows which knows far more of the text: a phrase
    of such words alone ("overdose" is French, too) is left to that language.
    """
    scripts = [name for name, letters in _SCRIPTS.items() if letters.search(text)]
    tokens: list[str] = []
    if _LATIN.search(text) or _SIGNS.search(text) or not scripts:
        tokens = reading.spaced(text)
        read = {name: reading.symbols(tokens, lexicon(name)) for name in reading.LATIN}
        best = max(reading.LATIN, key=lambda name: _known(read[name]))
        for name in reading.LATIN:
            if not any(
                _known(read[name]) < _known(read[sister]) for sister in _SISTERS.get(name, ())
            ):
                far_less = _known(read[name]) * 2 < _known(read[best])
                yield lexicon(name), read[name], _shared(tokens, name, best if far_less else name)
    for name in scripts:
        if tokens and name in reading.LATIN:
            continue
        if name == "zh" and "ja" in scripts and not _mostly_chinese(text):
            continue
        lex = lexicon(name)
        if lex.unspaced:
            yield lex, reading.stream(text, lex), frozenset()
        else:
            tokens = tokens or reading.spaced(text)
            yield lex, reading.symbols(tokens, lex), frozenset()


def _shared(tokens: list[str], name: str, best: str) -> frozenset[str]:
    """Return the symbols of those words of a text that its best language knows as well."""
    if name == best:
        return frozenset()
    ours, theirs = reading.each(tokens, lexicon(name)), reading.each(tokens, lexicon(best))
    alone = {read for token, read in ours.items() if not _known(theirs[token])}
    return frozenset("".join(ours.values())) - frozenset("".join(alone))


def _known(symbols: str) -> int:
    """Return how many of a text's words a language knows."""
    return sum(symbol > "\u4dff" for symbol in symbols)


def _mostly_chinese(text: str) -> bool:
    """Whether a text has so few kana that it is Chinese with a の in it."""
    kana = len(_SCRIPTS["ja"].findall(text))
    return len(_SCRIPTS["zh"].findall(text)) > 6 * kana


def _in_context(
    lex: Lexicon,
    phrase: Phrase,
    symbols: str,
    span: tuple[int, int],
    harmless: list[tuple[int, int]],
    elsewhere: bool,
) -> str | None:
    """Return how grave a phrase is where it stands; None if it is denied, or no more than an idiom."""
    start, end = span
    if any(first < end and start < last for first, last in harmless):
        return None
    sentence_start = symbols.rfind(STOP, max(0, start - _SENTENCE), start) + 1 or max(
        0, start - _SENTENCE
    )
    stop = symbols.find(STOP, end, end + _SENTENCE)
    sentence_end = stop if stop != -1 else min(len(symbols), end + _SENTENCE)
    clause_start = max(sentence_start, symbols.rfind(PAUSE, sentence_start, start) + 1)
    clause = symbols[max(clause_start, start - _CLAUSE) : start]
    subjects = clause + symbols[start:end] if lex.looks_inside else clause
    earlier = symbols[sentence_start:clause_start]
    denied = lex.negated.search(clause[-_NEGATION:]) or lex.denied.match(symbols, end)
    if denied and not phrase.firm:
        return None
    sentence = symbols[sentence_start:sentence_end]
    around = symbols[max(sentence_start, start - _CLAUSE) : min(sentence_end, end + _CLAUSE)]
    if not (phrase.firm or phrase.mine) and lex.told.search(around):
        return None
    if phrase.tier == "soft" or _reported(lex, symbols, clause, start):
        return "soft"
    if not (phrase.firm or phrase.mine) and _of_another(lex, clause):
        return "soft"
    if not phrase.present and lex.past.search(sentence) and not lex.still.search(sentence):
        return "soft"
    if not phrase.present and not lex.still.search(sentence):
        told = symbols[max(0, start - _SENTENCE) : end + _SENTENCE]
        if lex.past.search(sentence) or lex.recovered.search(told):
            return "soft"
    if phrase.tier == "explicit" and lex.near.search(around):
        return "imminent"
    return phrase.tier


def _reported(lex: Lexicon, symbols: str, clause: str, start: int) -> bool:
    """Whether a phrase is what somebody asked or said, or what a song is called."""
    if lex.reported.search(clause):
        return True
    return lex.quoted.search(symbols[max(0, start - _CLAUSE) : start]) is not None


def _of_another(lex: Lexicon, clause: str) -> bool:
    """Whether the last one spoken of before the phrase is somebody else."""
    own = max((hit.end() for hit in lex.own.finditer(clause)), default=-1)
    other = max((hit.end() for hit in lex.other.finditer(clause)), default=-1)
    return other > own


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Return where the last match ends, -1 if there is none."""
    return max((hit.end() for hit in pattern.finditer(text)), default=-1)
