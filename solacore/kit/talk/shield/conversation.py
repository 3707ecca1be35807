"""One conversation's placeholders: the same value has the same name from its first message on."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator

from solacore.kit.talk.shield import (
    documents,
    handles,
    mail,
    money,
    network,
    phones,
    streets,
)
from solacore.kit.talk.shield.reading import WORD, read
from solacore.kit.talk.shield.spans import Span

# In the order of how sure they are: what one has found, the next does not look at.
_FINDERS: tuple[tuple[str, Callable[[str], Iterator[tuple[int, int]]]], ...] = (
    ("EMAIL", mail.addresses),
    ("IBAN", money.accounts),
    ("ID", documents.papers),
    ("CARD", money.cards),
    ("IP", network.hosts),
    ("PHONE", phones.telephones),
    ("HANDLE", handles.handles),
    ("ADDRESS", streets.streets),
)
KINDS = tuple(kind for kind, _find in _FINDERS)
_TOKEN = re.compile(rf"{WORD}+")


class Shield:
    """Hides what identifies people in the messages of one conversation."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}
        """What "[EMAIL_1]" and its like stand for, as it was written first."""
        self._names: dict[tuple[str, str], str] = {}
        self._counts = dict.fromkeys(KINDS, 0)
        # First word of a known value -> (its place in the value, the value, kind), to meet it again.
        self._known: dict[str, list[tuple[int, str, str]]] = {}

    def hide(self, text: str) -> list[Span]:
        """Return what of ``text`` no model may see, numbered by first appearance."""
        reading = read(text)
        taken = bytearray(len(reading.text))
        found: list[tuple[int, int, str]] = []
        spans: list[Span] = []
        for kind, find in _FINDERS:
            for start, end in find(reading.text):
                if taken.find(1, start, end) == -1:
                    taken[start:end] = b"\1" * (end - start)
                    found.append((start, end, kind))
        for start, end, kind in sorted(found):
            first, after = reading.original(start, end)
            spans.append(Span(first, after, self._name(kind, text[first:after])))
        for start, end, kind in self._met_again(reading.text):
            if taken.find(1, start, end) == -1:
                taken[start:end] = b"\1" * (end - start)
                first, after = reading.original(start, end)
                spans.append(Span(first, after, self._name(kind, text[first:after])))
        return sorted(spans)

    def remember(self, text: str, spans: Iterable[Span]) -> None:
        """Take over what an earlier message's ``hide`` returned."""
        for start, end, name in spans:
            kind, _, number = name.rpartition("_")
            original = text[start:end]
            if kind in self._counts and number.isdecimal() and original:
                self._counts[kind] = max(self._counts[kind], int(number))
                self._keep(kind, name, original)

    def _name(self, kind: str, original: str) -> str:
        known = self._names.get((kind, canonical(kind, original)))
        if known:
            return known
        self._counts[kind] += 1
        name = f"{kind}_{self._counts[kind]}"
        self._keep(kind, name, original)
        return name

    def _keep(self, kind: str, name: str, original: str) -> None:
        self.places.setdefault(f"[{name}]", original)
        self._names.setdefault((kind, canonical(kind, original)), name)
        value = read(original).text.lower()
        first = _TOKEN.search(value)
        # A name that is a word ("@someone") is hidden only where it is marked as a name.
        if first and (kind != "HANDLE" or re.search(r"[\d_]", value)):
            entry = (first.start(), value, kind)
            entries = self._known.setdefault(first[0], [])
            if entry not in entries:
                entries.append(entry)

    def _met_again(self, folded: str) -> Iterator[tuple[int, int, str]]:
        """Yield the places of values that this conversation has hidden before."""
        lowered = folded.lower()
        if not self._known or len(lowered) != len(folded):
            return
        for token in _TOKEN.finditer(lowered):
            for offset, value, kind in self._known.get(token[0], ()):
                start = token.start() - offset
                if start >= 0 and lowered.startswith(value, start):
                    end = start + len(value)
                    if not (_TOKEN.match(lowered, end) and _TOKEN.match(value[-1])):
                        yield start, end, kind


def canonical(kind: str, original: str) -> str:
    """Return one form for all the ways to write the same value."""
    folded = read(original).text
    if kind == "EMAIL":
        return mail.canonical(folded)
    if kind == "PHONE":
        digits = re.sub(r"\D", "", folded.replace("(0)", ""))
        abroad = folded.lstrip("(").startswith("+") or digits.startswith("00")
        return f"+{digits.removeprefix('00')}" if abroad else digits
    if kind == "IP":
        try:
            return str(ipaddress.ip_address(folded))
        except ValueError:  # kept spans of a text that has been changed since
            return folded
    if kind == "HANDLE":
        return folded.removeprefix("@").casefold()
    return re.sub(r"[\W_]", "", folded).casefold()
