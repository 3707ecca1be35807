"""The map: each concept, how it stands, and what to do next about it.

Two statements over cards and looks, one over concepts, however many there are: the database
adds up by the text of a card's concept, and what is written differently but means the same is
joined here (``rules.concepts.key_of``; SQL cannot fold case as Unicode does).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from learn.models import Concept
from learn.rules import mastery, memory
from learn.rules.concepts import clean, key_of
from learn.rules.mastery import Standing
from learn.rules.memory import Rating
from learn.rules.methods import METHODS

GRADES = 5
LOOKS = 2_000  # the last ones, among which a concept's last grades are sought

# The curve of FSRS over whole days, as the package has it (rules.memory.curve).
_CARDS = """
    SELECT concept, count(*), count(stability),
           sum(power(1 + %(factor)s * greatest(0, floor(
               extract(epoch FROM %(now)s - last_review) / 86400))::float8 / stability, %(decay)s))
      FROM learn_card WHERE user_id = %(user)s AND state <> 'proposed' AND concept <> ''
     GROUP BY concept"""
_LOOKS = """
    SELECT c.concept, r.rating
      FROM (SELECT card_id, rating, at, number FROM learn_review
             WHERE user_id = %(user)s AND withdrawn_at IS NULL
             ORDER BY at DESC LIMIT %(looks)s) AS r
      JOIN learn_card AS c ON c.id = r.card_id
     WHERE c.concept <> '' AND c.state <> 'proposed' ORDER BY r.at DESC, r.number DESC"""


@dataclass(slots=True)
class _Entry:
    name: str
    cards: int = 0
    seen: int = 0
    recalled: float = 0.0  # the sum of what is likely remembered
    grades: list[Rating] = field(default_factory=list)
    prerequisites: list[str] = field(default_factory=list)
    session_id: UUID | None = None

    @property
    def standing(self) -> Standing:
        mean = self.recalled / self.seen if self.seen else None
        return Standing(self.cards, self.seen, mean, tuple(self.grades))


def whole(
    *, user_id: UUID, language: str, now: datetime, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    """Return a page of somebody's concepts, and how many there are.

    Those without a look come first, then the least remembered; equals by name.
    """
    entries = _entries(user_id, now)
    standings = {key: entry.standing for key, entry in entries.items()}
    rests_on = {key: frozenset(map(key_of, entry.prerequisites)) for key, entry in entries.items()}
    resting = mastery.resting(rests_on)

    def weakness(key: str) -> tuple[float, str]:
        likely = standings[key].retrievability
        return (-1.0 if likely is None else likely), key

    found = []
    for key in sorted(entries, key=weakness)[offset : offset + limit]:
        beside = mastery.neighbours(key, rests_on[key], resting)
        near = [standings[each] for each in beside if each in standings]
        because = mastery.suggest(standings[key], near)
        found.append(_shown(entries[key], standings[key], because, language))
    return found, len(entries)


def _entries(user_id: UUID, now: datetime) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    for each in Concept.objects.owned_by(user_id).only("name", "key", "prerequisites", "session"):
        entries[each.key] = _Entry(
            each.name, prerequisites=each.prerequisites, session_id=each.session_id
        )
    factor, decay = memory.curve()
    asked: dict[str, Any] = {
        "user": user_id,
        "now": now,
        "factor": factor,
        "decay": decay,
        "looks": LOOKS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CARDS, asked)
        for concept, cards, seen, recalled in cursor.fetchall():
            entry = entries.setdefault(key_of(concept), _Entry(clean(concept)))
            entry.cards += cards
            entry.seen += seen
            entry.recalled += recalled or 0.0
        cursor.execute(_LOOKS, asked)
        for concept, rating in cursor.fetchall():
            grades = entries[key_of(concept)].grades
            if len(grades) < GRADES:
                grades.append(Rating(rating))
    return entries


def _shown(
    entry: _Entry, standing: Standing, because: mastery.Because, language: str
) -> dict[str, Any]:
    method = METHODS[mastery.METHOD[because]]
    return {
        "name": entry.name,
        "cards": entry.cards,
        "seen": entry.seen,
        "retrievability": standing.retrievability,
        "last_grades": [grade.name.lower() for grade in entry.grades],
        "prerequisites": entry.prerequisites,
        "session_id": entry.session_id,
        "next": {
            "method": method.id,
            "name": method.words[language].name,
            "reason": because.value,
            "because": mastery.WORDS[because][language],
        },
    }
