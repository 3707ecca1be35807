"""A model's note to the program: the last line of its answer, which nobody is shown.

``[[coach {"done": true, …}]]``. What stands in it is for the app to judge; a note that cannot
be read is none.
"""

import json
import re
from typing import Any

MARKER = "[[coach"
MAX_NOTE = 4_000
_NOTE = re.compile(r"\s*\[\[coach\s*(\{.*?\})\s*\]\]\s*$", re.DOTALL)


class NoteFilter:
    """Lets an answer through piece by piece and keeps its note back.

    What is shown is the same however the text was cut: a suffix that could be the start of
    the note, or white space before it, waits for what follows.
    """

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """Return what may be shown now."""
        text = self._held + piece
        start = _note_start(text)
        if len(text) - start > MAX_NOTE:  # so long a note is none
            start = len(text)
        self._held = text[start:]
        return text[:start]

    def finish(self) -> tuple[str, dict[str, Any] | None]:
        """Return the rest to show, and the note if there was one that can be read."""
        held, self._held = self._held, ""
        found = _NOTE.fullmatch(held)
        if not found:
            return held.rstrip(), None
        try:
            note = json.loads(found[1])
        except (ValueError, RecursionError):
            return "", None
        return "", note if isinstance(note, dict) else None


def _note_start(text: str) -> int:
    """Return where the note (or what may become one) begins, white space included."""
    start = text.find(MARKER)
    if start == -1:
        start = len(text)
        for length in range(min(len(MARKER) - 1, len(text)), 0, -1):
            if MARKER.startswith(text[-length:]):
                start = len(text) - length
                break
    return len(text[:start].rstrip())
