"""What somebody said, found again: which sessions, and where in them.

A message is found when each word asked for is in it *literally* (a run of characters, part of
a word or not, case and accents aside), or each is in it *in some form*: words of at least four
letters by their English or Spanish stem, the others literally. One index answers both
(migration ``search_entry``): it knows every run of up to three characters exactly, so only longer
literal words are compared with the text. An answer that still streams has no entry, nor has what
was shelved, nor have the system's words.

Rare words are the index's; of common ones it knows tens of thousands of messages, where one of
each session would do. Those are looked for in the sessions' own messages (``condition``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

SAMPLE = 100  # sessions that tell whether words are common
_RUN = 3  # the longest run of characters that is a term of its own
_STEMMED = 4  # shorter words have no endings to drop

_TERMS = "solve_search_terms(e.user_id, e.said, e.stems)"
_WILD = re.compile(r"[%_\\]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word asked for, folded, and its stems; none where endings do not count."""

    text: str
    stems: tuple[str, ...]

    @property
    def runs(self) -> list[str]:
        """The runs of characters that cover it: all that an index can say of it literally."""
        if len(self.text) <= _RUN:
            return [self.text]
        starts = {*range(0, len(self.text) - _RUN + 1, _RUN), len(self.text) - _RUN}
        return [self.text[start : start + _RUN] for start in sorted(starts)]

    @property
    def exact(self) -> bool:
        """Whether its runs are the whole of it, so that no text need be compared."""
        return len(self.text) <= _RUN


def read(words: Sequence[str]) -> list[Word]:
    """Return the words as the index writes them, each once; they must not be empty."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT folded, ts_lexize('english_stem', word) || ts_lexize('spanish_stem', word)
                   || ts_lexize('english_stem', folded) || ts_lexize('spanish_stem', folded)
                 FROM unnest(%s::text[]) AS word, solve_fold(word) AS folded""",
            [list(words)],
        )
        found = {
            folded: Word(folded, _stems(folded, lexemes)) for folded, lexemes in cursor.fetchall()
        }
    return list(found.values())


def _stems(folded: str, lexemes: list[str]) -> tuple[str, ...]:
    counts = len(folded) >= _STEMMED and folded.isalpha()
    return tuple(dict.fromkeys(lexemes)) if counts else ()


def _quote(term: str) -> str:
    """Write a term into a tsquery as itself."""
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"


def _all(terms: list[str]) -> str:
    return "(" + " & ".join(map(_quote, terms)) + ")"


def _form(word: Word) -> str:
    if not word.stems:
        return _all(word.runs)
    return "(" + " | ".join(_quote(f"stem:{stem}") for stem in word.stems) + ")"


def parameters(asked: list[Word], user_id: UUID) -> dict[str, Any]:
    """Return what ``condition`` is to be executed with."""
    forms = " & ".join(map(_form, asked))
    runs = " & ".join(_all(word.runs) for word in asked)
    owner = _quote(str(user_id))
    literal = f"{owner} & {runs} & !({forms})"
    return {"by_form": f"{owner} & {forms}", "by_text": literal, **texts(asked)}


def texts(asked: list[Word]) -> dict[str, Any]:
    """Return the words as ``says`` wants them."""
    return {
        f"word{n}": word.text if len(word.text) > 1 else f"%{_WILD.sub(_escaped, word.text)}%"
        for n, word in enumerate(asked)
    }


def _escaped(sign: re.Match[str]) -> str:
    return "\\" + sign[0]


def says(n: int, word: Word) -> str:
    """Return the condition of a text that says a word literally.

    For one character LIKE takes 60 % of the time of strpos, for more of them 125 %.
    """
    return f"e.said LIKE %(word{n})s" if len(word.text) == 1 else f"strpos(e.said, %(word{n})s) > 0"


def says_all(asked: list[Word]) -> str:
    """Return the conditions of a text that says every word literally, for a few rows: no index."""
    return " ".join(f"AND {says(n, word)}" for n, word in enumerate(asked))


def _branch(asked: list[Word], query: str, *, forms: bool) -> str:
    """Return the conditions of one way to be found; a text is read where runs say too little."""
    compared = [
        f"AND {says(n, word)}"
        for n, word in enumerate(asked)
        if not word.exact and not (forms and word.stems)
    ]
    return f"{_TERMS} @@ %({query})s::tsquery {' '.join(compared)}"


def condition(asked: list[Word]) -> str:
    """Return the condition of a session ``s`` in which the words were said; it is never null.

    Nobody can estimate how often somebody says a word, so no join is left to the planner: "IS
    TRUE" makes a hashed set of what an index finds. Words that most of the newest sessions say
    literally are looked for session by session instead: the first message that has them ends it.
    """
    said = f"""
        (SELECT true FROM solve_searchentry e
          WHERE e.session_id = s.id {says_all(asked)} LIMIT 1) IS TRUE"""  # noqa: S608
    common = f"""
        (SELECT count(*) FILTER (WHERE {said}) * 2 > count(*)
           FROM (SELECT id FROM solve_solvesession WHERE user_id = %(user)s
                  ORDER BY created_at DESC LIMIT {SAMPLE}) AS s)"""  # noqa: S608
    form, text = (
        f"(s.id IN (SELECT e.session_id FROM solve_searchentry e WHERE {branch})) IS TRUE"  # noqa: S608
        for branch in (
            _branch(asked, "by_form", forms=True),
            _branch(asked, "by_text", forms=False),
        )
    )
    if not any(word.stems for word in asked):
        return f"CASE WHEN {common} THEN {said} ELSE {form} END"
    return f"({form} OR CASE WHEN {common} THEN {said} ELSE {text} END)"
