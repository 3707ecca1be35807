"""What a model wrote, with the originals back in the places of their placeholders."""

import re
from collections.abc import Mapping

# Models change case, put spaces and escape Markdown: "[email_1]", "[EMAIL 1]", "\\[EMAIL\\_1\\]".
_MARK = re.compile(
    r"\\?[\[［【][ \\]{0,2}(?P<kind>[A-Za-z]{1,8})[ _\-\\]{0,3}(?P<number>\d{1,5})[ \\]{0,2}[\]］】]"
)
_BEGUN = re.compile(
    r"\\?(?:[\[［【][ \\]{0,2}(?P<kind>[A-Za-z]{0,8})(?P<gap>[ _\-\\]{0,3})(?P<number>\d{0,5})[ \\]{0,2})?"
)
_MAX_HELD = 24  # the longest text that _BEGUN can match


class Restorer:
    """Puts originals back into a streamed answer; what is shown does not depend on the cuts."""

    def __init__(self, places: Mapping[str, str]) -> None:
        """``places`` is what ``Shield.places`` holds: "[EMAIL_1]" -> what was written."""
        self._places = dict(places)
        self._names = [name.strip("[]").split("_") for name in places]
        self._held = ""

    def feed(self, piece: str) -> str:
        """Return what may be shown now."""
        text = self._held + piece
        start = self._begun(text)
        self._held = text[start:]
        return _MARK.sub(self._original, text[:start])

    def finish(self) -> str:
        """Return the rest to show."""
        held, self._held = self._held, ""
        return held

    def _original(self, mark: re.Match[str]) -> str:
        return self._places.get(f"[{mark['kind'].upper()}_{mark['number']}]", mark[0])

    def _begun(self, text: str) -> int:
        """Return where a suffix starts that may become a known placeholder."""
        for start in range(max(0, len(text) - _MAX_HELD), len(text)):
            if text[start] in "\\[［【":
                begun = _BEGUN.fullmatch(text, start)
                if begun and self._may_become(begun):
                    return start
        return len(text)

    def _may_become(self, begun: re.Match[str]) -> bool:
        kind, number = (begun["kind"] or "").upper(), begun["number"] or ""
        if not (begun["gap"] or number):
            return any(known.startswith(kind) for known, _number in self._names)
        return any(known == kind and of.startswith(number) for known, of in self._names)
