"""How well crisis safety hears, and how fast: run by hand, ``python bench/crisis.py [--misses]``.

Never add ``held`` to what phrases are made from: it is what strangers wrote.
"""

import statistics
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from solacore.kit.talk.crisis.assessment import assess
from solacore.tests.crisis.labelled import (
    AT_RISK,
    DATA,
    GENTLE,
    HARMLESS,
    LANGUAGES,
    lines,
    messages,
)

LOUD = ("explicit", "imminent")
PUMPS = (
    "i want to ",
    "no ",
    "kill ",
    "a b ",
    "die",
    "w.a.n.t ",
    "我想",
    "以前我想自杀",
    "死にたい",
    "want die not ",
    "xq1!",
    "quiero morir no want to die ",
)


def tier_of(text: str) -> str:
    risk = assess(text)
    return risk.tier if risk else "none"


def main() -> None:
    caught = [tier_of(t) in LOUD for t in (DATA / "must_catch.txt").read_text().splitlines()]
    print(f"must be caught: {sum(caught)} of {len(caught)}")
    for folder in ("data", "corpus", "held"):
        total: Counter[str] = Counter()
        print(f"\n{folder}: heard / noticed at all, interrupted wrongly, hints noticed")
        for language in LANGUAGES:
            counted = count(language, folder)
            total += counted
            print(f"  {language:8} {figures(counted)}")
        print(f"  {'all':8} {figures(total)}")
    print("\nordinary worries: interrupted / asked")
    for language in LANGUAGES:
        tiers = Counter(map(tier_of, lines(language, "ordinary")))
        print(f"  {language:8} n={tiers.total()} {sum(tiers[t] for t in LOUD)} / {tiers['soft']}")
    print()
    for language in LANGUAGES:
        timing(language, " ".join(t for k, t, _ in messages(language) if k in HARMLESS))
        timing(f"{language}, ordinary", " ".join(lines(language, "ordinary")))
    for pump in PUMPS:
        timing(f"pump {pump!r}", pump)


def count(language: str, folder: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    for kind, text, _ in messages(language, folder):
        tier = tier_of(text)
        group = "risk" if kind in AT_RISK else "hint" if kind in GENTLE else "harmless"
        counted[group] += 1
        counted[f"{group} loud"] += tier in LOUD
        counted[f"{group} noticed"] += tier != "none"
        wrong = (group == "risk") != (tier in LOUD) if group != "hint" else tier == "none"
        if wrong and "--misses" in sys.argv and folder != "held":
            print(f"    {language} {kind}: {text!r} -> {tier}")
    return counted


def figures(counted: Counter[str]) -> str:
    risk, harmless, hint = counted["risk"], counted["harmless"], counted["hint"]
    return (
        f"n={risk + harmless + hint:5} {counted['risk loud'] / risk:.3f} / {counted['risk noticed'] / risk:.3f}"
        f"  {counted['harmless loud'] / harmless:.3f}  {counted['hint noticed'] / hint:.2f}"
    )


def timing(name: str, text: str) -> None:
    text = (text * (8000 // len(text) + 1))[:8000]
    assess(text)
    times = []
    for _ in range(30):
        started = time.process_time()
        assess(text)
        times.append((time.process_time() - started) * 1000)
    print(f"{name:34} p50 {statistics.median(times):6.2f} ms  p99 {max(times):6.2f} ms")


if __name__ == "__main__":
    main()
