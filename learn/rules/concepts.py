"""What counts as one concept, however it is written."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

NAME_CHARACTERS = 200
PREREQUISITES = 8  # of one concept


@dataclass(frozen=True, slots=True)
class NamedConcept:
    """A concept as a coach named it."""

    name: str
    prerequisites: tuple[str, ...] = ()


def clean(name: str) -> str:
    """Return a name on one line, without what PostgreSQL cannot keep, at most 200 characters."""
    kept = "".join(c for c in name if c != "\x00" and not "\ud800" <= c <= "\udfff")
    return " ".join(kept.split())[:NAME_CHARACTERS].strip()


def key_of(name: str) -> str:
    """Return the same text for every way to write a name: width, case and spaces do not count.

    Folding may lengthen a text (one ligature is eighteen letters), hence the cut.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(folded.split())[: 3 * NAME_CHARACTERS]


def joined(name: str, before: Iterable[str], more: Iterable[str]) -> list[str]:
    """Return what ``name`` rests on: each once, never itself, at most PREREQUISITES."""
    seen, found = {key_of(name), ""}, []
    for text in (clean(each) for each in [*before, *more]):
        if key_of(text) not in seen:
            seen.add(key_of(text))
            found.append(text)
    return found[:PREREQUISITES]
