"""Cards a coach has written into an answer: ``Q: … / A: …``, in our three languages."""

import re
from dataclasses import dataclass

MOST = 6  # from one answer
QUESTION_CHARACTERS, ANSWER_CHARACTERS = 500, 2_000

# Marks only, found one by one: nothing here can backtrack over a long text.
_MARK = re.compile(r"(?<!\w)(?:(?P<ask>[QP问])|[AR答])[ \t]{0,3}[:：]")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A card somebody may accept."""

    question: str
    answer: str


def read(text: str) -> list[Proposal]:
    """Return the cards in an answer, each question once."""
    marks = list(_MARK.finditer(text))
    found: dict[str, Proposal] = {}
    for asked, told, after in zip(marks, marks[1:], [*marks[2:], None], strict=False):
        if not asked["ask"] or told["ask"] or told.start() - asked.end() > QUESTION_CHARACTERS:
            continue
        end = after.start() if after else len(text)
        question = text[asked.end() : told.start()].strip(" \t\n/*_")
        answer = text[told.end() : min(end, told.end() + ANSWER_CHARACTERS)]
        answer = answer.strip(" \t").partition("\n")[0].strip(" \t/*_")
        if question and answer and "\n" not in question:
            found.setdefault(question.lower(), Proposal(question, answer))
        if len(found) == MOST:
            break
    return list(found.values())
