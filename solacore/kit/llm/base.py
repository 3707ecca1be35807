"""What a language model is to us: turns in, pieces of text out."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
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
    in Learn also by ``method`` ("" when the step itself is taught), ``topic`` ("" lets the first
    turn name it) and ``earlier``, other topics of the same learner, newest first.

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
    topic: str = ""
    earlier: tuple[str, ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Spent:
    """What one answer took: tokens in and out, of which model. ``exact`` unless estimated."""

    provider: str
    model: str
    tokens_in: int
    tokens_out: int
    exact: bool = True


class Fault(StrEnum):
    """What was wrong with a provider: a metric's label."""

    CONNECT = "connect"
    DNS = "dns"
    TLS = "tls"
    TIMEOUT = "timeout"
    KEY = "key"  # absent, rotated, expired, not paid for: 401, 402, 403
    ADDRESS = "address"  # no such model or page, moved: 3xx, 404
    REQUEST = "request"  # this one request was not to its liking: 400, 413, 422
    BUSY = "busy"  # 408, 409, 429
    DOWN = "down"  # 5xx
    BROKEN = "broken"  # not the stream it should be, or not to its end
    EMPTY = "empty"
    REFUSAL = "refusal"
    LOOP = "loop"

    @property
    def blames(self) -> bool:
        """Whether it says something of the provider, and not only of this one question."""
        return self not in (Fault.REQUEST, Fault.REFUSAL, Fault.LOOP)


class ProviderUnavailable(Exception):
    """A provider could not answer. Its text names the provider and the fault, never content.

    ``retryable`` says whether asking the same one again may help; ``retry_after`` is how many
    seconds it wants to be left alone, if it said so.
    """

    def __init__(
        self,
        text: str,
        *,
        fault: Fault = Fault.BROKEN,
        retryable: bool = True,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(text)
        self.fault, self.retryable, self.retry_after = fault, retryable, retry_after


class Provider(Protocol):
    """Something that answers an Ask, piece by piece."""

    name: str

    def stream(self, ask: Ask) -> AsyncGenerator[str | Spent, None]:
        """Yield the answer's pieces as they come, and somewhere what it took.

        Raises ProviderUnavailable.
        """
        ...
