"""Ask again, ask another, ask the offline coach: before the first piece, never after."""

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

from solacore.kit import metrics
from solacore.kit.llm.base import Ask, Fault, Provider, ProviderUnavailable, Spent
from solacore.kit.llm.breaker import Breaker
from solacore.kit.llm.guard import Guard
from solacore.kit.llm.offline import OfflineCoach
from solacore.kit.llm.tokens import estimate

logger = logging.getLogger(__name__)
RETRIES = 2  # for one answer, over all providers
PATIENCE = 2.0  # seconds of waiting between tries, for one answer: help must not be late
BACKOFF = 0.2


class Patient:
    """Providers in order of preference, with the offline coach as the last resort.

    ``first_piece`` and ``total`` are deadlines in seconds, for one provider's first piece and
    for everything; ``max_characters`` is where an endless answer is cut. Once a piece was
    shown nobody is asked again: the text would double.
    """

    name = "patient"

    def __init__(
        self,
        providers: Sequence[Provider],
        last_resort: OfflineCoach,
        *,
        first_piece: float,
        total: float,
        max_characters: int,
    ) -> None:
        self.circuits = [(provider, Breaker(provider.name)) for provider in providers]
        self.last_resort = last_resort
        self.first_piece, self.total = first_piece, total
        self.max_characters = max_characters

    async def stream(self, ask: Ask) -> AsyncGenerator[str | Spent, None]:
        """Yield one provider's answer and what all that were asked took.

        Raises ProviderUnavailable only after a first piece.
        """
        rest = _Rest(asyncio.get_running_loop().time() + self.total)
        for provider, breaker in self.circuits:
            asking = True
            while asking:
                passage = breaker.enter()
                if passage is None:
                    metrics.LLM_REQUESTS.labels(provider.name, "skipped").inc()
                    break
                shown = False
                try:
                    async with aclosing(self._attempt(provider, ask, rest.deadline)) as pieces:
                        async for piece in pieces:
                            if isinstance(piece, str) and not shown:
                                shown = True
                                passage.heard()
                            yield piece
                    passage.ended(good=True)
                    metrics.LLM_REQUESTS.labels(provider.name, "answered").inc()
                    return
                except ProviderUnavailable as error:
                    passage.ended(good=False if error.fault.blames else None)
                    _note(provider, error)
                    if shown:
                        raise
                    asking = await rest.before_again(error)
                finally:
                    passage.ended(good=None)
        metrics.LLM_REQUESTS.labels("offline", "last_resort").inc()
        yield self.last_resort.notice(ask.language)
        async with aclosing(self.last_resort.stream(ask)) as pieces:
            async for piece in pieces:
                yield piece

    async def _attempt(
        self, provider: Provider, ask: Ask, deadline: float
    ) -> AsyncGenerator[str | Spent, None]:
        """Yield one try's pieces, then what it took.

        Silence before the first piece, answers that are empty, endless in time or go round in
        circles are faults; one that is only too long is cut.
        """
        loop = asyncio.get_running_loop()
        guard, said = Guard(self.max_characters), ""
        spent: Spent | None = None
        fault: ProviderUnavailable | None = None
        first = min(deadline, loop.time() + self.first_piece)
        try:
            async with aclosing(provider.stream(ask)) as pieces:
                while not guard.full:
                    async with asyncio.timeout_at(deadline if said else first):
                        piece = await anext(pieces, None)
                    if isinstance(piece, Spent):
                        spent = piece
                        continue
                    if piece is None:
                        break
                    piece = guard.admit(piece)
                    if guard.looping:
                        raise ProviderUnavailable(
                            f"{provider.name} repeats itself", fault=Fault.LOOP, retryable=False
                        )
                    # White space alone is no answer: held back until there is one.
                    if said or piece.strip():
                        said += piece
                        yield piece
            if not said:
                raise ProviderUnavailable(f"{provider.name} answered nothing", fault=Fault.EMPTY)
        except TimeoutError:
            fault = ProviderUnavailable(
                f"{provider.name} took too long", fault=Fault.TIMEOUT, retryable=False
            )
        except ProviderUnavailable as error:
            fault = error
        bill = _settled(spent, ask, said, provider)
        if bill is not None:
            yield bill
        if fault is not None:
            raise fault


class _Rest:
    """What is left of an answer's time, tries and patience."""

    def __init__(self, deadline: float) -> None:
        self.deadline, self._retries, self._patience = deadline, RETRIES, PATIENCE
        self._pause = BACKOFF

    async def before_again(self, error: ProviderUnavailable) -> bool:
        """Wait as long as is due before asking the same provider again; False is: do not."""
        wait = error.retry_after
        if wait is None:
            wait = self._pause * (1 + random.random())  # noqa: S311 (jitter)
        left = self.deadline - asyncio.get_running_loop().time()
        if not error.retryable or not self._retries or wait > min(self._patience, left):
            return False
        self._retries -= 1
        self._patience -= wait
        self._pause *= 2
        await asyncio.sleep(wait)
        return True


def _settled(spent: Spent | None, ask: Ask, said: str, provider: Provider) -> Spent | None:
    """Return what a try took: as told, else estimated. Nothing said and nothing told is None."""
    if spent is not None and spent.exact:
        return spent
    model = spent.model if spent else str(getattr(provider, "model", provider.name))
    guess = estimate(ask, said, provider=provider.name, model=model)
    if spent is not None:
        return replace(spent, tokens_out=max(spent.tokens_out, guess.tokens_out))
    return guess if said else None


def _note(provider: Provider, error: ProviderUnavailable) -> None:
    metrics.LLM_REQUESTS.labels(provider.name, "failed").inc()
    metrics.LLM_FAULTS.labels(provider.name, error.fault.value).inc()
    logger.warning("A model failed", extra={"provider": provider.name, "fault": str(error)})
