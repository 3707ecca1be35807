"""What every stream of an answer does, whichever app's it is: show it, from wherever."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any

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


def described(
    prefix: str, *, app: str, done: str, body: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Return the OpenAPI paths of an app's two streams (they are not ninja's).

    ``done`` says in words what the closing frame holds, ``body`` is the message's schema.
    """
    frames = {
        "200": {
            "description": (
                f"Frames `token` {{content}}, then `done` {done} (at risk: {{blocked, reason, "
                "resources}); on failure `error` before `done`. An event's id is the number of "
                "characters so far. X-Message-Id names the answer."
            ),
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    }
    common = {
        "tags": [app],
        "responses": frames,
        "security": [{"BearerAuth": []}, {"CookieAuth": []}],
    }
    return {
        f"{prefix}/{{session_id}}/messages": {
            "post": {
                "operationId": f"{app}_streams_reply",
                "summary": "Reply",
                "description": "Post a message; read the answer as it is written.",
                "parameters": [
                    _parameter("session_id", "path"),
                    _parameter("Idempotency-Key", "header"),
                ],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": dict(body)}},
                },
                **common,
            }
        },
        f"{prefix}/{{session_id}}/messages/{{message_id}}/stream": {
            "get": {
                "operationId": f"{app}_streams_resume",
                "summary": "Resume",
                "description": "Read an answer from where the client lost it.",
                "parameters": [
                    _parameter("session_id", "path"),
                    _parameter("message_id", "path"),
                    _parameter("Last-Event-ID", "header", kind="integer"),
                ],
                **common,
            }
        },
    }


def _parameter(name: str, where: str, *, kind: str = "string") -> dict[str, Any]:
    schema = {"type": kind, **({"format": "uuid"} if where == "path" else {})}
    return {"name": name, "in": where, "required": where == "path", "schema": schema}
