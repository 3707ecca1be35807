"""Thirty short lessons (ten methods, three languages): does each turn keep to its method?

    .venv/bin/python bench/teach/run.py [--provider offline|configured] [--turns 6] [--show]

``configured`` asks whatever models the environment names, with the prompts they get in the
product, and also counts the notes they leave. It costs 180 answers.
"""

import argparse
import asyncio
import os
import sys
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "solacore.settings_test")

import django

django.setup()

from learn.rules import prompts, teaching
from learn.rules.methods import METHODS
from solacore.kit import llm
from solacore.kit.talk import language as spoken
from solacore.kit.talk.notes import NoteFilter
from solacore.kit.talk.terms import clean

LESSONS = tomllib.loads((Path(__file__).parent / "lessons.toml").read_text(encoding="utf-8"))


async def say(provider: llm.Provider, ask: llm.Ask) -> tuple[str, dict | None]:
    """Return an answer as the learner sees it, and its note."""
    notes = NoteFilter()
    pieces = [notes.feed(p) async for p in provider.stream(ask) if isinstance(p, str)]
    rest, note = notes.finish()
    return "".join([*pieces, rest]), note


async def lesson(provider: llm.Provider, method: str, language: str, turns: int) -> list[dict]:
    """Teach one lesson to a scripted learner; return its turns with what each lacks."""
    learner = LESSONS[language]
    says = (learner["grow"] if method == "grow" else learner)["says"][:turns]
    earlier = tuple(learner["earlier"])
    spoken_turns: list[llm.Turn] = []
    found: list[dict] = []
    for number, said in enumerate(says, 1):
        spoken_turns.append(llm.Turn("user", said))
        ask = llm.Ask(
            system=prompts.system(
                step="explore", tool=method, language=language, topic=says[0], earlier=earlier[0]
            ),
            turns=tuple(spoken_turns),
            product="learn",
            step="explore",
            turn_in_step=number,
            language=language,
            method=method,
            topic=says[0],
            earlier=earlier,
        )
        text, note = await say(provider, ask)
        lacks = teaching.good_turn(method, text, turn=number, learner_said=said)
        if spoken.detect(clean(text), "") != language:
            lacks.append("language")
        if text in [turn["text"] for turn in found]:
            lacks.append("not_said_before")
        spoken_turns.append(llm.Turn("assistant", text))
        found.append({"said": said, "text": text, "lacks": lacks, "note": note})
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--provider", choices=("offline", "configured"), default="offline")
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--show", action="store_true", help="print every turn")
    options = parser.parse_args()
    provider = llm.get_provider() if options.provider == "configured" else llm.offline_coach()
    print(f"{date.today()}, {provider.name}, {options.turns} turns a lesson\n")
    print("| Method | en | zh | es | lacks | notes |\n|---|---|---|---|---|---|")
    good = total = 0
    for method in METHODS:
        cells, lacks, notes = [], Counter(), 0
        for language in ("en", "zh", "es"):
            turns = asyncio.run(lesson(provider, method, language, options.turns))
            fine = sum(not turn["lacks"] for turn in turns)
            good, total = good + fine, total + len(turns)
            notes += sum(turn["note"] is not None for turn in turns)
            cells.append(f"{fine}/{len(turns)}")
            lacks.update(lack for turn in turns for lack in turn["lacks"])
            if options.show:
                for turn in turns:
                    print(f"\n> {turn['said']}\n\n{turn['text']}\n{turn['lacks'] or ''}")
        named = ", ".join(f"{name} {times}" for name, times in lacks.most_common())
        print(f"| {method} | {' | '.join(cells)} | {named} | {notes} |")
    print(f"\n{good} of {total} turns keep to their method ({100 * good / total:.0f} %)")


if __name__ == "__main__":
    main()
