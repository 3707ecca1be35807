"""Cards as files and back: CSV for spreadsheets, Markdown to read, tab-separated for Anki.

What is exported and imported again is the same to the last character, line breaks, quotes and
tabs included; files of other makers are read as far as they go.
"""

import csv
import html
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any

from pydantic import TypeAdapter, ValidationError

from learn.rules.cards import Answer, ConceptName, NewCard, Question

COLUMNS = ("question", "answer", "concept")


class Format(StrEnum):
    """The files we write and read."""

    CSV = "csv"
    MARKDOWN = "markdown"
    ANKI = "anki"

    @property
    def suffix(self) -> str:
        """What a file's name ends with."""
        return {"csv": "csv", "markdown": "md", "anki": "txt"}[self.value]

    @property
    def content_type(self) -> str:
        """Its media type."""
        return {"csv": "text/csv", "markdown": "text/markdown", "anki": "text/plain"}[self.value]


class Reason(StrEnum):
    """Why a line made no card."""

    QUESTION_MISSING = "question_missing"
    ANSWER_MISSING = "answer_missing"
    QUESTION_TOO_LONG = "question_too_long"
    ANSWER_TOO_LONG = "answer_too_long"
    CONCEPT_TOO_LONG = "concept_too_long"
    UNREADABLE = "unreadable"
    DUPLICATE = "duplicate"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line (counted from 1) that made no card, and why."""

    line: int
    reason: str


Row = tuple[int, list[str]]  # the line it begins at, and its cells


def write(format: Format, rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Yield a file's text piece by piece. ``rows`` are (question, answer, concept)."""
    return {"csv": _write_csv, "markdown": _write_markdown, "anki": _write_anki}[format](rows)


def read(format: Format, text: str) -> Iterator[tuple[int, NewCard] | Skipped]:
    """Yield, in the order of a file, each card with the line it begins at, or why it is none."""
    reader = {"csv": _read_csv, "markdown": _read_markdown, "anki": _read_anki}[format]
    try:
        for line, cells in reader(text.removeprefix("\ufeff")):
            if any(cell.strip() for cell in cells):
                yield _card(line, cells)
    except csv.Error:
        yield Skipped(1, "unreadable")


def _card(line: int, cells: list[str]) -> tuple[int, NewCard] | Skipped:
    question, answer, concept = [*cells, "", "", ""][:3]
    values = []
    for name, check, cell in zip(COLUMNS, _CHECKS, (question, answer, concept), strict=True):
        try:
            values.append(check.validate_python(cell))
        except ValidationError as error:
            kind = error.errors()[0]["type"].removeprefix("string_").replace("too_short", "missing")
            return Skipped(line, f"{name}_{kind}" if kind in _KINDS else "unreadable")
    return line, NewCard(*values)


_KINDS = ("missing", "too_long")
_CHECKS: tuple[TypeAdapter[str], ...] = (
    TypeAdapter(Question),
    TypeAdapter(Answer),
    TypeAdapter(ConceptName),
)


# CSV. A cell that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV
# injection); one that looks as if it had one gets another, so the way back is exact.
_RISKY = re.compile(r"'*[=+\-@\t\r]")
_QUOTED = re.compile(r"'+[=+\-@\t\r]")


