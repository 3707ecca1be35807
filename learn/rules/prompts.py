"""What a model is told: who it is, which method it teaches by, what was said."""

from collections.abc import Sequence

from solacore.kit.llm.base import Turn
from solacore.kit.llm.render import render
from solacore.kit.talk.shield import shield

LANGUAGES = {"en": "English", "zh": "Chinese", "es": "Spanish"}


def system(*, step: str, tool: str | None, language: str, topic: str, earlier: str) -> str:
    """Return the system prompt of one turn.

    With a ``tool`` the method's protocol counts, without one the step's. ``earlier`` names
    other topics of the same learner, "" for none.
    """
    context = {
        "language": LANGUAGES.get(language, "the language of the message"),
        "topic": shield(topic) or "not named yet",
        "earlier": shield(earlier) or "none",
        "step": step,
    }
    about = f"learn/methods/{tool}.md" if tool else f"learn/steps/{step}.md"
    return f"{render('learn/base.md', **context)}\n\n{render(about, **context)}"


def turns(history: Sequence[tuple[str, str]], limit: int) -> tuple[Turn, ...]:
    """Return the last ``limit`` (role, text) pairs as turns, shielded."""
    return tuple(
        Turn("user" if role == "user" else "assistant", shield(text) if role == "user" else text)
        for role, text in history[-limit:]
        if text
    )
