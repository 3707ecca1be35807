"""The producer: takes a provider's pieces to the answer log and to the answer's row.

It is a task of the process, not of the request: a client that hangs up changes nothing. All
running answers of a process share one beat: every 50 ms one pipeline to Redis, every second
one statement that keeps their text and renews their leases. No connection is held between.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol
from uuid import UUID

from django.db import InterfaceError, OperationalError

from solacore.kit import answerlog, llm, metrics
from solacore.kit.answerlog import Channel
from solacore.kit.llm.base import Ask, ProviderUnavailable, Spent
from solacore.kit.models import Answer, Frames
from solacore.kit.threads import in_thread

logger = logging.getLogger(__name__)

PUBLISH_SECONDS = 0.05
CHECKPOINT_SECONDS = 1.0
RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0)


class Script(Protocol):
    """What an app makes of a provider's answer. ``finish`` and ``interrupt`` may block."""

    @property
    def kind(self) -> type[Answer]:
        """The table its answer is kept in."""
        ...

    @property
    def answer_id(self) -> UUID: ...

    @property
    def ask(self) -> Ask: ...

    @property
    def spent(self) -> list[Spent]:
        """What providers took for it, also those that failed."""
        ...

    @property
    def broken(self) -> Frames:
        """How its stream ends when nothing could be kept any more."""
        ...

    def feed(self, piece: str) -> str:
        """Return what of ``piece`` may be shown."""
        ...

    def end(self) -> str:
        """Return what is left to show when the provider is done."""
        ...

    def rest(self) -> str:
        """Return what was held back of an answer that broke off, if it may be shown."""
        ...

    def finish(self, text: str) -> Frames:
        """Keep the whole answer and what follows from it; return how its stream ends."""
        ...

    def interrupt(self, text: str, code: str) -> Frames:
        """Keep a broken answer; return how its stream ends."""
        ...

    def halted(self, text: str) -> None:
        """Take note that it was ended early, by its reader or a newer message. It may block."""
        ...


@dataclass(frozen=True, slots=True)
class Begun:
    """A message kept and its answer opened. ``script`` is None when nothing is to be produced."""

    answer: Answer
    script: Script | None = None
    superseded: dict[UUID, Frames] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Superseded:
    """Keeps the last words of an answer that a newer message has ended already."""

    kind: type[Answer]
    answer_id: UUID
    closing: Frames

    def __call__(self, text: str) -> Frames:
        """Keep ``text`` if it is longer than what was checkpointed."""
        self.kind.checkpoint({self.answer_id: text})
        return self.closing


