"""Where in a page's sessions the words asked for were said, cut out and marked."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import connection

from solve.selectors import search
from solve.selectors.search import Word

FRAGMENTS = 3  # per session
AROUND = 40  # characters kept on either side of the first find
MARKS = 20  # ranges per fragment


def of_sessions(asked: list[Word], *, session_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return by session up to FRAGMENTS messages that were found, oldest first, and where.

    Each: ``message_id``, ``role``, ``fragment`` (plain text) and ``ranges``, which count code
    points of the fragment, end excluded. No index is asked: a page's sessions are few.
    """
    found, forms, form_of = f"true {search.says_all(asked)}", "'{}'::text[]", ""
    parameters = search.texts(asked)
    if any(word.stems for word in asked):
        formed = " AND ".join(
            f"f.said{n}" if word.stems else search.says(n, word) for n, word in enumerate(asked)
        )
        maybe = " AND ".join(_maybe(n, word) for n, word in enumerate(asked))
        found = f"{maybe} AND ((true {search.says_all(asked)}) OR ({formed}))"
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
            SELECT m.session_id::text, m.id::text, m.role, m.content, e.said, {forms}
              FROM solve_searchentry e JOIN solve_message m ON m.id = e.message_id {form_of}
             WHERE e.session_id = page.id AND {found}
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
    """Return whether a token's stems, or what they are without its accents, are among these."""
    stems = f"&& %({name})s::text[]"
    return f"""(ts_lexize('english_stem', token) {stems} OR ts_lexize('spanish_stem', token) {stems}
                OR (octet_length(token) > length(token)
                    AND (ts_lexize('english_stem', solve_fold(token)) {stems}
                         OR ts_lexize('spanish_stem', solve_fold(token)) {stems})))"""


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
    return "(" + " OR ".join(f"strpos(e.said, {text}) > 0" for text in texts) + ")"


def _fragment(
    content: str, folded: str, words: list[str], forms: list[str]
) -> tuple[str, list[list[int]]]:
    """Cut the text around the first find. ``folded`` has a character for each of the text's."""
    looked_for = [*((word, False) for word in words), *((form, True) for form in forms)]
    firsts = [p for word, whole in looked_for for p in islice(_places(folded, word, whole), 1)]
    first, last = min(firsts, key=lambda place: (place[0], -place[1]), default=(0, 0))
    begin, end = max(0, first - AROUND), min(len(content), last + AROUND)
    near = folded[: end + 1]  # one more, to see where a word ends
    joined: list[list[int]] = []
    for a, b in sorted(p for word, whole in looked_for for p in _places(near, word, whole, first)):
        if joined and a - begin <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], min(b, end) - begin)
        elif a < end:
            joined.append([a - begin, min(b, end) - begin])
    return content[begin:end], joined[:MARKS]


def _places(text: str, word: str, whole: bool, start: int = 0) -> Iterator[tuple[int, int]]:
    """Yield where a word stands from ``start`` on; ``whole``: not where letters go on."""
    start = text.find(word, start)
    while start >= 0:
        end = start + len(word)
        beside = text[max(0, start - 1) : start] + text[end : end + 1]
        if not (whole and any(map(str.isalnum, beside))):
            yield start, end
        start = text.find(word, end)
