"""What was hidden in a text, and the text without it."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple


class Span(NamedTuple):
    """text[start:end], in code points of the original, is hidden as ``[name]`` ("EMAIL_1")."""

    start: int
    end: int
    name: str


def masked(text: str, spans: Iterable[Span]) -> str:
    """Return ``text`` with a placeholder in the place of every span (in order, apart)."""
    parts: list[str] = []
    done = 0
    for start, end, name in spans:
        parts += [text[done:start], f"[{name}]"]
        done = end
    return "".join([*parts, text[done:]])


def to_json(spans: Iterable[Span]) -> list[list[int | str]]:
    """Return what a JSON column keeps: lists of start, end and name."""
    return [[span.start, span.end, span.name] for span in spans]


def from_json(kept: Sequence[Any]) -> list[Span]:
    """Return the spans ``to_json`` wrote. Raise ValueError for anything else."""
    spans: list[Span] = []
    done = 0
    for item in kept:
        match item:
            case [int(start), int(end), str(name)] if done <= start < end and name:
                spans.append(Span(start, end, name))
                done = end
            case _:
                raise ValueError("not a list of spans")
    return spans