class Producer:
    """The answers being produced by this process."""

    def __init__(self) -> None:
        self.running: dict[UUID, tuple[Script, Channel, asyncio.Task[None]]] = {}
        self._beat: asyncio.Task[None] | None = None

    def start(self, script: Script) -> None:
        """Begin to produce an answer, unless it is being produced already."""
        if script.answer_id in self.running:
            return
        channel = answerlog.shared().open(script.answer_id)
        task = asyncio.create_task(self._produce(script, channel))
        self.running[script.answer_id] = script, channel, task
        metrics.ANSWERS_RUNNING.inc()
        if self._beat is None or self._beat.done():
            self._beat = asyncio.create_task(self._keep_beat())

    async def end(self, answer_id: UUID, keep: Callable[[str], Frames]) -> None:
        """End an answer early, wherever it is produced.

        ``keep`` stores the text this process has of it ("" if none) and returns how its
        stream ends. It may block.
        """
        held = self.running.get(answer_id)
        channel = await self._halt(answer_id)
        closing = await in_thread(keep)(channel.text if channel else "")
        if held is None or channel is None:
            return
        channel.close(closing)
        await answerlog.shared().publish({answer_id: channel})
        try:
            await in_thread(held[0].halted)(channel.text)
        except Exception:  # the answer is kept; only what it took is not known
            logger.exception("What a halted answer took could not be kept")

    async def _halt(self, answer_id: UUID) -> Channel | None:
        held = self.running.get(answer_id)
        if held is None:
            return None
        _, channel, task = held
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return channel

    async def _produce(self, script: Script, channel: Channel) -> None:
        outcome = "halted"
        try:
            try:
                async with aclosing(llm.get_provider().stream(script.ask)) as pieces:
                    async for piece in pieces:
                        if isinstance(piece, Spent):
                            script.spent.append(piece)
                        else:
                            channel.append(script.feed(piece))
                channel.append(script.end())
                closing = await _kept(partial(script.finish, channel.text))
                outcome = "complete"
            except ProviderUnavailable as fault:
                logger.warning("An answer broke off", extra={"fault": str(fault)})
                channel.append(script.rest())
                closing = await _kept(partial(script.interrupt, channel.text, "ANSWER_INTERRUPTED"))
                outcome = "interrupted"
            except Exception:
                logger.exception("An answer failed")
                closing = await _kept(partial(script.interrupt, channel.text, "ANSWER_FAILED"))
                outcome = "failed"
            channel.close(closing)
        except Exception:
            # Not even the failure could be kept: the lease runs out and the sweeper marks it.
            logger.exception("A failed answer could not be marked")
            outcome = "failed"
            channel.close(script.broken)
        finally:
            metrics.ANSWERS.labels(outcome).inc()
            metrics.ANSWERS_RUNNING.dec()
            self.running.pop(script.answer_id, None)
            # Views hold the channel itself; who comes later reads the row.
            answerlog.shared().produced.pop(script.answer_id, None)
        await answerlog.shared().publish({script.answer_id: channel})

    async def _keep_beat(self) -> None:
        kept = time.monotonic()
        while self.running:
            await asyncio.sleep(PUBLISH_SECONDS)
            channels = {pk: channel for pk, (_, channel, _) in self.running.items()}
            try:
                await answerlog.shared().publish(channels)
            except Exception:  # SQL keeps the text whatever becomes of Redis
                logger.exception("Running answers could not be published")
            if time.monotonic() - kept >= CHECKPOINT_SECONDS:
                kept = time.monotonic()
                await self._checkpoint()

    async def _checkpoint(self) -> None:
        kinds: dict[type[Answer], dict[UUID, str]] = {}
        for pk, (script, channel, _) in self.running.items():
            kinds.setdefault(script.kind, {})[pk] = channel.text
        for kind, texts in kinds.items():
            try:
                alive = await in_thread(kind.checkpoint)(texts)
                gone = [pk for pk in texts if pk not in alive and pk in self.running]
                rows = await in_thread(kind.snapshot)(gone) if gone else {}
            except Exception:
                logger.exception("Running answers could not be kept; trying again")
                continue
            for pk in gone:
                await self._ended_elsewhere(pk, rows.get(pk))

    async def _ended_elsewhere(self, pk: UUID, row: tuple[str, str, Frames] | None) -> None:
        """Another process stopped, superseded or deleted an answer that we produce."""
        held = self.running.get(pk)
        if held is None or (row is not None and row[1] == "complete"):
            return
        await self._halt(pk)
        deleted: Frames = [["error", {"error": "STREAM_ERROR", "code": "ANSWER_DELETED"}]]
        held[1].close(row[2] if row is not None else deleted)

    async def drain(self, seconds: float) -> None:
        """Let running answers end for a while; keep what those have that do not (shutdown)."""
        tasks = [task for _, _, task in self.running.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        for pk, (script, _, _) in list(self.running.items()):
            await self.end(pk, partial(script.interrupt, code="ANSWER_INTERRUPTED"))
        await answerlog.shared().close()


async def _kept(keep: Callable[[], Frames]) -> Frames:
    """Store an answer's end, trying for a while: the database may be restarting."""
    for wait in RETRY_SECONDS:
        try:
            return await in_thread(keep)()
        except (OperationalError, InterfaceError) as fault:
            logger.warning("An answer waits to be kept", extra={"fault": type(fault).__name__})
            await asyncio.sleep(wait)
    return await in_thread(keep)()


producer = Producer()