def _write_csv(rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    yield from _written(
        chain([COLUMNS], rows), lambda cell: f"'{cell}" if _RISKY.match(cell) else cell
    )


def _read_csv(text: str) -> Iterator[Row]:
    rows = _rows(text, ",")
    first = next(rows, None)
    if first is None:
        return
    names = [cell.strip().lower() for cell in first[1]]
    headed = {"question", "answer"} <= set(names)
    places = [names.index(name) if name in names else None for name in COLUMNS]
    for line, cells in rows if headed else [first, *rows]:
        plain = [cell[1:] if _QUOTED.match(cell) else cell for cell in cells]
        yield line, _picked(plain, places) if headed else plain


def _picked(cells: list[str], places: Iterable[int | None]) -> list[str]:
    return [cells[at] if at is not None and at < len(cells) else "" for at in places]


# Anki (https://docs.ankiweb.net/importing/text-files.html): "#key:value" lines first, then
# rows with quotes as in CSV. Every cell is quoted, so none can begin a comment.
def _write_anki(rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    yield "#separator:tab\n#html:false\n#columns:Question\tAnswer\tConcept\n"
    yield from _written(rows, str, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\n")


_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "colon": ":", "space": " "}
_NOT_FIELDS = ("guid", "notetype", "deck", "tags")


def _read_anki(text: str) -> Iterator[Row]:
    heads: dict[str, str] = {}
    line = 0
    while text.startswith("#"):
        head, _, text = text.partition("\n")
        key, _, value = head[1:].rstrip("\r").partition(":")
        heads[key.strip().lower()] = value
        line += 1
    told = heads.get("separator", "tab")
    separator = _SEPARATORS.get(told.strip().lower(), told[:1])
    if not separator or separator in '"\r\n':
        raise csv.Error("no separator")
    apart = {int(n) - 1 for key in _NOT_FIELDS if (n := heads.get(f"{key} column", "")).isdecimal()}
    names = heads.get("columns", "").split(separator) if "columns" in heads else []
    marked = heads.get("html", "").strip().lower() == "true"
    for at, cells in _rows(text, separator):
        fields = [(n, cell) for n, cell in enumerate(cells) if n not in apart]
        kept = [cell for _, cell in fields[:2]]
        # A third field of another's note type is not a concept.
        if len(fields) > 2 and (not names or _name(names, fields[2][0]) == "concept"):
            kept.append(fields[2][1])
        yield line + at, [_plain(cell) for cell in kept] if marked else kept


def _name(names: list[str], at: int) -> str:
    return names[at].strip().lower() if at < len(names) else ""


def _plain(markup: str) -> str:
    """Return the text of a field in HTML."""
    lines = re.sub(r"<(?:br\s*/?|/?(?:div|p|li))>", "\n", markup, flags=re.IGNORECASE)
    return html.unescape(re.sub(r"<[^<>]*>", "", lines)).replace("\xa0", " ").strip()


# Markdown. What is said stands in quotes, line by line; a lone carriage return (which editors
# would turn into something else) is written as HTML writes it.
_MARKS = {"**Q**": 0, "**A**": 1, "**C**": 2}


def _write_markdown(rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    yield "# Cards\n"
    for row in rows:
        for mark, text in zip(_MARKS, row, strict=True):
            if text or mark != "**C**":
                safe = re.sub(r"\r|&(?=#)", lambda m: f"&#{ord(m[0])};", text)
                yield f"\n{mark}\n\n" + "".join(f"> {line}\n" for line in safe.split("\n"))


def _read_markdown(text: str) -> Iterator[Row]:
    begun, at = 0, 0
    cells: list[list[str]] = [[], [], []]
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.rstrip("\r")
        if line.strip() in _MARKS:
            at = _MARKS[line.strip()]
            if at == 0:
                if begun:
                    yield begun, [_back(lines) for lines in cells]
                begun, cells = number, [[], [], []]
        elif line.startswith(">") and begun:
            cells[at].append(line[1:].removeprefix(" "))
    if begun:
        yield begun, [_back(lines) for lines in cells]


def _back(lines: list[str]) -> str:
    return re.sub(r"&#(13|38);", lambda m: chr(int(m[1])), "\n".join(lines))


def _written(
    rows: Iterable[Iterable[str]],
    cell: Callable[[str], str],
    **dialect: Any,
) -> Iterator[str]:
    out = io.StringIO(newline="")
    writer = csv.writer(out, **dialect)
    for row in rows:
        writer.writerow([cell(each) for each in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def _rows(text: str, separator: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    line = 1
    for cells in reader:
        yield line, cells
        line = reader.line_num + 1
