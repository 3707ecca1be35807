"""What somebody said, found again: which sessions, and where in them.

A message is found when each word asked for is in it *literally* (a run of characters, part of
a word or not, case and accents aside), or each is in it *in some form*: words of at least four
letters by their English or Spanish stem, the others literally. One index answers both
(migration ``search``): it knows every run of up to three characters exactly, so only longer
literal words are compared with the text. An answer that still streams is not found, nor is what
was shelved, nor are the system's words.

Rare words are the index's; of common ones it knows tens of thousands of messages, where one of
each session would do. Those are looked for in the sessions' own messages (``condition``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

FRAGMENTS = 3  # per session
AROUND = 40  # characters kept on either side of the first find
MARKS = 20  # ranges per fragment
SAMPLE = 100  # sessions that tell whether words are common
_RUN = 3  # the longest run of characters that is a term of its own
_STEMMED = 4  # shorter words have no endings to drop

# Which messages search may know; the index holds no others.
_SEARCHABLE = "m.search_text IS NOT NULL"
# The same, for few rows of known sessions: the second half is implied, but names their index.
_SPOKEN = f"{_SEARCHABLE} AND NOT m.shelved"
_TERMS = "solve_search_terms(m.user_id, m.content, m.search_text)"


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
            """SELECT solve_fold(word),
                      ts_lexize('english_stem', word) || ts_lexize('spanish_stem', word)
                 FROM unnest(%s::text[]) AS word""",
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
    texts = {f"word{n}": word.text for n, word in enumerate(asked)}
    return {"by_form": f"{owner} & {forms}", "by_text": literal, **texts}


def _said(asked: list[Word]) -> str:
    """Return the conditions of a text that says every word literally, for a few rows: no index."""
    return " ".join(f"AND strpos(m.search_text, %(word{n})s) > 0" for n in range(len(asked)))


def _branch(asked: list[Word], query: str, *, forms: bool) -> str:
    """Return the conditions of one way to be found; a text is read where runs say too little."""
    compared = [
        f"AND strpos(m.search_text, %(word{n})s) > 0"
        for n, word in enumerate(asked)
        if not word.exact and not (forms and word.stems)
    ]
    return f"{_SEARCHABLE} AND {_TERMS} @@ %({query})s::tsquery {' '.join(compared)}"


def condition(asked: list[Word]) -> str:
    """Return the condition of a session ``s`` in which the words were said; it is never null.

    Nobody can estimate how often somebody says a word, so no join is left to the planner: "IS
    TRUE" makes a hashed set of what an index finds. Words that most of the newest sessions say
    literally are looked for session by session instead: the first message that has them ends it.
    """
    said = f"""
        (SELECT true FROM solve_message m
          WHERE m.session_id = s.id AND {_SPOKEN} {_said(asked)} LIMIT 1) IS TRUE"""  # noqa: S608
    common = f"""
        (SELECT count(*) FILTER (WHERE {said}) * 2 > count(*)
           FROM (SELECT id FROM solve_solvesession WHERE user_id = %(user)s
                  ORDER BY created_at DESC LIMIT {SAMPLE}) AS s)"""  # noqa: S608
    form, text = (
        f"(s.id IN (SELECT m.session_id FROM solve_message m WHERE {branch})) IS TRUE"  # noqa: S608
        for branch in (
            _branch(asked, "by_form", forms=True),
            _branch(asked, "by_text", forms=False),
        )
    )
    if not any(word.stems for word in asked):
        return f"CASE WHEN {common} THEN {said} ELSE {form} END"
    return f"({form} OR CASE WHEN {common} THEN {said} ELSE {text} END)"


def highlights(asked: list[Word], *, session_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return by session up to FRAGMENTS messages that were found, oldest first, and where.

    Each: ``message_id``, ``role``, ``fragment`` (plain text) and ``ranges``, which count code
    points of the fragment, end excluded. No index is asked: a page's sessions are few.
    """
    found, forms, form_of = f"{_SPOKEN} {_said(asked)}", "'{}'::text[]", ""
    parameters: dict[str, Any] = {f"word{n}": word.text for n, word in enumerate(asked)}
    if any(word.stems for word in asked):
        formed = " AND ".join(
            f"f.said{n}" if word.stems else f"strpos(m.search_text, %(word{n})s) > 0"
            for n, word in enumerate(asked)
        )
        maybe = " AND ".join(_maybe(n, word) for n, word in enumerate(asked))
        found = f"{_SPOKEN} AND {maybe} AND ((true {_said(asked)}) OR ({formed}))"
        forms, form_of = "f.forms", f"CROSS JOIN LATERAL ({_forms(asked)}) AS f"
        parameters |= {f"stems{n}": list(word.stems) for n, word in enumerate(asked)}
        parameters |= {
            "stems": [stem for word in asked for stem in word.stems],
            "initials": [
                first
                for word in asked
                if word.stems
                for first in (word.text[0], word.text[0].upper())
            ],
        }
    statement = f"""
        SELECT first.* FROM unnest(%(sessions)s::uuid[]) AS page(id) CROSS JOIN LATERAL (
            SELECT m.session_id::text, m.id::text, m.role, m.content, m.search_text, {forms}
              FROM solve_message m {form_of}
             WHERE m.session_id = page.id AND {found}
             ORDER BY m.number LIMIT {FRAGMENTS}) AS first"""  # noqa: S608
    marked: dict[str, list[dict[str, Any]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, {**parameters, "sessions": session_ids})
        for session_id, message_id, role, content, folded, said in cursor.fetchall():
            texts = [word.text for word in asked]
            fragment, ranges = _fragment(content, folded, texts, said or [])
            marked.setdefault(session_id, []).append(
                {"message_id": message_id, "role": role, "fragment": fragment, "ranges": ranges}
            )
    return marked


def _has_stem(name: str) -> str:
    return f"""(ts_lexize('english_stem', token) && %({name})s::text[]
                OR ts_lexize('spanish_stem', token) && %({name})s::text[])"""


def _forms(asked: list[Word]) -> str:
    """Return a sub-select: the forms of the words in a message, folded, and which have one.

    Most tokens are told by their first letter (either case); those with a mark are stemmed.
    """
    said = "".join(
        f", bool_or({_has_stem(f'stems{n}')}) AS said{n}"
        for n, word in enumerate(asked)
        if word.stems
    )
    return f"""
        SELECT array_agg(solve_fold(token)) FILTER (WHERE {_has_stem("stems")}) AS forms {said}
          FROM ts_parse('default', left(m.content, 20000))
         WHERE left(token, 1) = ANY(%(initials)s::text[]) OR ascii(token) > 127"""  # noqa: S608


def _maybe(n: int, word: Word) -> str:
    """Return what is cheap to ask of a text that may say the word: some of its stem.

    Snowball's English and Spanish change at most the last two letters of what they leave.
    """
    starts = [
        f"solve_fold(left((%(stems{n})s::text[])[{i + 1}], -2))" for i in range(len(word.stems))
    ]
    texts = [f"%(word{n})s", *starts]
    return "(" + " OR ".join(f"strpos(m.search_text, {text}) > 0" for text in texts) + ")"


def _fragment(
    content: str, folded: str, words: list[str], forms: list[str]
) -> tuple[str, list[list[int]]]:
    """Cut the text around the first find. ``folded`` has a character for each of the text's."""
    places = sorted({*_places(folded, words, whole=False), *_places(folded, forms, whole=True)})
    joined: list[list[int]] = []
    for start, end in places:
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    first, last = joined[0] if joined else (0, 0)
    begin, end = max(0, first - AROUND), min(len(content), last + AROUND)
    inside = [[a - begin, min(b, end) - begin] for a, b in joined if a < end]
    return content[begin:end], inside[:MARKS]


def _places(folded: str, words: list[str], *, whole: bool) -> list[tuple[int, int]]:
    found = []
    for word in words:
        start = folded.find(word)
        while start >= 0:
            end = start + len(word)
            inner = folded[max(0, start - 1) : start] + folded[end : end + 1]
            if not (whole and any(map(str.isalnum, inner))):
                found.append((start, end))
            start = folded.find(word, end)
    return found
