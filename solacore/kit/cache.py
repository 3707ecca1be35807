"""What is known about people, kept in this process and forgotten in the moment of a commit.

Triggers announce every write that touches a person (NOTIFY with their id). What is kept is
believed only while that news can be heard, so it is never stale, whether Redis is up, down or
late; while nobody listens, each question is asked of SQL.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import transaction

from solacore.kit import metrics
from solacore.kit.listen import Listener

KEPT = 20_000
K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Kept(Generic[K, T]):
    """The newest KEPT things, by key, each until a moment of its own (epoch seconds)."""

    def __init__(self) -> None:
        self._items: OrderedDict[K, tuple[float, T]] = OrderedDict()

    def get(self, key: K) -> T | None:
        found = self._items.get(key)
        if found is None or found[0] < time.time():
            return None
        return found[1]

    def put(self, key: K, item: T, until: float) -> None:
        self._items[key] = (until, item)
        if len(self._items) > KEPT:
            self._items.popitem(last=False)

    def drop(self, key: K) -> None:
        self._items.pop(key, None)

    def clear(self) -> None:
        self._items.clear()


class PeopleCache:
    """Read-through, by person and topic. ``listener`` must run for anything to be kept."""

    def __init__(self, channel: str) -> None:
        self.listener = Listener(channel, heard=self._heard, deaf=self._deaf)
        self._known: Kept[UUID, dict[Hashable, tuple[float, Any]]] = Kept()
        self._news = 0  # grows with each announcement: what was read before one is not kept

    async def read_through(
        self, person: UUID, topic: Hashable, seconds: float, load: Callable[[], Awaitable[T]]
    ) -> T:
        """Return what is known of ``topic``, for ``seconds`` at most, else what ``load`` reads."""
        now = time.time()
        topics = self._known.get(person) if self.listener.listening else None
        kept = topics.get(topic) if topics else None
        if kept is not None and kept[0] > now:
            metrics.CACHE_HITS.inc()
            found: T = kept[1]
            return found
        metrics.CACHE_MISSES.inc()
        news = self._news
        found = await load()
        if self.listener.listening and news == self._news:
            topics = self._known.get(person) or {}
            topics[topic] = (now + seconds, found)
            self._known.put(person, topics, now + 3600)
        return found

    def forget_on_commit(self, person: UUID) -> None:
        """Forget here in the moment of the commit, before the news has gone round."""
        transaction.on_commit(partial(self._heard, str(person)))

    def _heard(self, payload: str) -> None:
        self._news += 1
        self._known.drop(UUID(payload))

    def _deaf(self) -> None:
        self._news += 1
        self._known.clear()
