"""Solve's two streams: post a message and read its answer; read an answer again."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Annotated

from django.utils import timezone
from pydantic import BaseModel, Field

from accounts.auth import AnswerStream
from solacore.kit.answerview import described
from solacore.kit.errors import invalid_field
from solacore.kit.http import Text
from solacore.kit.ratelimit import meter
from solacore.kit.sse import Event, StreamRoute
from solve import limits
from solve.rules.steps import Step
from solve.services import replies


class MessageIn(BaseModel):
    """``step`` is what the client believes; the session knows better."""

    content: Annotated[Text, Field(min_length=1, max_length=limits.MESSAGE_CHARACTERS)]
    step: Step


class ReplyStream(AnswerStream):
    """Post a message; read the coach's answer as it is written."""

    async def events(self, body: bytes) -> AsyncGenerator[Event, None]:
        principal = await self.authenticate()
        session_id = self.path_uuid("session_id")
        message = self.parse(MessageIn, body)
        key = self.idempotency_key()
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
        async with aclosing(self.reply(begin)) as events:
            async for event in events:
                yield event


class ResumeStream(AnswerStream):
    """Read an answer from where the client lost it."""

    method = "GET"

    def events(self, body: bytes) -> AsyncGenerator[Event, None]:
        return self.again(replies.find, limits.API)


ROUTES = [
    StreamRoute("/sessions/{session_id}/messages", ReplyStream),
    StreamRoute("/sessions/{session_id}/messages/{message_id}/stream", ResumeStream),
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
)
