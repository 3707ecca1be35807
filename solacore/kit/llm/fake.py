"""A scripted provider, for tests."""

import asyncio
from collections.abc import AsyncGenerator

from solacore.kit.llm.base import Ask, ProviderUnavailable


class FakeProvider:
    """Says ``pieces``, ``pause`` seconds apart; breaks off after ``fail_after`` of them."""

    name = "fake"

    def __init__(self, *pieces: str, pause: float = 0, fail_after: int | None = None) -> None:
        self.pieces, self.pause, self.fail_after = pieces, pause, fail_after
        self.asked: list[Ask] = []

    async def stream(self, ask: Ask) -> AsyncGenerator[str, None]:
        """Yield the pieces. Raises ProviderUnavailable as told."""
        self.asked.append(ask)
        for number, piece in enumerate(self.pieces):
            if number == self.fail_after:
                raise ProviderUnavailable("fake broke off")
            await asyncio.sleep(self.pause)
            yield piece
        if self.fail_after == len(self.pieces):
            raise ProviderUnavailable("fake broke off")
