"""How well crisis safety hears, and how fast: run by hand, ``python bench/crisis.py [--misses]``."""

import statistics
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from solacore.kit.talk.crisis.assessment import assess
from solacore.tests.crisis.labelled import AT_RISK, GENTLE, HARMLESS, LANGUAGES, messages


def main() -> None:
    total = 0
    for language in LANGUAGES:
        table: Counter[tuple[str, str]] = Counter()
        held: Counter[tuple[bool, bool]] = Counter()
        for kind, text, unseen in messages(language):
            total += 1
            risk = assess(text)
            tier = risk.tier if risk else "none"
            table[kind, tier] += 1
            interrupted = tier in ("explicit", "imminent")
            if kind in AT_RISK:
                held[unseen, interrupted] += 1
            if "--misses" in sys.argv and (
                (kind in AT_RISK and not interrupted)
                or (kind in HARMLESS and interrupted)
                or (kind in GENTLE and tier == "none")
            ):
                print(f"  {language} {kind}: {text!r} -> {risk}")
        caught = sum(table[k, t] for k in AT_RISK for t in ("explicit", "imminent"))
        risky = sum(n for (k, _), n in table.items() if k in AT_RISK)
        false = sum(table[k, t] for k in HARMLESS for t in ("explicit", "imminent"))
        harmless = sum(n for (k, _), n in table.items() if k in HARMLESS)
        plan = sum(n for (k, _), n in table.items() if k == "plan")
        gentle = sum(n for (k, _), n in table.items() if k in GENTLE)
        noticed = gentle - sum(table[k, "none"] for k in GENTLE)
        unseen = held[True, True] / max(1, held[True, True] + held[True, False])
        print(
            f"{language:8} n={sum(table.values()):4} recall {caught / risky:.3f} (written later {unseen:.3f}) precision {caught / (caught + false):.3f} "
            f"false interruption {false / harmless:.3f} plan->imminent {table['plan', 'imminent'] / plan:.2f} soft noticed {noticed / gentle:.2f}"
        )
        if "--table" in sys.argv:
            for kind in (*AT_RISK, *GENTLE, *HARMLESS):
                print(
                    "   ",
                    f"{kind:10}",
                    {t: table[kind, t] for t in ("imminent", "explicit", "soft", "none")},
                )
    print(f"{total} messages")
    for language in LANGUAGES:
        text = " ".join(t for k, t, _ in messages(language) if k in HARMLESS)
        timing(language, text)
    for pump in (
        "i want to ",
        "no ",
        "kill ",
        "a b ",
        "die",
        "w.a.n.t ",
        "我想",
        "want die not ",
        "xq1!",
        "quiero morir no want to die ",
    ):
        timing(f"pump {pump!r}", pump)


def timing(name: str, text: str) -> None:
    text = (text * (8000 // len(text) + 1))[:8000]
    assess(text)
    times = []
    for _ in range(30):
        started = time.process_time()
        assess(text)
        times.append((time.process_time() - started) * 1000)
    print(f"{name:30} p50 {statistics.median(times):6.2f} ms  p99 {max(times):6.2f} ms")


if __name__ == "__main__":
    main()
