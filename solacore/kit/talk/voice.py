"""An answer on its way from a model to its reader.

In this order: the model's note to the program is kept back, private details are put back in
their places, and words that could harm are stopped before they are shown. What is shown does
not depend on how the model's text was cut.

A note may say that the person is at risk. The model understands what no phrase of ours knows
(``crisis``, which is asked first), so help follows its answer.
"""

import logging
from collections.abc import Mapping
from typing import Any

from solacore.kit import metrics
from solacore.kit.talk import crisis, helplines
from solacore.kit.talk.notes import NoteFilter
from solacore.kit.talk.shield import Restorer

logger = logging.getLogger(__name__)


class Voice:
    """``places`` maps placeholders to what they stand for; ``language`` is the reader's.

    ``help`` is what was shown at the end, if the model heard that they are at risk.
    """

    def __init__(self, places: Mapping[str, str], language: str, country: str | None) -> None:
        self.language, self.country = language, country
        self.help: helplines.Help | None = None
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

        In place of what was stopped stands a sentence of ours; of its note only risk counts.
        """
        rest, note = self._notes.finish()
        rest = self._guard.feed(self._restorer.feed(rest) + self._restorer.finish())
        rest += self._guard.finish()
        at_risk = note is not None and note.get("at_risk") is True
        if self.stopped is not None:
            metrics.ANSWERS_STOPPED.labels(self.stopped).inc()
            logger.warning("An answer was stopped", extra={"fault": self.stopped})
            gap = "\n\n" if self._shown or rest else ""
            rest, note = f"{rest.rstrip()}{gap}{crisis.replacement(self.language)}", None
        if at_risk:
            self.help = helplines.card(language=self.language, country=self.country)
            rest = f"{rest}\n\n{self.help.text}"
        return rest, note

    def _count(self, text: str) -> str:
        self._shown += len(text)
        return text
