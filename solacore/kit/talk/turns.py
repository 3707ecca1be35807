"""The language a conversation is in."""

from collections.abc import Iterable

from solacore.kit.talk import language

LANGUAGES = {"en": "English", "zh": "Chinese", "es": "Spanish"}  # what our own coach speaks


def spoken_before(said: Iterable[str], locale: str) -> str:
    """Return the language a person has been writing in, oldest first; else the locale's."""
    spoken = locale[:2].lower()
    for text in said:
        spoken = language.detect(text, spoken)
    return spoken if spoken in LANGUAGES else "en"
