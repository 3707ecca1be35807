"""An answer on its way from a model to its reader.

In this order: the model's note to the program is kept back, private details are put back in
their places, and words that could harm are stopped before they are shown. What is shown does
not depend on how the model's text was cut.
"""

import logging
from collections.abc import Mapping
from typing import Any

from solacore.kit import metrics
from solacore.kit.talk import crisis
from solacore.kit.talk.notes import NoteFilter
from solacore.kit.talk.shield import Restorer

logger = logging.getLogger(__name__)


class Voice:
    """``places`` maps placeholders to what they stand for; ``language`` is the reader's."""

    def __init__(self, places: Mapping[str, str], language: str) -> None:
        self.language = language
        self._notes = NoteFilter()
        self._restorer = Restorer(places)
        self._guard = crisis.Guard()
        self._shown = 0

    @property
    def stopped(self) -> str | None:
        """What was wrong with the answer, None if nothing was."""
        return self._guard.tripped

    def feed(self, piece: str) -> str:
        """Return what may be shown now."""
        return self._count(self._guard.feed(self._restorer.feed(self._notes.feed(piece))))

    def finish(self) -> tuple[str, dict[str, Any] | None]:
        """Return the rest to show and the model's note, if there was one.

        In place of what was stopped stands a sentence of ours; its note does not count.
        """
        rest, note = self._notes.finish()
        rest = self._guard.feed(self._restorer.feed(rest) + self._restorer.finish())
        rest += self._guard.finish()
        if self.stopped is None:
            return rest, note
        metrics.ANSWERS_STOPPED.labels(self.stopped).inc()
        logger.warning("An answer was stopped", extra={"fault": self.stopped})
        gap = "\n\n" if self._shown or rest else ""
        return f"{rest.rstrip()}{gap}{crisis.replacement(self.language)}", None

    def _count(self, text: str) -> str:
        self._shown += len(text)
        return text
