"""What a model is told: who it is, which method it teaches by, what was said."""

from learn.rules.steps import Mode
from solacore.kit.llm.render import render
from solacore.kit.talk.turns import LANGUAGES

_DEPTH: dict[str, str] = {
    Mode.QUICK: "Quick: they have a few minutes. The one idea that carries most, one question a "
    "turn, no side roads; the method is finished after two or three turns.",
    Mode.DEEP: "Deep: they want to understand it thoroughly. Follow a thread down before you take "
    "up the next, ask for causes and limits, come back to what was weak; four to six turns.",
    Mode.CUSTOM: "Custom: they chose these methods themselves. Keep strictly to the method they "
    "chose and let them set the depth; three to five turns.",
}


def system(
    *,
    step: str,
    tool: str | None,
    language: str,
    topic: str,
    earlier: str,
    mode: str = "",
    summary: str = "",
    check_in: str = "",
    turn: int = 1,
) -> str:
    """Return the system prompt of one turn.

    With a ``tool`` the method's protocol counts, without one the step's. ``earlier`` names
    other topics of the same learner, ``summary`` what they have understood so far, ``check_in``
    is what to ask them about first; "" for none. All are shielded already.
    ``turn`` is the learner's how manieth message to this method or step.
    """
    context = {
        "language": LANGUAGES.get(language, "the language of the message"),
        "topic": topic or "not named yet",
        "earlier": earlier or "none",
        "step": step,
        "turn": str(turn),
        "depth": _DEPTH.get(mode, "No depth was chosen: three to five turns a method."),
        "summary": summary or "nothing yet",
    }
    about = f"learn/methods/{tool}.md" if tool else f"learn/steps/{step}.md"
    parts = [render("learn/base.md", **context), render(about, **context)]
    if check_in:
        parts.append(render("check_in.md", check_in=check_in))
    return "\n\n".join(parts)
