"""What every stream of an answer does, whichever app's it is: show it, from wherever."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any

import orjson

from solacore.kit import answerlog
from solacore.kit.errors import DomainError, invalid_field
from solacore.kit.http import MAX_OFFSET, region_of
from solacore.kit.models import Answer
from solacore.kit.replies import Begun, Superseded, producer
from solacore.kit.sse import Event, EventStream
from solacore.kit.talk import crisis, helplines, language
from solacore.kit.threads import in_thread

MAX_KEY = 200


class AnswerView(EventStream):
    """A view of a durable answer.

    Help comes through whatever fails: a refusal of somebody at risk carries it, and where the
    house itself fails (the database is away) the help is the answer.
    """

    async def handle(self, body: bytes) -> None:
        """Answer a request, remembering what was said for when it has to be refused."""
        self._given = body
        await super().handle(body)

    async def _refuse(self, error: DomainError, *, started: bool) -> None:
        said = "" if started else _content_of(self._given)
        if not said or not crisis.is_at_risk(said):
            await super()._refuse(error, started=started)
            return
        risk = crisis.assess(said)
        spoken = risk.language if risk is not None else language.detect(said, "en")
        card = helplines.card(language=spoken, country=self.country())
        done = helplines.done(card)
        if error.status < 500:
            error.extra = done
            await super()._refuse(error, started=False)
            return
        await self.send_headers(headers=self.response_headers)
        for event in (Event("token", {"content": card.text}), Event("done", done)):
            await self.send_body(event.encode(), more_body=event.name == "token")

    def country(self) -> str | None:
        """Return the country the caller's browser or phone is set to (ISO 3166), if it says."""
        return region_of(self.header("accept-language") or "")

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


def _content_of(body: bytes) -> str:
    """Return what somebody says in a request's body, also where the body is refused."""
    try:
        content = orjson.loads(body).get("content")
    except (ValueError, AttributeError):
        return ""
    return content if isinstance(content, str) else ""


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
    prefix: str, *, app: str, done: str, body: Mapping[str, Any], edits: bool = False
) -> dict[str, dict[str, Any]]:
    """Return the OpenAPI paths of an app's streams (they are not ninja's).

    ``done`` says in words what the closing frame holds, ``body`` is the message's schema.
    """
    frames = {
        "200": {
            "description": (
                f"Frames `token` {{content}}, then `done` {done} (at risk: {{blocked, reason, "
                "resources, helplines}; not answered today: `refused`); on failure `error` before "
                "`done`. An event's id is the number of characters so far. X-Message-Id names the "
                "answer."
            ),
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    }

    def path(operation: str, words: str, *more: dict[str, Any], method: str = "post",
             schema: Mapping[str, Any] | None = None) -> dict[str, Any]:  # fmt: skip
        described = {
            "operationId": f"{app}_streams_{operation}",
            "summary": operation.capitalize(),
            "description": words,
            "tags": [app],
            "parameters": [_parameter("session_id", "path"), *more],
            "responses": frames,
            "security": [{"BearerAuth": []}, {"CookieAuth": []}],
        }
        if schema is not None:
            content = {"application/json": {"schema": dict(schema)}}
            described["requestBody"] = {"required": True, "content": content}
        return {method: described}

    message, key = _parameter("message_id", "path"), _parameter("Idempotency-Key", "header")
    base = f"{prefix}/{{session_id}}/messages"
    one = f"{base}/{{message_id}}"
    last = _parameter("Last-Event-ID", "header", kind="integer")
    paths = {
        base: path("reply", "Post a message; read the answer as it is written.", key, schema=body),
        f"{one}/stream": path(
            "resume", "Read an answer from where the client lost it.", message, last, method="get"
        ),
        f"{one}/regenerate": path(
            "regenerate", "Answer the last message anew; the old answer is kept.", message, key
        ),
    }
    if edits:
        said = {"type": "object", "required": ["content"],
                "properties": {"content": body["properties"]["content"]}}  # fmt: skip
        words = "Say the last message differently; what it was is kept."
        paths[f"{one}/edit"] = path("edit", words, message, key, schema=said)
    return paths


def _parameter(name: str, where: str, *, kind: str = "string") -> dict[str, Any]:
    schema = {"type": kind, **({"format": "uuid"} if where == "path" else {})}
    return {"name": name, "in": where, "required": where == "path", "schema": schema}
