"""The labelled set: what of which sentence must be hidden, and what must not.

Written without sight of the detectors. A third, chosen by a hash of the sentence, is `unseen`:
no rule was fitted to it, its figures are reported apart (``bench/shield.py``).
"""

import base64
import codecs
import tomllib
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle
from pathlib import Path
from random import Random
from typing import NamedTuple

from solacore.kit.talk.shield import Shield
from solacore.tests.shield.values import MAKERS

DATA = Path(__file__).parent / "data"


class Case(NamedTuple):
    """text[start:end] is of ``kind`` ("PHONE"); ``group`` says which ("GB")."""

    kind: str
    group: str
    text: str
    start: int
    end: int

    @property
    def unseen(self) -> bool:
        return is_unseen(self.text)


class Score(NamedTuple):
    """What was found exactly, how many were to be found, and what was hidden besides."""

    right: int
    total: int
    wrong: int
    notes: list[str]

    @property
    def recall(self) -> float:
        return self.right / self.total if self.total else 1.0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0


def is_unseen(text: str) -> bool:
    return zlib.crc32(text.encode()) % 3 == 0


def load(name: str) -> dict:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def lines(block: str) -> list[str]:
    return block.strip("\n").split("\n")


def cases() -> list[Case]:
    """Return every sentence with something to hide, in a fixed order."""
    return [*_written(), *_generated()]


def _written() -> Iterator[Case]:
    for name, kind in (
        ("phones", "PHONE"),
        ("mails", "EMAIL"),
        ("network", "IP"),
        ("handles", "HANDLE"),
        ("addresses", "ADDRESS"),
    ):
        for group, block in load(f"{name}.toml").items():
            for line in lines(block):
                start, end = line.index("«"), line.index("»") - 1
                yield Case(kind, group, line.replace("«", "").replace("»", ""), start, end)


def _generated() -> Iterator[Case]:
    for kind, groups in load("papers.toml").items():
        for group, block in groups.items():
            for make_at, make in enumerate(MAKERS[group]):
                dice = Random(f"{group} {make_at}")
                for line in lines(block) * (1 if group == "any" else 2):
                    start, value = line.index("{}"), make(dice)
                    text = line.replace("{}", value)
                    yield Case(kind, group, text, start, start + len(value))


def negatives() -> list[str]:
    """Return the lines nothing of which may be hidden."""
    return [line for block in load("negatives.toml").values() for line in lines(block)]


def pairs() -> list[tuple[str, str]]:
    """Return what was said and what may leave."""
    return [(pair["said"], pair.get("sent", pair["said"])) for pair in load("pairs.toml")["pair"]]


def score(kind: str, every: Iterable[Case], nothing: Iterable[str]) -> Score:
    """Return how ``kind`` fares: exact spans only; its spans elsewhere count against it."""
    right = total = wrong = 0
    notes = []
    for case in every:
        spans = Shield().hide(case.text)
        hits = [
            s
            for s in spans
            if s.name.startswith(kind) and (s.start, s.end) == (case.start, case.end)
        ]
        others = sum(s.name.startswith(kind) for s in spans)
        if case.kind == kind:
            total += 1
            right += bool(hits)
            others -= bool(hits)
            if not hits:
                notes.append(f"{case.group} missed: {case.text} {spans}")
        if others:
            wrong += others
            notes.append(f"{case.group} wrong: {case.text} {spans}")
    for text in nothing:
        spans = [s for s in Shield().hide(text) if s.name.startswith(kind)]
        wrong += len(spans)
        notes += [f"hidden: {text} {spans}"] if spans else []
    return Score(right, total, wrong, notes)


def orders() -> list[str]:
    """Return messages that must be flagged, the encoded ones encoded."""
    found = load("orders.toml")
    plain = [line for block in found["plain"].values() for line in lines(block)]
    hidden = [
        f"{frame} {_ENCODERS[how](line)}"
        for how, block in found["encoded"].items()
        for line, frame in zip(lines(block), cycle(["read this:", "mira", "请看"]), strict=False)
    ]
    return [*plain, *hidden]


def lookalikes() -> list[str]:
    """Return messages that must not be flagged."""
    return [line for block in load("lookalikes.toml").values() for line in lines(block)]


_ENCODERS: dict[str, Callable[[str], str]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "reversed": lambda text: text[::-1],
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "escapes": lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    "html": lambda text: "".join(f"&#{ord(char)};" for char in text),
}
