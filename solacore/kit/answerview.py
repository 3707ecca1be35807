"""What every stream of an answer does, whichever app's it is: show it, from wherever."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from solacore.kit import answerlog
from solacore.kit.errors import invalid_field
from solacore.kit.http import MAX_OFFSET
from solacore.kit.models import Answer
from solacore.kit.replies import Begun, Superseded, producer
from solacore.kit.sse import Event, EventStream
from solacore.kit.threads import in_thread

MAX_KEY = 200


class AnswerView(EventStream):
    """A view of a durable answer."""

    async def show(self, answer: Answer, after: int = 0) -> AsyncGenerator[Event, None]:
        """Yield an answer's frames, beginning ``after`` so many characters."""
        self.response_headers.append((b"x-message-id", str(answer.pk).encode()))
        async with aclosing(answerlog.shared().tail(answer, after=after)) as events:
            async for event in events:
                yield event

    def idempotency_key(self) -> str | None:
        """Return the caller's key for this message. Raises Invalid."""
        key = self.header("idempotency-key")
        if key is not None and not (0 < len(key) <= MAX_KEY and key.isprintable()):
            raise invalid_field(
                "header",
                "Idempotency-Key",
                kind="string_type",
                sentence=f"Send 1 to {MAX_KEY} printable characters",
            )
        return key

    def last_event_id(self) -> int:
        """Return how many characters the caller has seen. Raises Invalid."""
        given = self.header("last-event-id") or "0"
        if not (
            given.isascii() and given.isdigit() and len(given) < 11 and int(given) <= MAX_OFFSET
        ):
            raise invalid_field(
                "header",
                "Last-Event-ID",
                kind="int_parsing",
                sentence="Send the id of the last event you received",
            )
        return int(given)


async def begin_and_produce(begin: Callable[[], Begun]) -> Begun:
    """Keep a message (``begin`` may block) and start its answer; end those it supersedes.

    Await it ``unbroken``: a client that leaves between must not leave an answer unproduced.
    """
    begun = await in_thread(begin)()
    if begun.script is not None:
        producer.start(begun.script)
    for answer_id, closing in begun.superseded.items():
        await producer.end(answer_id, Superseded(type(begun.answer), answer_id, closing))
    return begun
