"""What a lesson has brought so far: its concepts, what each rests on, a summary.

A model leaves a note with every answer; the built-in coach leaves none, and then the learner's own
words are all there is to go by. Nothing here invents a word.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from learn.rules import proposals
from learn.rules.concepts import NamedConcept
from solacore.kit.talk.terms import clean, lesson_topic, quoted, statements, terms

MOST, NAME_CHARACTERS = 12, 200  # concepts of a lesson; of one name
MOST_HEARD = 6  # of those, how many are taken from mere words
MOST_NEEDS = 6
SUMMARY_CHARACTERS = 1_000
_SUMMARY = {
    "en": ("You came to understand {topic}.", "You said: {said}."),
    "zh": ("你来是想弄懂{topic}。", "你说过：{said}。"),
    "es": ("Viniste a entender {topic}.", "Dijiste: {said}."),
}
# How a summary made here begins: such a one may be replaced by the next.
_OPENINGS = tuple(line.partition("{")[0] for lines in _SUMMARY.values() for line in lines)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is known of a lesson. ``named`` are the concepts told or heard this time, with needs.

    ``tool_done`` says whether the method has done its work; None when nobody said.
    """

    concepts: tuple[str, ...] = ()
    summary: str = ""
    named: tuple[NamedConcept, ...] = ()
    tool_done: bool | None = None

    @property
    def needs(self) -> dict[str, tuple[str, ...]]:
        """What each concept named this time rests on; those without are left out."""
        return {
            concept.name: concept.prerequisites for concept in self.named if concept.prerequisites
        }


def noted(concepts: Sequence[str], summary: str, note: Mapping[str, object]) -> Lesson:
    """Merge a model's note into what was known; what cannot be read in it is passed over.

    Concepts known before keep their place and spelling; beyond MOST new ones are dropped.
    """
    listed = note.get("concepts")
    read = [_concept(entry) for entry in listed[: MOST * 2]] if isinstance(listed, list) else []
    kept = _distinct([*concepts, *(concept.name for concept in read if concept)])[:MOST]
    spelled = {name.lower(): name for name in kept}
    named: dict[str, NamedConcept] = {}
    for concept in filter(None, read):
        name = spelled.get(concept.name.lower())
        if name:
            others = [
                spelled.get(n.lower(), n)
                for n in concept.prerequisites
                if n.lower() != name.lower()
            ]
            named.setdefault(name, NamedConcept(name, tuple(_distinct(others))))
    told, done = note.get("summary"), note.get("tool_done")
    text = clean_text(told, SUMMARY_CHARACTERS) if isinstance(told, str) else ""
    return Lesson(
        tuple(kept),
        text or summary,
        tuple(named.values()),
        done if isinstance(done, bool) else None,
    )


def heard(
    concepts: Sequence[str],
    summary: str,
    *,
    topic: str,
    said: Sequence[str],
    answer: str,
    language: str,
) -> Lesson:
    """Return what the words themselves show: the topic, its terms, the learner's sentences.

    ``said`` is what the learner said in this lesson, oldest first. A summary stays as it was
    without any statement of theirs, and when a model wrote it: a turn without a note (the model
    could not be reached) must not lose what it had understood.
    """
    about = lesson_topic(topic, said)
    told = statements(said, about)
    asked = [card.answer for card in proposals.read(answer) if len(card.answer) <= 40]
    fresh = _distinct([about, *terms(told, most=MOST_HEARD), *asked])
    room = max(MOST_HEARD - len(concepts), 0)
    known = {name.lower() for name in concepts}
    new = [name for name in fresh if name.lower() not in known][:room]
    kept = _distinct([*concepts, *new])[:MOST]
    named = tuple(NamedConcept(name) for name in kept if name in new)
    ours = not summary or summary.startswith(_OPENINGS)
    return Lesson(tuple(kept), (ours and _summed(about, told, language)) or summary, named)


def clean_text(text: str, length: int) -> str:
    """Return ``text`` on one line, at most ``length`` characters, without what SQL cannot hold."""
    storable = text.replace("\0", "").encode(errors="ignore").decode()  # no lone surrogates
    return " ".join(storable.split())[:length].strip()


def _concept(entry: object) -> NamedConcept | None:
    """Read one concept of a note: a name, or a mapping with name and needs."""
    if isinstance(entry, str):
        entry = {"name": entry}
    if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
        return None
    name = clean_text(entry["name"], NAME_CHARACTERS)
    listed = entry.get("needs")
    needs = [n for n in listed if isinstance(n, str)] if isinstance(listed, list) else []
    return NamedConcept(name, tuple(_distinct(needs)[:MOST_NEEDS])) if name else None


def _distinct(names: Iterable[str]) -> list[str]:
    """Return the names cleaned, none empty, each once whatever its case."""
    found: dict[str, str] = {}
    for name in names:
        if tidy := clean_text(name, NAME_CHARACTERS):
            found.setdefault(tidy.lower(), tidy)
    return list(found.values())


def _summed(about: str, told: Sequence[str], language: str) -> str:
    """Say what the learner came for and their last sentences that carry most."""
    if not told:
        return ""
    came, quotes = _SUMMARY.get(language, _SUMMARY["en"])
    best = sorted(dict.fromkeys(told), key=lambda s: -len(terms([s])))[:3]
    own = [s for s in dict.fromkeys(told) if s in best]
    joined = "".join if language == "zh" else " ".join
    lines = [came.replace("{topic}", quoted(about, language))] if about else []
    said = ("、" if language == "zh" else ", ").join(quoted(clean(s), language) for s in own)
    return joined([*lines, quotes.replace("{said}", said)])[:SUMMARY_CHARACTERS]
