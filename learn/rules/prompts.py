"""What a model is told: who it is, which method it teaches by, what was said."""

from solacore.kit.llm.render import render
from solacore.kit.talk.shield import shield
from solacore.kit.talk.turns import LANGUAGES


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
