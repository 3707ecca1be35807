"""PostgreSQL's NOTIFY, heard: news for every process in the moment it is committed.

Whoever keeps something in memory may believe it only while ``listening``: when the line is
down there is no news, so everything is asked of the database again.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import connection

logger = logging.getLogger(__name__)
RECONNECT_SECONDS = 1.0


class Listener:
    """Calls ``heard(payload)`` for each NOTIFY on ``channel``, ``deaf()`` when the line breaks."""

    def __init__(
        self, channel: str, *, heard: Callable[[str], None], deaf: Callable[[], None]
    ) -> None:
        self.channel, self.heard, self.deaf = channel, heard, deaf
        self.listening = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen, in the running event loop."""
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Hang up."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (psycopg.Error, OSError) as error:
                logger.warning("Not hearing the database", extra={"fault": type(error).__name__})
            finally:
                self.listening = False
                self.deaf()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _hear(self) -> None:
        line = await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True)
        async with line:
            await line.execute(f'LISTEN "{self.channel}"')
            self.deaf()  # what was kept while nobody listened may be old
            self.listening = True
            async for notify in line.notifies():
                self.heard(notify.payload)


def _parameters() -> dict[str, Any]:
    found = dict(connection.get_connection_params())
    for ours in ("cursor_factory", "context", "prepare_threshold", "pool"):
        found.pop(ours, None)
    return {**found, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2}
