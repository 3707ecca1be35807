"""One turn's question to a provider, from plain data: the service and the bench use the same."""

from collections.abc import Sequence

from solacore.kit.llm.base import Ask, Turn
from solve.rules import coach, prompts
from solve.rules import profile as profiles
from solve.rules.profile import Profile


def ask(
    *,
    step: str,
    said_in_step: Sequence[str],
    turns: tuple[Turn, ...],
    profile: Profile,
    language: str,
    locale: str,
    role: str = "",
    before: str = "",
    check_in: str = "",
) -> Ask:
    """Return what a provider is asked at this turn.

    ``said_in_step`` is what the user said in this step, oldest first, this message included;
    ``turns`` the conversation up to it; ``profile`` what is known, this message
    heard. ``role`` is the template's prompt, ``before`` a line about an earlier session that
    this one follows up, ``check_in`` a sentence in ``language`` that must come first.
    What is given is shielded already.
    """
    moving = coach.purpose_met(step, said_in_step, clear=profiles.is_clear(profile))
    before = " ".join(before.split())[:400]
    system = prompts.system(
        step=step,
        turn_in_step=len(said_in_step),
        moving=moving,
        language=language,
        locale=locale,
        role=role,
        known=profiles.prompt(profile),
        before=before,
        check_in=check_in,
    )
    last = said_in_step[-1] if said_in_step else ""
    context = {
        **profiles.to_json(profile),
        "gaps": profiles.gaps(profile),
        "aside": coach.is_aside(last),
        "hands_over": not moving and coach.hands_over(last),
        "before": before,
        "check_in": check_in,
    }
    return Ask(
        system=system,
        turns=turns,
        step=step,
        turn_in_step=len(said_in_step),
        moving=moving,
        language=language,
        # An empty list of gaps says something: nothing of it need be asked.
        context={name: value for name, value in context.items() if value or name == "gaps"},
    )


def earlier(
    *, action: str | None, outcome: str | None, note: str | None, days_ago: int, concern: str | None
) -> str:
    """Return the line that tells a model of the session which this one follows up.

    What is not known is left out; texts are the person's own.
    """
    facts = [
        f"{days_ago} days ago",
        f'what it was about: "{concern}"' if concern else "",
        f'the first step they chose: "{action}"' if action else "",
        f"how it went: {outcome.replace('_', ' ')}" if outcome else "",
        f'what they said of it: "{note}"' if note else "",
    ]
    return "; ".join(fact for fact in facts if fact)
