"""A circuit breaker: who has failed again and again is left alone for a while.

Closed, everybody is let in. FAILURES within WINDOW seconds, being at least half of all that
was tried, open it (half: one bad answer in a hundred of a busy hour shuts nobody out). After
PAUSE seconds one try is let in to see: its first word closes the circuit, its failure opens it
anew. State is each process's own.
"""

from collections import deque
from time import monotonic

from solacore.kit import metrics

FAILURES = 5
WINDOW = 30.0
PAUSE = 30.0


class Breaker:
    """One provider's circuit. Times are the monotonic clock's seconds."""

    def __init__(self, name: str, *, pause: float = PAUSE) -> None:
        self.name, self.pause = name, pause
        self._outcomes: deque[tuple[float, bool]] = deque()
        self._opened: float | None = None
        self._probe: Passage | None = None

    def enter(self) -> "Passage | None":
        """Let one try in, or None: not now. Whoever got in must say how it ended."""
        passage = Passage(self)
        if self._opened is None:
            return passage
        if self._probe is not None or monotonic() < self._opened + self.pause:
            return None
        self._probe = passage
        return passage

    def close(self) -> None:
        """Let everybody in again."""
        self._opened = self._probe = None
        self._outcomes.clear()
        metrics.LLM_CIRCUIT_OPEN.labels(self.name).set(0)

    def open(self) -> None:
        """Let nobody in for a while."""
        self._opened, self._probe = monotonic(), None
        metrics.LLM_CIRCUIT_OPEN.labels(self.name).set(1)

    def note(self, passage: "Passage", good: bool | None) -> None:
        """Take down how a try ended; None is neither well nor badly."""
        if self._probe is passage:
            self._probe = None
            if good is False:
                self.open()
            elif good:
                self.close()
        elif self._opened is None and good is not None:
            self._count(good)

    def heard(self, passage: "Passage") -> None:
        """Take down a try's first word."""
        if self._probe is passage:
            self.close()

    def _count(self, good: bool) -> None:
        now = monotonic()
        self._outcomes.append((now, good))
        while self._outcomes[0][0] < now - WINDOW:
            self._outcomes.popleft()
        failures = sum(not good for _, good in self._outcomes)
        if failures >= FAILURES and 2 * failures >= len(self._outcomes):
            self.open()


class Passage:
    """One try that was let in."""

    def __init__(self, breaker: Breaker) -> None:
        self._breaker, self._ended = breaker, False

    def heard(self) -> None:
        """Say that the provider answers."""
        self._breaker.heard(self)

    def ended(self, good: bool | None) -> None:
        """Say how it ended, once; None when it was left or says nothing of the provider."""
        if not self._ended:
            self._ended = True
            self._breaker.note(self, good)
