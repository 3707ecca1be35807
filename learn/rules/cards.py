"""What a card may be made of, whoever makes it: the wire, a coach or a file."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints

from learn.rules.concepts import NAME_CHARACTERS
from learn.rules.proposals import ANSWER_CHARACTERS, QUESTION_CHARACTERS
from solacore.kit.http import Text

_TRIMMED = StringConstraints(strip_whitespace=True)
Question = Annotated[Text, _TRIMMED, Field(min_length=1, max_length=QUESTION_CHARACTERS)]
Answer = Annotated[Text, _TRIMMED, Field(min_length=1, max_length=ANSWER_CHARACTERS)]
ConceptName = Annotated[Text, _TRIMMED, Field(max_length=NAME_CHARACTERS)]


@dataclass(frozen=True, slots=True)
class NewCard:
    """A card on its way in."""

    question: str
    answer: str
    concept: str = ""


def question_key(question: str) -> str:
    """Return the same text for questions that differ in case and spaces only."""
    return " ".join(question.split()).casefold()
