"""Learn's two streams: post a message and read its answer; read an answer again."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Annotated, Any

from django.utils import timezone
from pydantic import BaseModel, Field

from accounts.auth import AuthenticatedStream
from learn import limits
from learn.rules.methods import METHODS
from learn.rules.steps import Step
from learn.services import replies
from solacore.kit.answerview import AnswerView, begin_and_produce
from solacore.kit.errors import invalid_field
from solacore.kit.http import Text
from solacore.kit.ratelimit import meter
from solacore.kit.sse import Event, StreamRoute
from solacore.kit.threads import in_thread, unbroken


class LearnMessageIn(BaseModel):
    """What a learner says, and for which step or method. Unknown ones have codes of their own."""

    content: Annotated[Text, Field(min_length=1, max_length=limits.MESSAGE_CHARACTERS)]
    step: Annotated[Text, Field(max_length=64)] | None = None
    tool: Annotated[Text, Field(max_length=64)] | None = None


class LearnReplyStream(AnswerView, AuthenticatedStream):
    """Post a message; read the answer as it is written."""

    async def events(self, body: bytes) -> AsyncGenerator[Event, None]:
        principal = await self.authenticate()
        session_id = self.path_uuid("session_id")
        message = self.parse(LearnMessageIn, body)
        key = self.idempotency_key()
        if not message.content.strip():
            raise invalid_field("body", "content", kind="blank", sentence="Say something first")
        await meter(self.scope, limits.SSE, str(principal.user_id))
        begin = partial(
            replies.begin,
            session_id=session_id,
            user_id=principal.user_id,
            text=message.content,
            step=message.step,
            tool=message.tool,
            idempotency_key=key,
            now=timezone.now(),
        )
        begun = await unbroken(begin_and_produce(begin))
        async with aclosing(self.show(begun.answer)) as events:
            async for event in events:
                yield event


class LearnResumeStream(AnswerView, AuthenticatedStream):
    """Read an answer from where the client lost it."""

    method = "GET"

    async def events(self, body: bytes) -> AsyncGenerator[Event, None]:
        principal = await self.authenticate()
        session_id, message_id = self.path_uuid("session_id"), self.path_uuid("message_id")
        after = self.last_event_id()
        await meter(self.scope, limits.API, str(principal.user_id))
        answer = await in_thread(replies.find)(
            session_id=session_id, message_id=message_id, user_id=principal.user_id
        )
        async with aclosing(self.show(answer, after)) as events:
            async for event in events:
                yield event


ROUTES = [
    StreamRoute("/learn/{session_id}/messages", LearnReplyStream),
    StreamRoute("/learn/{session_id}/messages/{message_id}/stream", LearnResumeStream),
]


def _parameter(name: str, where: str, *, kind: str = "string") -> dict[str, Any]:
    schema = {"type": kind, **({"format": "uuid"} if where == "path" else {})}
    return {"name": name, "in": where, "required": where == "path", "schema": schema}


_FRAMES = {
    "200": {
        "description": (
            "Frames `token` {content}, then `done` {message_id, next_step, step_completed, "
            "session_completed} (at risk: {blocked, reason, resources}); on failure `error` "
            "before `done`. An event's id is the number of characters so far."
        ),
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
_SECURITY: list[dict[str, list[str]]] = [{"BearerAuth": []}, {"CookieAuth": []}]
_BODY = {
    "type": "object",
    "required": ["content"],
    "properties": {
        "content": {"type": "string", "minLength": 1, "maxLength": limits.MESSAGE_CHARACTERS},
        "step": {"type": "string", "enum": Step.values},
        "tool": {"type": "string", "enum": list(METHODS)},
    },
}
OPENAPI: dict[str, Any] = {
    "/learn/{session_id}/messages": {
        "post": {
            "operationId": "learn_streams_reply",
            "summary": "Reply",
            "description": LearnReplyStream.__doc__,
            "tags": ["learn"],
            "parameters": [
                _parameter("session_id", "path"),
                _parameter("Idempotency-Key", "header"),
            ],
            "requestBody": {"required": True, "content": {"application/json": {"schema": _BODY}}},
            "responses": _FRAMES,
            "security": _SECURITY,
        }
    },
    "/learn/{session_id}/messages/{message_id}/stream": {
        "get": {
            "operationId": "learn_streams_resume",
            "summary": "Resume",
            "description": LearnResumeStream.__doc__,
            "tags": ["learn"],
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
