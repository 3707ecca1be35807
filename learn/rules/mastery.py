"""Which method helps next with a concept, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from learn.rules.memory import RETENTION, Rating

LAPSES = 2  # of the last five looks: it is not forgetting, it is a mistake


class Because(StrEnum):
    """Why a method is suggested."""

    NO_CARDS = "no_cards"
    NEVER_RECALLED = "never_recalled"
    CONFUSED = "confused"
    LAPSES = "lapses"
    LABORIOUS = "laborious"
    STRONG = "strong"
    FADING = "fading"


METHOD = {
    Because.NO_CARDS: "feynman",
    Because.NEVER_RECALLED: "retrieval",
    Because.CONFUSED: "interleaving",
    Because.LAPSES: "error_driven",
    Because.LABORIOUS: "feynman",
    Because.STRONG: "spaced",
    Because.FADING: "retrieval",
}
WORDS: Mapping[Because, Mapping[str, str]] = {
    Because.NO_CARDS: {
        "en": "You have no cards on this yet: explain it simply, and see where you stumble.",
        "zh": "你还没有关于它的卡片：试着简单地讲清楚，看看在哪里卡住。",
        "es": "Aún no tienes tarjetas de esto: explícalo con sencillez y mira dónde tropiezas.",
    },
    Because.NEVER_RECALLED: {
        "en": "You have never recalled this without help: try, before you look it up.",
        "zh": "你还没有独立回忆出它：先试着想，再去查。",
        "es": "Nunca lo has recordado sin ayuda: inténtalo antes de mirarlo.",
    },
    Because.CONFUSED: {
        "en": "You slip here and at a concept next to it: practise both together and tell them apart.",
        "zh": "你在它和相邻的概念上都出过错：放在一起练，分清两者的差别。",
        "es": "Fallas aquí y en un concepto vecino: practícalos juntos y distínguelos.",
    },
    Because.LAPSES: {
        "en": "You forgot this more than once lately: look closely at what goes wrong, and why.",
        "zh": "你最近不止一次忘记它：仔细看看错在哪里、为什么。",
        "es": "Lo has olvidado más de una vez últimamente: mira con calma qué falla y por qué.",
    },
    Because.LABORIOUS: {
        "en": "You recall this only with effort: put it into simple words of your own.",
        "zh": "你要费力才能想起它：用自己的话简单地说一遍。",
        "es": "Solo lo recuerdas con esfuerzo: dilo con palabras sencillas y tuyas.",
    },
    Because.STRONG: {
        "en": "You know this well: let growing pauses keep it.",
        "zh": "你已经掌握得很好：用越来越长的间隔保持它。",
        "es": "Lo sabes bien: deja que las pausas crecientes lo conserven.",
    },
    Because.FADING: {
        "en": "This is fading: recall it now, before it is gone.",
        "zh": "它正在变淡：趁还没忘，现在回忆一次。",
        "es": "Se está desvaneciendo: recuérdalo ahora, antes de que se pierda.",
    },
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a concept stands: its cards, how many were seen, how likely they are remembered now
    (0 to 1, on average; None if none was seen) and the last grades, the newest first."""

    cards: int = 0
    seen: int = 0
    retrievability: float | None = None
    grades: Sequence[Rating] = ()

    @property
    def slips(self) -> int:
        """How many of the last grades were "again"."""
        return sum(grade == Rating.AGAIN for grade in self.grades)


def suggest(standing: Standing, neighbours: Sequence[Standing]) -> Because:
    """Return why something should be done next; the first that holds.

    Neighbours are concepts that rest on this one, on which it rests, or that rest on the same:
    they are what it is confused with.
    """
    grades = standing.grades
    if not standing.cards:
        return Because.NO_CARDS
    if all(grade == Rating.AGAIN for grade in grades):
        return Because.NEVER_RECALLED
    if standing.slips and any(each.slips for each in neighbours):
        return Because.CONFUSED
    if standing.slips >= LAPSES:
        return Because.LAPSES
    if 2 * sum(grade <= Rating.HARD for grade in grades) >= len(grades):
        return Because.LABORIOUS
    if standing.retrievability is not None and standing.retrievability >= RETENTION:
        return Because.STRONG
    return Because.FADING


def resting(prerequisites: Mapping[str, frozenset[str]]) -> dict[str, set[str]]:
    """Return what rests on each concept; all by key."""
    found: dict[str, set[str]] = {}
    for key, rests_on in prerequisites.items():
        for each in rests_on:
            found.setdefault(each, set()).add(key)
    return found


def neighbours(
    key: str, rests_on: frozenset[str], resting: Mapping[str, set[str]]
) -> frozenset[str]:
    """Return what a concept rests on, what rests on it, and what rests on the same; by key."""
    beside = (resting.get(base, set()) for base in rests_on)
    return frozenset(rests_on).union(resting.get(key, ()), *beside) - {key}
