"""Cards a coach has written into an answer, in our three languages.

``Q: … / A: …``, on one line or two; a third part may name the concept: ``C: …``, ``概念：…``,
``Concepto: …``.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from learn.rules.concepts import NAME_CHARACTERS

MOST = 6  # from one answer
QUESTION_CHARACTERS, ANSWER_CHARACTERS = 500, 2_000

# Marks only, found one by one: nothing here can backtrack over a long text.
_MARK = re.compile(
    r"(?<!\w)(?:(?P<ask>[QP问])|(?P<tell>[AR答])|(?P<name>C|Concepto?|概念))[ \t]{0,3}[:：]"
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A card somebody may accept; without a concept it belongs to the lesson's topic."""

    question: str
    answer: str
    concept: str = ""


def read(text: str) -> list[Proposal]:
    """Return the cards in an answer, each question once."""
    marks = [mark for mark in _MARK.finditer(text) if not mark["name"] or _begins(text, mark)]
    found: dict[str, Proposal] = {}
    for n, (asked, told) in enumerate(pairwise(marks)):
        if not asked["ask"] or not told["tell"]:
            continue
        if told.start() - asked.end() > QUESTION_CHARACTERS:
            continue
        after, last = [*marks[n + 2 : n + 4], None, None][:2]
        question = text[asked.end() : told.start()].strip(" \t\n/*_")
        answer = _line(text, told, after, ANSWER_CHARACTERS)
        concept = _line(text, after, last, NAME_CHARACTERS) if after and after["name"] else ""
        if question and answer and "\n" not in question:
            found.setdefault(question.lower(), Proposal(question, answer, concept))
        if len(found) == MOST:
            break
    return list(found.values())


def _begins(text: str, mark: re.Match[str]) -> bool:
    """Whether a mark stands at the start of a line or after a slash: an answer may say "C:"."""
    return text[max(0, mark.start() - 3) : mark.start()].rstrip(" \t*_")[-1:] in ("", "/", "\n")


def _line(text: str, mark: re.Match[str], after: re.Match[str] | None, most: int) -> str:
    end = after.start() if after else len(text)
    said = text[mark.end() : min(end, mark.end() + most + 8)]
    return said.strip(" \t").partition("\n")[0].strip(" \t/*_")[:most].rstrip()
