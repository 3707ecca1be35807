"""The labelled messages, written for this test, and what counts as right about them."""

import re
from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).parent / "data"
LANGUAGES = ("en", "zh-hans", "zh-hant", "es", "fr", "de", "pt", "ja", "ko", "ru", "ar", "hi")
AT_RISK = ("explicit", "plan", "selfharm")
GENTLE = ("passive", "farewell")
HARMLESS = ("third", "past", "negated", "idiom", "media", "education", "song")
LATER = "# later"  # what follows was written when the phrases were finished


def messages(language: str) -> Iterator[tuple[str, str, bool]]:
    """Yield (class, text, whether it was written later) for a language's file."""
    later = False
    for line in (DATA / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if line == LATER:
            later = True
            continue
        found = re.fullmatch(r"\[(\w+)\] (.*)", line)
        assert found, line
        for text in found[2].split(" | "):
            yield found[1], text.strip(), later
