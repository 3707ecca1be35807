"""What a language model is to us: turns in, pieces of text out."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said. ``assistant`` is the coach."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Everything a provider may use to answer.

    Model providers send ``system`` and ``turns``. The offline coach, which reads no
    prompt, goes by ``product``, ``step``, ``moving`` and ``language``,
    in Learn also by ``method`` ("" when the step itself is taught).

    ``turns`` is oldest first and ends with the user's message. ``turn_in_step`` counts the
    user's messages in this step, the current one included, from 1. ``moving`` says that
    the step's purpose is met, so that this answer opens the next step (at the last step:
    closes the session). ``context`` is what is known besides the turns, for the offline coach:
    in Solve the profile's slots, its ``gaps``, and ``before`` and ``check_in`` when there is one.
    """

    system: str
    turns: tuple[Turn, ...]
    product: str = "solve"
    step: str = "receive"
    turn_in_step: int = 1
    moving: bool = False
    language: str = "en"
    method: str = ""
    context: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Spent:
    """What one answer took: tokens in and out, of which model. ``exact`` unless estimated."""

    provider: str
    model: str
    tokens_in: int
    tokens_out: int
    exact: bool = True


class ProviderUnavailable(Exception):
    """A provider could not answer. Its text names the provider and the fault, never content."""


class Provider(Protocol):
    """Something that answers an Ask, piece by piece."""

    name: str

    def stream(self, ask: Ask) -> AsyncGenerator[str | Spent, None]:
        """Yield the answer's pieces as they come, and somewhere what it took.

        Raises ProviderUnavailable.
        """
        ...
