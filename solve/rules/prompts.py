"""What a model is told: who it is, where the conversation stands, what is known."""

import tomllib
from functools import cache

from django.conf import settings

from solacore.kit.llm.render import render
from solacore.kit.talk.turns import LANGUAGES


def system(
    *,
    step: str,
    turn_in_step: int,
    moving: bool,
    language: str,
    role: str,
    locale: str = "",
    known: str = "",
    before: str = "",
    check_in: str = "",
) -> str:
    """Return the system prompt of one turn.

    ``role`` is the session's template prompt; ``known`` the profile's lines; ``before`` a line
    about the session this one follows up; ``check_in`` what must be asked first (soft crisis).
    """
    context = {
        "step": step,
        "turn_in_step": str(turn_in_step),
        "moving": "must" if moving else "may",
        "language": LANGUAGES.get(language, "the language of the message"),
        "tone": tone(language, locale),
        "role": render("solve/role.md", role=role) if role else "",
        "known": known or "- nothing yet",
        "before": render("solve/before.md", before=before) if before else "",
        "check_in": render("check_in.md", check_in=check_in) if check_in else "",
    }
    return f"{render('solve/base.md', **context)}\n\n{render(f'solve/{step}.md', **context)}"


def tone(language: str, locale: str) -> str:
    """Return how to speak ``language`` to somebody of ``locale`` ("es-MX"); "" if unknown.

    A locale of another language says nothing about this one.
    """
    tones = _tones()
    wanted = locale.lower().replace("_", "-")
    return tones.get(wanted if wanted.startswith(language) else "", tones.get(language, ""))


@cache
def _tones() -> dict[str, str]:
    text = (settings.PROMPTS_DIR / "solve" / "tones.toml").read_text(encoding="utf-8")
    return {name: str(value) for name, value in tomllib.loads(text).items()}
