"""A second opinion on every message: how much it sounds like somebody at risk.

Phrases know constructions; people say it in words nobody wrote down, and use the words that
phrases know for films, for friends and for yesterday. So each message is also weighed: a sum of
small weights of its words, pairs of words and runs of up to four letters, learnt from our
labelled messages in twelve languages (logistic regression; ``bench/crisis_ear.py`` fits it and
writes ``ear.tsv``, which is all there is of it here). ``assessment.py`` says what a weight means.
"""

import math
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from solacore.kit.talk.crisis.normal import normalise

WEIGHTS = Path(__file__).parent / "ear.tsv"
SCALE = 16  # a weight of 1 is written as 16
WINDOW = 300  # characters weighed together: as long as what it was learnt from
MAX_WEIGHED = 3_000  # of a longer message, its first and its last half of so many characters
RUN = 4
_WORD = re.compile(r"[\w'\u0900-\u097f]+")
_DIGITS = re.compile(r"\d+")
_SENTENCE = re.compile(r"[^.!?。！？;；\n]+[.!?。！？;；\n]*")


def prepare() -> None:
    """Read the weights, if that was not done yet: 0.1 s."""
    _learnt()


def weigh(text: str) -> float:
    """Return the log-odds that the message, or the gravest stretch of it, is of somebody at risk.

    Linear in the length; 0 is even, 3 is twenty to one.
    """
    if len(text) > MAX_WEIGHED:
        text = f"{text[: MAX_WEIGHED // 2]}\n{text[-MAX_WEIGHED // 2 :]}"
    return max(map(_sum, _windows(normalise(text))))


def features(text: str) -> set[str]:
    """Return what of a normalised text is weighed."""
    words = [f" {word} " for word in _WORD.findall(_DIGITS.sub("0", text))]
    found = {a[1:] + b[1:-1] for a, b in pairwise(words)}
    for word in words:
        found.add(word)
        for size in range(1, RUN + 1):
            found.update([word[at : at + size] for at in range(len(word) - size + 1)])
    return found


def _sum(text: str) -> float:
    bias, weights = _learnt()
    known = [weights[feature] for feature in features(text) if feature in weights]
    return bias + sum(known) / SCALE / math.sqrt(len(known) or 1)


def _windows(text: str) -> list[str]:
    """Return stretches of whole sentences, none much longer than ``WINDOW``."""
    stretches = [""]
    for sentence in _SENTENCE.findall(text):
        for start in range(0, len(sentence), WINDOW):
            part = sentence[start : start + WINDOW]
            if stretches[-1] and len(stretches[-1]) + len(part) > WINDOW:
                stretches.append("")
            stretches[-1] += part
    return stretches


@cache
def _learnt() -> tuple[float, dict[str, int]]:
    """Return the bias and the weights; read when the first message is weighed."""
    head, *lines = WEIGHTS.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines)
    return float(head.split("\t")[1]), {feature: int(weight) for weight, feature in pairs}
