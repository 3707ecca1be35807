"""A conversation as a model is shown it, and the language it is in."""

from collections.abc import Iterable, Sequence

from solacore.kit.llm.base import Turn
from solacore.kit.talk import language
from solacore.kit.talk.shield import shield

LANGUAGES = {"en": "English", "zh": "Chinese", "es": "Spanish"}  # what our own coach speaks


def turns(history: Sequence[tuple[str, str]], limit: int) -> tuple[Turn, ...]:
    """Return the last ``limit`` (role, text) pairs as turns, shielded; the last is the user's."""
    return tuple(
        Turn("user" if role == "user" else "assistant", shield(text) if role == "user" else text)
        for role, text in history[-limit:]
        if text
    )


def spoken_before(said: Iterable[str], locale: str) -> str:
    """Return the language a person has been writing in, oldest first; else the locale's."""
    spoken = locale[:2].lower()
    for text in said:
        spoken = language.detect(text, spoken)
    return spoken if spoken in LANGUAGES else "en"
