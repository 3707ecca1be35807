"""Solve's two streams: post a message and read its answer; read an answer again."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import partial
from typing import Annotated, Any

from django.utils import timezone
from pydantic import BaseModel, Field

from accounts.auth import AuthenticatedStream
from solacore.kit import answerlog
from solacore.kit.errors import invalid_field
from solacore.kit.http import MAX_OFFSET, Text
from solacore.kit.ratelimit import meter
from solacore.kit.replies import producer
from solacore.kit.sse import Event, StreamRoute
from solacore.kit.threads import in_thread, unbroken
from solve import limits
from solve.models import Message
from solve.rules.steps import Step
from solve.services import replies
from solve.services.replies import Begun

MAX_KEY = 200


class MessageIn(BaseModel):
    """``step`` is what the client believes; the session knows better."""

    content: Annotated[Text, Field(min_length=1, max_length=limits.MESSAGE_CHARACTERS)]
    step: Step


class _AnswerView(AuthenticatedStream):
    async def show(self, answer: Message, after: int = 0) -> AsyncGenerator[Event, None]:
        self.response_headers.append((b"x-message-id", str(answer.pk).encode()))
        async with aclosing(answerlog.shared().tail(answer, after=after)) as events:
            async for event in events:
                yield event


class ReplyStream(_AnswerView):
    """Post a message; read the coach's answer as it is written."""

    async def events(self, body: bytes) -> AsyncGenerator[Event, None]:
        principal = await self.authenticate()
        session_id = self.path_uuid("session_id")
        message = self.parse(MessageIn, body)
        key = self._idempotency_key()
        if not message.content.strip():
            raise invalid_field("body", "content", kind="blank", sentence="Say something first")
        await meter(self.scope, limits.SSE, str(principal.user_id))
        begin = partial(
            replies.begin,
            session_id=session_id,
            user_id=principal.user_id,
            text=message.content,
            idempotency_key=key,
            now=timezone.now(),
        )
        # A client that leaves between the two must not leave an answer without a producer.
        begun = await unbroken(_begin_and_produce(begin))
        async with aclosing(self.show(begun.answer)) as events:
            async for event in events:
                yield event

    def _idempotency_key(self) -> str | None:
        key = self.header("idempotency-key")
        if key is not None and not (0 < len(key) <= MAX_KEY and key.isprintable()):
            raise invalid_field(
                "header",
                "Idempotency-Key",
                kind="string_type",
                sentence=f"Use 1 to {MAX_KEY} printable characters",
            )
        return key


async def _begin_and_produce(begin: Callable[[], Begun]) -> Begun:
    begun = await in_thread(begin)()
    if begun.script is not None:
        producer.start(begun.script)
    for answer_id, closing in begun.superseded.items():
        await producer.end(answer_id, replies.Superseded(answer_id, closing))
    return begun


class ResumeStream(_AnswerView):
    """Read an answer from where the client lost it."""

    method = "GET"

    async def events(self, body: bytes) -> AsyncGenerator[Event, None]:
        principal = await self.authenticate()
        session_id, message_id = self.path_uuid("session_id"), self.path_uuid("message_id")
        after = self._last_event_id()
        await meter(self.scope, limits.API, str(principal.user_id))
        answer = await in_thread(replies.find)(
            session_id=session_id, message_id=message_id, user_id=principal.user_id
        )
        async with aclosing(self.show(answer, after)) as events:
            async for event in events:
                yield event

    def _last_event_id(self) -> int:
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


ROUTES = [
    StreamRoute("/sessions/{session_id}/messages", ReplyStream),
    StreamRoute("/sessions/{session_id}/messages/{message_id}/stream", ResumeStream),
]


def _parameter(name: str, where: str, *, kind: str = "string") -> dict[str, Any]:
    schema = {"type": kind, **({"format": "uuid"} if where == "path" else {})}
    return {"name": name, "in": where, "required": where == "path", "schema": schema}


_FRAMES = {
    "200": {
        "description": (
            "Frames `token` {content}, then `done` {next_step, emotion_detected, confidence} "
            "(at risk: {blocked, reason, resources}); on failure `error` before `done`. An "
            "event's id is the number of characters so far. X-Message-Id names the answer."
        ),
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
_SECURITY: list[dict[str, list[str]]] = [{"BearerAuth": []}, {"CookieAuth": []}]
OPENAPI: dict[str, Any] = {
    "/sessions/{session_id}/messages": {
        "post": {
            "operationId": "solve_streams_reply",
            "summary": "Reply",
            "description": ReplyStream.__doc__,
            "tags": ["solve"],
            "parameters": [
                _parameter("session_id", "path"),
                _parameter("Idempotency-Key", "header"),
            ],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "required": ["content", "step"],
                            "properties": {
                                "content": {
                                    "type": "string",
                                    "minLength": 1,
                                    "maxLength": limits.MESSAGE_CHARACTERS,
                                },
                                "step": {"type": "string", "enum": Step.values},
                            },
                        }
                    }
                },
            },
            "responses": _FRAMES,
            "security": _SECURITY,
        }
    },
    "/sessions/{session_id}/messages/{message_id}/stream": {
        "get": {
            "operationId": "solve_streams_resume",
            "summary": "Resume",
            "description": ResumeStream.__doc__,
            "tags": ["solve"],
            "parameters": [
                _parameter("session_id", "path"),
                _parameter("message_id", "path"),
                _parameter("Last-Event-ID", "header", kind="integer"),
            ],
            "responses": _FRAMES,
            "security": _SECURITY,
        }
    },
}
