"""Fit the weights of ``solacore/kit/talk/crisis/ear.py`` from the labelled messages.

``python bench/crisis_ear.py`` writes them; ``--check`` says how well they do on messages they were not
fitted to (five folds). The set that is held out is never read. The same messages give the same file.
"""

import math
import random
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from solacore.kit.talk.crisis import ear
from solacore.kit.talk.crisis.normal import normalise
from solacore.tests.crisis.labelled import digest, learnt_from

EPOCHS = 8
RATE = 0.5  # AdaGrad (Duchi, Hazan and Singer, 2011)
RIDGE = 1e-3
SEEN = 3  # messages that must have a feature
FOLDS = 5
THRESHOLDS = (-4, -3.5, -3, -2.5, -2, -1, 0, 1, 1.5, 2, 2.5, 3)


def fit(messages: list[tuple[str, bool]]) -> tuple[float, dict[str, float]]:
    """Return bias and weights of a logistic regression; features count by 1/sqrt(how many)."""
    found = [ear.features(normalise(text)) for text, _ in messages]
    seen = Counter(feature for features in found for feature in features)
    number = {
        name: n for n, name in enumerate(sorted(f for f, times in seen.items() if times >= SEEN))
    }
    rows = [
        ([number[f] for f in sorted(features) if f in number], risk)
        for features, (_, risk) in zip(found, messages, strict=True)
    ]
    weights, squares, bias = [0.0] * len(number), [1e-6] * len(number), 0.0
    order = random.Random(1)
    for _ in range(EPOCHS):
        order.shuffle(rows)
        for features, risk in rows:
            share = 1 / math.sqrt(len(features) or 1)
            odds = bias + share * sum([weights[n] for n in features])
            error = 1 / (1 + math.exp(-max(-30.0, min(30.0, odds)))) - risk
            bias -= 0.02 * error
            step = error * share
            for n in features:
                squares[n] += step * step
                weights[n] -= RATE * step / math.sqrt(squares[n]) + RIDGE * weights[n]
    return bias, {name: weights[n] for name, n in number.items()}


def write(bias: float, weights: dict[str, float]) -> None:
    scaled = {
        name: max(-127, min(127, round(weight * ear.SCALE))) for name, weight in weights.items()
    }
    lines = [f"{weight}\t{name}" for name, weight in sorted(scaled.items()) if weight]
    ear.WEIGHTS.write_text("\n".join([f"{digest()}\t{bias:.4f}", *lines]) + "\n", encoding="utf-8")
    print(f"{len(lines)} weights")


def check() -> None:
    """Print what lies above each threshold, by kind of message, when it was not fitted to it."""
    messages = learnt_from()
    random.Random(2).shuffle(messages)
    above: dict[str, Counter[float]] = {}
    total: Counter[str] = Counter()
    for fold in range(FOLDS):
        bias, weights = fit(
            [(text, risk) for n, (_, text, risk) in enumerate(messages) if n % FOLDS != fold]
        )
        for kind, text, _ in messages[fold::FOLDS]:
            known = [weights[f] for f in ear.features(normalise(text)) if f in weights]
            odds = bias + sum(known) / math.sqrt(len(known) or 1)
            total[kind] += 1
            above.setdefault(kind, Counter()).update(t for t in THRESHOLDS if odds > t)
    print(f"{'above':>14}", *(f"{t:6}" for t in THRESHOLDS))
    for kind, counted in above.items():
        print(
            f"{kind:>9} {total[kind]:5}", *(f"{counted[t] / total[kind]:6.3f}" for t in THRESHOLDS)
        )


if __name__ == "__main__":
    if "--check" in sys.argv:
        check()
    else:
        write(*fit([(text, risk) for _, text, risk in learnt_from()]))
