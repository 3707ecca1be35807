"""Solve's streams: post a message, edit it, have it answered anew; read an answer again."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import partial
from typing import Annotated, Any

from django.utils import timezone
from pydantic import BaseModel, Field

from accounts.auth import AnswerStream
from solacore.kit.answerview import described
from solacore.kit.errors import invalid_field
from solacore.kit.http import Text
from solacore.kit.replies import Begun
from solacore.kit.sse import Event, StreamRoute
from solve import limits
from solve.rules.steps import Step
from solve.services import replies

Content = Annotated[Text, Field(min_length=1, max_length=limits.MESSAGE_CHARACTERS)]


class EditIn(BaseModel):
    content: Content


class MessageIn(EditIn):
    """``step`` is what the client believes; the session knows better."""

    step: Step


class SolveStream(AnswerStream):
    """A stream that opens an answer: in the order of the contract's checks (0.4)."""

    def begin(self, body: bytes) -> tuple[Callable[..., Begun], str]:
        """Return the service call that opens the answer, and what is said with it."""
        raise NotImplementedError

    async def events(self, body: bytes) -> AsyncGenerator[Event, None]:
        await self.authenticate()
        begin, text = self.begin(body)
        answer = self.reply(begin, limit=limits.SSE, spare=limits.API, text=text)
        async with aclosing(answer) as events:
            async for event in events:
                yield event

    def said(self, schema: type[EditIn], body: bytes) -> str:
        """Return what is said in ``body``. Raises Invalid."""
        text = self.parse(schema, body).content
        if not text.strip():
            raise invalid_field("body", "content", kind="blank", sentence="Say something first")
        return text

    def common(self) -> dict[str, Any]:
        """Return what every service call takes."""
        return {"idempotency_key": self.idempotency_key(), "now": timezone.now()}


class ReplyStream(SolveStream):
    """Post a message; read the coach's answer as it is written."""

    def begin(self, body: bytes) -> tuple[Callable[..., Begun], str]:
        self.path_uuid("session_id")
        text = self.said(MessageIn, body)
        return partial(replies.begin, text=text, **self.common()), text


class EditStream(SolveStream):
    """Say the last message differently; read the answer to it."""

    def begin(self, body: bytes) -> tuple[Callable[..., Begun], str]:
        message_id = self.path_uuid("message_id")
        text = self.said(EditIn, body)
        edit = partial(replies.edit, message_id=message_id, text=text, **self.common())
        return edit, text


class RegenerateStream(SolveStream):
    """Have the last message answered anew."""

    def begin(self, body: bytes) -> tuple[Callable[..., Begun], str]:
        message_id = self.path_uuid("message_id")
        return partial(replies.regenerate, message_id=message_id, **self.common()), ""


class ResumeStream(AnswerStream):
    """Read an answer from where the client lost it."""

    method = "GET"

    def events(self, body: bytes) -> AsyncGenerator[Event, None]:
        return self.again(replies.find, limits.API)


ROUTES = [
    StreamRoute("/sessions/{session_id}/messages", ReplyStream),
    StreamRoute("/sessions/{session_id}/messages/{message_id}/stream", ResumeStream),
    StreamRoute("/sessions/{session_id}/messages/{message_id}/regenerate", RegenerateStream),
    StreamRoute("/sessions/{session_id}/messages/{message_id}/edit", EditStream),
]


_BODY = {
    "type": "object",
    "required": ["content", "step"],
    "properties": {
        "content": {"type": "string", "minLength": 1, "maxLength": limits.MESSAGE_CHARACTERS},
        "step": {"type": "string", "enum": Step.values},
    },
}
OPENAPI = described(
    "/sessions",
    app="solve",
    done="{next_step, emotion_detected, confidence}",
    body=_BODY,
    edits=True,
)
