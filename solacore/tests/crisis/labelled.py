"""The labelled messages, written for this test, and what counts as right about them."""

import re
from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).parent / "data"
LANGUAGES = ("en", "zh-hans", "zh-hant", "es", "fr", "de", "pt", "ja", "ko", "ru", "ar", "hi")
AT_RISK = ("explicit", "plan", "selfharm")
GENTLE = ("passive", "farewell")
HARMLESS = ("third", "past", "negated", "idiom", "media", "education", "song")
# The half-line after this share of each class was never looked at while phrases were written.
HELD_OUT = 2 / 3


def messages(language: str) -> Iterator[tuple[str, str, bool]]:
    """Yield (class, text, held out) for a language's file."""
    for line in (DATA / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        found = re.fullmatch(r"\[(\w+)\] (.*)", line)
        assert found, line
        texts = [text.strip() for text in found[2].split(" | ")]
        for number, text in enumerate(texts):
            yield found[1], text, number >= len(texts) * HELD_OUT
