"""The answer log: what of an answer can be shown now, to anyone, from any process.

An event's id is the number of characters (Unicode code points) shown so far. So a view can be
taken up anywhere, from memory, from Redis or from the row alone, and a slow reader never makes
a queue: it is simply given more text at a time.

Memory holds the answers this process produces, and mirrors of those it follows for others. A
mirror is fed by one XREAD per process from Redis, if there is one, and by one SQL statement a
second, which alone is enough.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Collection
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from django.conf import settings

from solacore.kit.models import Answer, AnswerState, Frames
from solacore.kit.redis import SoftRedis
from solacore.kit.sse import HEARTBEAT, Event
from solacore.kit.threads import in_thread

if TYPE_CHECKING:
    from redis.asyncio import Redis

logger = logging.getLogger(__name__)

COALESCE = 0.03  # seconds between two frames of one view: halves the cost, nobody sees it
HEARTBEAT_SECONDS = 12.0
POLL_SECONDS = 1.0
XREAD_BLOCK_MS = 200
REDIS_TTL = 3600


class Channel:
    """One answer as this process knows it."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.closing: Frames | None = None
        self.flushed = len(text)  # how much of it Redis has been given
        self._waiting: list[asyncio.Future[None]] = []

    def append(self, piece: str) -> None:
        """Add what the model said."""
        if piece and self.closing is None:
            self.text += piece
            self._wake()

    def extend_to(self, text: str) -> None:
        """Take over a longer text seen elsewhere."""
        if len(text) > len(self.text):
            self.text = text
            self._wake()

    def close(self, closing: Frames) -> None:
        """End the answer; the first way to end it counts."""
        if self.closing is None:
            self.closing = closing
            self._wake()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def changed(self) -> None:
        """Return when there is more."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future

    async def view(self, after: int) -> AsyncGenerator[Event, None]:
        """Yield everything behind character ``after``, as it comes, then how it ended."""
        shown = min(after, len(self.text)) if self.closing is not None else after
        while True:
            closing, text = self.closing, self.text
            if len(text) > shown:
                piece, shown = text[shown:], len(text)
                yield Event("token", {"content": piece}, id=str(shown))
            if closing is not None:
                for name, data in closing:
                    yield Event(name, data, id=str(shown))
                return
            if len(self.text) <= shown and self.closing is None:
                try:
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        await self.changed()
                except TimeoutError:
                    yield HEARTBEAT
                    continue
            if self.closing is None and shown > after:
                await asyncio.sleep(COALESCE)


class AnswerLog:
    """The channels of one process, and their tie to the others."""

    def __init__(self, redis: SoftRedis) -> None:
        self.redis = redis
        # Blocking reads need a patience of their own.
        self.reading = SoftRedis(redis.url, timeout=1.0)
        self.produced: dict[UUID, Channel] = {}
        self.mirrors: dict[UUID, tuple[type[Answer], Channel, list[int]]] = {}
        self._feeder: asyncio.Task[None] | None = None

    def open(self, answer_id: UUID) -> Channel:
        """Return the channel of an answer that this process is going to produce."""
        channel = self.produced[answer_id] = Channel()
        return channel

    async def tail(self, answer: Answer, after: int = 0) -> AsyncGenerator[Event, None]:
        """Yield an answer's events behind character ``after``, wherever it is produced."""
        channel = self.produced.get(answer.pk)
        if channel is not None:
            async for event in channel.view(after):
                yield event
            return
        if answer.state != AnswerState.STREAMING:
            ended = Channel(answer.content)
            ended.close(answer.closing)
            async for event in ended.view(after):
                yield event
            return
        channel = self._follow(answer)
        try:
            async for event in channel.view(after):
                yield event
        finally:
            self._unfollow(answer.pk)

    def _follow(self, answer: Answer) -> Channel:
        _, channel, readers = self.mirrors.setdefault(
            answer.pk, (type(answer), Channel(answer.content), [])
        )
        readers.append(1)
        if self._feeder is None or self._feeder.done():
            self._feeder = asyncio.create_task(self._feed())
        return channel

    def _unfollow(self, answer_id: UUID) -> None:
        _, _, readers = self.mirrors[answer_id]
        readers.pop()
        if not readers:
            del self.mirrors[answer_id]

    async def _feed(self) -> None:
        """Feed every mirror: Redis for speed, SQL for truth."""
        seen: dict[str, str] = {}
        polled = 0.0
        while self.mirrors:
            entries = await self.reading.attempt("xread", lambda client: self._read(client, seen))
            if entries is None:
                await asyncio.sleep(POLL_SECONDS / 2)
            for key, items in entries or []:
                for entry_id, fields in items:
                    seen[key] = entry_id
                    self._apply(UUID(key.removeprefix("answer:")), fields)
            if time.monotonic() - polled >= POLL_SECONDS:
                polled = time.monotonic()
                await self._poll()

    async def _read(self, client: Redis, seen: dict[str, str]) -> Any:
        streams = {f"answer:{pk}": seen.get(f"answer:{pk}", "0") for pk in self.mirrors}
        return await client.xread(streams, block=XREAD_BLOCK_MS, count=500)  # type: ignore[arg-type]

    def _apply(self, answer_id: UUID, fields: dict[str, str]) -> None:
        if answer_id not in self.mirrors:
            return
        channel = self.mirrors[answer_id][1]
        start = int(fields["start"])
        if start <= len(channel.text):  # a gap is left to SQL
            channel.extend_to(channel.text[:start] + fields["text"])
            if "closing" in fields:
                channel.close(orjson.loads(fields["closing"]))

    async def _poll(self) -> None:
        kinds: dict[type[Answer], list[UUID]] = {}
        for pk, (kind, _, _) in self.mirrors.items():
            kinds.setdefault(kind, []).append(pk)
        for kind, ids in kinds.items():
            try:
                await in_thread(kind.sweep)()  # an answer we watch may have lost its producer
                rows = await in_thread(kind.snapshot)(ids)
            except Exception:
                logger.exception("The answers followed here could not be read")
                continue
            for pk in ids:
                if pk not in self.mirrors:
                    continue
                channel = self.mirrors[pk][1]
                if pk not in rows:
                    channel.close([["error", {"error": "STREAM_ERROR", "code": "ANSWER_DELETED"}]])
                    continue
                text, state, closing = rows[pk]
                channel.extend_to(text)
                if state != AnswerState.STREAMING:
                    channel.close(closing)

    async def publish(self, channels: dict[UUID, Channel]) -> None:
        """Give Redis what is new in ``channels``, in one pipeline (batched by the producer)."""
        news = {}
        for pk, channel in channels.items():
            if len(channel.text) > channel.flushed or channel.closing is not None:
                fields = {"start": channel.flushed, "text": channel.text[channel.flushed :]}
                if channel.closing is not None:
                    fields["closing"] = orjson.dumps(channel.closing).decode()
                news[pk] = (fields, len(channel.text))
        if not news:
            return

        async def add(client: Redis) -> bool:
            pipe = client.pipeline(transaction=False)
            for pk, (fields, _) in news.items():
                pipe.xadd(f"answer:{pk}", fields)  # type: ignore[arg-type]
                if "closing" in fields or not fields["start"]:
                    pipe.expire(f"answer:{pk}", REDIS_TTL)
            await pipe.execute()
            return True

        if await self.redis.attempt("xadd", add):
            for pk, (_, length) in news.items():
                channels[pk].flushed = length

    async def forget(self, ids: Collection[UUID]) -> None:
        """Drop the text of answers from Redis, before it would run out there."""

        async def drop(client: Redis) -> bool:
            await client.delete(*[f"answer:{pk}" for pk in ids])
            return True

        if ids:
            await self.redis.attempt("del", drop)

    async def close(self) -> None:
        """Stop following and let go of Redis."""
        if self._feeder is not None:
            self._feeder.cancel()
        await self.redis.close()
        await self.reading.close()


@cache
def shared() -> AnswerLog:
    """Return this process's log."""
    return AnswerLog(SoftRedis(settings.REDIS_URL))
