"""What a model is told: who it is, where the conversation stands, what was said."""

from solacore.kit.llm.render import render
from solacore.kit.talk.turns import LANGUAGES


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
