"""Ask again, ask another, ask the offline coach: before the first piece, never after."""

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from solacore.kit import metrics
from solacore.kit.llm.base import Ask, Provider, ProviderUnavailable, Spent
from solacore.kit.llm.offline import OfflineCoach
from solacore.kit.llm.wire import Rejected

logger = logging.getLogger(__name__)
TRIES = 2
MAX_WAIT = 3.0


class Patient:
    """Providers in order of preference, with the offline coach as the last resort.

    ``first_piece`` and ``total`` are deadlines in seconds, for one provider's first piece and
    for everything. Once a piece was shown nobody is asked again: the text would double.
    """

    name = "patient"

    def __init__(
        self,
        providers: Sequence[Provider],
        last_resort: OfflineCoach,
        *,
        first_piece: float,
        total: float,
    ) -> None:
        self.providers = providers
        self.last_resort = last_resort
        self.first_piece, self.total = first_piece, total

    async def stream(self, ask: Ask) -> AsyncGenerator[str | Spent, None]:
        """Yield one provider's answer. Raises ProviderUnavailable only after a first piece."""
        deadline = asyncio.get_running_loop().time() + self.total
        for provider in self.providers:
            shown = False
            for attempt in range(TRIES):
                try:
                    async with aclosing(self._attempt(provider, ask, deadline)) as pieces:
                        async for piece in pieces:
                            shown = shown or isinstance(piece, str)
                            yield piece
                    metrics.LLM_REQUESTS.labels(provider.name, "answered").inc()
                    return
                except ProviderUnavailable as fault:
                    metrics.LLM_REQUESTS.labels(provider.name, "failed").inc()
                    logger.warning(
                        "A model failed", extra={"provider": provider.name, "fault": str(fault)}
                    )
                    if shown:
                        raise
                    wait = self._wait(fault, attempt, deadline)
                    if wait is None:
                        break
                    await asyncio.sleep(wait)
        metrics.LLM_REQUESTS.labels("offline", "last_resort").inc()
        yield self.last_resort.notice(ask.language)
        async with aclosing(self.last_resort.stream(ask)) as pieces:
            async for piece in pieces:
                yield piece

    async def _attempt(
        self, provider: Provider, ask: Ask, deadline: float
    ) -> AsyncGenerator[str | Spent, None]:
        """Yield one try's pieces; silence before the first and overlong answers are faults."""
        loop = asyncio.get_running_loop()
        anything = False
        async with aclosing(provider.stream(ask)) as pieces:
            while True:
                until = deadline if anything else min(deadline, loop.time() + self.first_piece)
                try:
                    async with asyncio.timeout_at(until):
                        piece = await anext(pieces, None)
                except TimeoutError as error:
                    raise ProviderUnavailable(f"{provider.name} took too long") from error
                if piece is None:
                    break
                # White space alone is no answer: hold the first piece back until there is one.
                if isinstance(piece, str):
                    if not anything and not piece.strip():
                        continue
                    anything = True
                yield piece
        if not anything:
            raise ProviderUnavailable(f"{provider.name} answered nothing")

    @staticmethod
    def _wait(fault: ProviderUnavailable, attempt: int, deadline: float) -> float | None:
        """Return how long to wait before asking the same provider again, None for: do not."""
        if attempt + 1 >= TRIES or (isinstance(fault, Rejected) and not fault.retryable):
            return None
        asked = fault.retry_after if isinstance(fault, Rejected) else None
        wait = 0.3 + random.random() * 0.4 if asked is None else asked  # noqa: S311 (jitter)
        left = deadline - asyncio.get_running_loop().time()
        return wait if wait <= min(MAX_WAIT, left) else None
