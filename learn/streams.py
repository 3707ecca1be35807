"""Learn's streams: post a message and read its answer; have it answered anew; read it again."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Annotated

from django.utils import timezone
from pydantic import BaseModel, Field

from accounts.auth import AnswerStream
from learn import limits
from learn.rules.methods import METHODS
from learn.rules.steps import Step
from learn.services import replies
from solacore.kit.answerview import described
from solacore.kit.errors import invalid_field
from solacore.kit.http import Text
from solacore.kit.sse import Event, StreamRoute


class LearnMessageIn(BaseModel):
    """What a learner says, and for which step or method. Unknown ones have codes of their own."""

    content: Annotated[Text, Field(min_length=1, max_length=limits.MESSAGE_CHARACTERS)]
    step: Annotated[Text, Field(max_length=64)] | None = None
    tool: Annotated[Text, Field(max_length=64)] | None = None


class LearnReplyStream(AnswerStream):
    """Post a message; read the answer as it is written."""

    async def events(self, body: bytes) -> AsyncGenerator[Event, None]:
        await self.authenticate()
        self.path_uuid("session_id")
        message = self.parse(LearnMessageIn, body)
        key = self.idempotency_key()
        if not message.content.strip():
            raise invalid_field("body", "content", kind="blank", sentence="Say something first")
        begin = partial(
            replies.begin,
            text=message.content,
            step=message.step,
            tool=message.tool,
            idempotency_key=key,
            now=timezone.now(),
        )
        answer = self.reply(begin, limit=limits.SSE, spare=limits.API, text=message.content)
        async with aclosing(answer) as events:
            async for event in events:
                yield event


class LearnRegenerateStream(AnswerStream):
    """Have the last message answered anew."""

    async def events(self, body: bytes) -> AsyncGenerator[Event, None]:
        await self.authenticate()
        begin = partial(
            replies.regenerate,
            message_id=self.path_uuid("message_id"),
            idempotency_key=self.idempotency_key(),
            now=timezone.now(),
        )
        async with aclosing(self.reply(begin, limit=limits.SSE, spare=limits.API)) as events:
            async for event in events:
                yield event


class LearnResumeStream(AnswerStream):
    """Read an answer from where the client lost it."""

    method = "GET"

    def events(self, body: bytes) -> AsyncGenerator[Event, None]:
        return self.again(replies.find, limits.API)


ROUTES = [
    StreamRoute("/learn/{session_id}/messages", LearnReplyStream),
    StreamRoute("/learn/{session_id}/messages/{message_id}/stream", LearnResumeStream),
    StreamRoute("/learn/{session_id}/messages/{message_id}/regenerate", LearnRegenerateStream),
]


_BODY = {
    "type": "object",
    "required": ["content"],
    "properties": {
        "content": {"type": "string", "minLength": 1, "maxLength": limits.MESSAGE_CHARACTERS},
        "step": {"type": "string", "enum": Step.values},
        "tool": {"type": "string", "enum": list(METHODS)},
    },
}
OPENAPI = described(
    "/learn",
    app="learn",
    done="{message_id, next_step, step_completed, session_completed}",
    body=_BODY,
)
