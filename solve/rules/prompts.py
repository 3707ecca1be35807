"""What a model is told: who it is, where the conversation stands, what was said."""

from collections.abc import Sequence

from solacore.kit.llm.base import Turn
from solacore.kit.llm.render import render
from solacore.kit.talk.shield import shield

LANGUAGES = {"en": "English", "zh": "Chinese", "es": "Spanish"}


def system(*, step: str, turn_in_step: int, moving: bool, language: str, role: str) -> str:
    """Return the system prompt of one turn; ``role`` is the session's template prompt."""
    context = {
        "step": step,
        "turn_in_step": str(turn_in_step),
        "moving": "must" if moving else "may",
        "language": LANGUAGES.get(language, "the language of the message"),
        "role": role,
    }
    return f"{render('solve/base.md', **context)}\n\n{render(f'solve/{step}.md', **context)}"


def turns(history: Sequence[tuple[str, str]], limit: int) -> tuple[Turn, ...]:
    """Return the last ``limit`` (role, text) pairs as turns, shielded; the last is the user's."""
    return tuple(
        Turn("user" if role == "user" else "assistant", shield(text) if role == "user" else text)
        for role, text in history[-limit:]
        if text
    )
