"""The labelled messages, written for this test, and what counts as right about them.

``data`` is the set the contract asks for; ``corpus`` what the phrases were made from, with two
sets in it whose authors had not seen the detector; ``held`` a third such set, which nobody may
make phrases from: it says what a stranger may expect. ``ordinary`` is worry without any risk.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE / "data"
LANGUAGES = ("en", "zh-hans", "zh-hant", "es", "fr", "de", "pt", "ja", "ko", "ru", "ar", "hi")
AT_RISK = ("explicit", "plan", "selfharm")
GENTLE = ("passive", "farewell")
HARMLESS = ("third", "past", "negated", "idiom", "media", "education", "song")
LATER = "# later"  # what follows was written when the phrases were finished


def messages(language: str, folder: str = "data") -> Iterator[tuple[str, str, bool]]:
    """Yield (class, text, whether it was written later) for a language's file."""
    later = False
    for line in lines(language, folder):
        if line == LATER:
            later = True
            continue
        found = re.fullmatch(r"\[(\w+)\] (.*)", line)
        assert found, line
        for text in found[2].split(" | "):
            yield found[1], text.strip(), later


def lines(language: str, folder: str) -> list[str]:
    """Return the lines of a language's file."""
    return (HERE / folder / f"{language}.txt").read_text(encoding="utf-8").splitlines()


def learnt_from() -> list[tuple[str, str, bool]]:
    """Return (kind, text, whether at risk) of all that the ear is fitted to; hints are neither."""
    found = [("explicit", text, True) for text in lines("must_catch", "data")]
    found += [("everyday", text, False) for text in lines("everyday", "data")]
    for language in LANGUAGES:
        found += [("ordinary", text, False) for text in lines(language, "ordinary")]
        for folder in ("data", "corpus"):
            found += [
                (kind, text, kind in AT_RISK)
                for kind, text, _ in messages(language, folder)
                if kind not in GENTLE
            ]
    return found


def digest() -> str:
    """Return what tells one set of messages from another."""
    whole = "\n".join(f"{kind} {text}" for kind, text, _ in learnt_from())
    return hashlib.sha256(whole.encode()).hexdigest()[:16]
