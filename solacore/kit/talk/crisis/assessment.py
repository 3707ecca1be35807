"""Is the person who writes this at risk, and how near is it?"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from threading import Lock

from solacore.kit.talk.crisis import ear, reading
from solacore.kit.talk.crisis.context import Text, tier_in
from solacore.kit.talk.crisis.lexicon import TIERS, Lexicon, lexicon
from solacore.kit.talk.crisis.normal import normalise

MESSAGES_BEFORE = 2
_FIRST = Lock()  # what is known is read once, not by every thread that has a first message
_READ_BEFORE = 400  # characters of a message before
# Log-odds (``ear.weigh``), chosen by five folds: of ordinary worries 1.4 % lie above the first and
# 0.2 % above the second; of those at risk 1.9 % lie below the last.
_SOUNDS, _SOUNDS_LOUD, _SOUNDS_WITH_HINT, _SOUNDS_UNLIKE = 1.0, 2.5, 0.5, -3.0
_TELLS = 6  # known words that tell a text's language
_SAID_ENOUGH = 20  # times that one phrase is judged in a text
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
    with _FIRST:
        reading.prepare()
        ear.prepare()
    risk = _weighed(_gravest(_risks(normalise(text))), text)
    if (risk is None or risk.tier == "soft") and before:
        parts = [part[-_READ_BEFORE:] for part in before[-MESSAGES_BEFORE:]]
        for start in range(len(parts)):
            head = normalise(" ".join(parts[start:]))
            whole = f"{head} {normalise(text[:_READ_BEFORE])}"
            split = _gravest(_risks(whole))
            if split and split.tier != "soft" and not _told_before(split, head):
                return split
    return risk


def _weighed(risk: Risk | None, text: str) -> Risk | None:
    """Return what the phrases found, and how the whole sounds, together.

    What sounds like none of those at risk is asked about, not interrupted: that halves the
    wrong interruptions for one right one in a hundred (bench/README.md). What sounds like them,
    though no phrase knows it, is asked about; where it holds a hint besides, help is shown.
    """
    heard = ear.weigh(text)
    if risk is None:
        tier = "explicit" if heard > _SOUNDS_LOUD else "soft"
        return Risk(tier, "sound", _language(text)) if heard > _SOUNDS else None
    if risk.tier == "soft" and heard < _SOUNDS_UNLIKE:
        return None
    if risk.tier == "soft":
        return replace(risk, tier="explicit") if heard > _SOUNDS_WITH_HINT else risk
    return replace(risk, tier="soft") if heard < _SOUNDS_UNLIKE else risk


def _language(text: str) -> str:
    """Return the language that knows most of a text's words."""
    read = list(_read(normalise(text)))
    return max(read, key=lambda one: sum(map(_is_known, one[1])))[0].language if read else "en"


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
    for lex, symbols in _read(text):
        present = frozenset(symbols)
        read: Text | None = None
        hinted = False  # one hint is enough
        for phrase in lex.phrases:
            if (hinted and phrase.tier == "soft") or any(
                need.isdisjoint(present) for need in phrase.needs
            ):
                continue
            for hit in islice(phrase.pattern.finditer(symbols), _SAID_ENOUGH):
                read = read or Text.read(lex, symbols)
                tier = tier_in(read, phrase, *hit.span())
                if tier:
                    yield Risk(tier, phrase.name, lex.language)
                    hinted = hinted or tier == "soft"
                    if tier == phrase.tier != "explicit":
                        break


def _read(text: str) -> Iterator[tuple[Lexicon, str]]:
    """Yield each language that the text may be in, with the text's symbols.

    Beside another script, none that knows no word of it; and once there are enough words to
    tell, none that knows far fewer of them ("me mareo en marzo" is no Hindi).
    """
    scripts = [name for name, letters in _SCRIPTS.items() if letters.search(text)]
    tokens: list[str] = []
    if _LATIN.search(text) or _SIGNS.search(text) or not scripts:
        tokens = reading.spaced(text)
        read = {name: reading.each(tokens, lexicon(name)) for name in reading.LATIN}
        spelt = [token for token in tokens if _LATIN.search(token)]
        known = {name: _count_known(spelt, words) for name, words in read.items()}
        most = max(known.values())
        for name, words in read.items():
            foreign = (scripts and not known[name]) or (
                most >= _TELLS and known[name] * 3 < most * 2
            )
            if foreign or any(known[name] < known[near] for near in _SISTERS.get(name, ())):
                continue
            yield lexicon(name), "".join([words[t] for t in tokens])
    for name in scripts:
        if tokens and name in reading.LATIN:
            continue
        if name == "zh" and "ja" in scripts and not _mostly_chinese(text):
            continue
        lex = lexicon(name)
        if lex.unspaced:
            yield lex, reading.stream(text, lex)
        else:
            tokens = tokens or reading.spaced(text)
            yield lex, reading.symbols(tokens, lex)


def _count_known(tokens: list[str], words: dict[str, str]) -> int:
    known = {word for word, symbols in words.items() if _is_known(symbols)}
    return sum(token in known for token in tokens)


def _is_known(symbols: str) -> bool:
    """Whether a language knows a word that reads so."""
    return any(symbol > "\u4dff" for symbol in symbols)


def _mostly_chinese(text: str) -> bool:
    """Whether a text has so few kana that it is Chinese with a の in it."""
    kana = len(_SCRIPTS["ja"].findall(text))
    return len(_SCRIPTS["zh"].findall(text)) > 6 * kana
