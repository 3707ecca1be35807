"""How well does a coach coach? Forty written conversations, played and scored.

    .venv/bin/python bench/coach/run.py [--provider offline|openai|anthropic|openrouter] [--misses]

Prints a table and writes nothing. A model is asked with the keys and the model of the
environment, one conversation at a time; what it costs is about 320 answers.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "solacore.settings")

import django

django.setup()

from django.conf import settings

from bench.coach import play as stage
from bench.coach.scores import CHECKS
from solacore.kit import llm
from solacore.kit.llm.offline import OfflineCoach


def provider(name: str) -> llm.Provider:
    """Return the provider called ``name``; SystemExit if it has no key."""
    if name == "offline":
        return OfflineCoach(settings.PROMPTS_DIR)  # without the pauses people are shown
    found = next((each for each in llm.configured() if each.name == name), None)
    if found is None:
        raise SystemExit(f"{name} has no key in this environment (or LLM_PROVIDER is offline).")
    return found


async def gather(chosen: llm.Provider, language: str) -> list[stage.Heard]:
    """Play all conversations of a language."""

    async def answer(ask: llm.Ask) -> str:
        return "".join([piece async for piece in chosen.stream(ask) if isinstance(piece, str)])

    talks = stage.load(language)
    lines = llm.offline_coach().options_lines
    return [heard for talk in talks for heard in await stage.play(talk, answer, lines)]


def table(heard: dict[str, list[stage.Heard]]) -> str:
    """Return the scores as a Markdown table: a row for each language, and the total."""
    rows = [f"| | talks | answers | {' | '.join(CHECKS)} |", "|---" * (3 + len(CHECKS)) + "|"]
    total = [each for some in heard.values() for each in some]
    for name, some in [*heard.items(), ("all", total)]:
        talks = len(
            {
                (each.talk, key)
                for key, those in heard.items()
                for each in those
                if name in (key, "all")
            }
        )
        shares = [f"{100 * sum(map(check, some)) / len(some):.1f} %" for check in CHECKS.values()]
        rows.append(f"| {name} | {talks} | {len(some)} | {' | '.join(shares)} |")
    return "\n".join(rows)


def misses(heard: list[stage.Heard]) -> str:
    """Return every answer that a check is not content with."""
    lines = []
    for each in heard:
        failed = [name for name, check in CHECKS.items() if not check(each)]
        if failed:
            lines.append(
                f"{each.language} {each.talk} [{each.step}->{each.after}, wanted {each.wanted}] {failed}\n  > {each.said}\n  < {each.answer}"
            )
    return "\n".join(lines)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--provider", default="offline", choices=["offline", "openai", "anthropic", "openrouter"]
    )
    parser.add_argument("--misses", action="store_true", help="print what was not good enough")
    parser.add_argument("--show", metavar="ID", help="print one conversation")
    given = parser.parse_args()
    chosen = provider(given.provider)
    heard = {language: await gather(chosen, language) for language in stage.LANGUAGES}
    if given.show:
        for each in (h for some in heard.values() for h in some if h.talk == given.show):
            print(f"> {each.said}\n[{each.step} -> {each.after}] {each.answer}\n")
        return
    if given.misses:
        print(misses([each for some in heard.values() for each in some]), end="\n\n")
    print(table(heard))


if __name__ == "__main__":
    asyncio.run(main())
