"""The shapes of answers on the wire that Solve and Learn share."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

State = Literal["streaming", "complete", "stopped", "interrupted"]


class StoppedOut(Schema):
    id: UUID
    state: State
    content: str


class VariantOut(Schema):
    id: UUID
    role: Literal["user", "assistant"]
    content: str
    state: State
    created_at: datetime
    current: bool = Field(description="whether it stands in the conversation now")


class VariantsOut(Schema):
    variants: list[VariantOut]


class TurnOut(Schema):
    role: Literal["user", "assistant"]
    content: str


class SentOut(Schema):
    id: UUID
    left_the_house: bool = Field(description="false if no model outside was asked")
    provider: str | None
    model: str | None
    tokens_in: int | None
    tokens_out: int | None
    notes: list[str] = Field(description="what we told the model about you")
    turns: list[TurnOut] = Field(description="word for word, private details as placeholders")
    hidden: dict[str, int] = Field(description="how many private details stayed here, by kind")
