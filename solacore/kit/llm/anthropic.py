"""Anthropic's messages API."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from solacore.kit.llm.base import Ask, Fault, ProviderUnavailable, Spent, Turn
from solacore.kit.llm.wire import count, dig, post_stream

VERSION = "2023-06-01"


class Anthropic:
    """``base_url`` ends where ``/messages`` begins."""

    name = "anthropic"

    def __init__(
        self, base_url: str, key: str, *, model: str, max_tokens: int, timeout: float
    ) -> None:
        self.url = f"{base_url.rstrip('/')}/messages"
        self.model, self.max_tokens, self.timeout = model, max_tokens, timeout
        self.headers = {
            "Content-Type": "application/json",
            "x-api-key": key,
            "anthropic-version": VERSION,
        }

    async def stream(self, ask: Ask) -> AsyncGenerator[str | Spent, None]:
        """Yield the answer's pieces, then what it took as far as it was told.

        Raises ProviderUnavailable, also when the answer is cut short or refused.
        """
        body = {
            "model": self.model,
            "system": ask.system,
            "messages": _alternating(ask.turns),
            "max_tokens": self.max_tokens,
            "stream": True,
        }
        reason = ""
        taken: int | None = None
        given: int | None = None
        fault: ProviderUnavailable | None = None
        frames = post_stream(self.name, self.url, body, headers=self.headers, silence=self.timeout)
        async with aclosing(frames):
            try:
                async for frame in frames:
                    kind = dig(frame, "type")
                    if kind == "message_start":
                        taken = _input_tokens(frame)
                    elif kind == "message_delta":
                        reason = str(dig(frame, "delta", "stop_reason") or reason)
                        given = count(frame, "usage", "output_tokens")
                    elif kind == "content_block_delta" and not reason:
                        piece = dig(frame, "delta", "text")
                        if isinstance(piece, str) and piece:
                            yield piece
                    elif kind == "message_stop":
                        reason = reason or "end_turn"
                        break
            except ProviderUnavailable as error:
                fault = None if reason else error  # behind its end an answer is whole
        if fault is None:
            fault = self._flaw(reason)
        if taken is not None:
            yield Spent(self.name, self.model, taken, given or 0, exact=given is not None)
        if fault is not None:
            raise fault

    def _flaw(self, reason: str) -> ProviderUnavailable | None:
        """Return what is wrong with an answer that ended so, if anything."""
        if reason == "refusal":
            return ProviderUnavailable(f"{self.name} refused", fault=Fault.REFUSAL, retryable=False)
        return None if reason else ProviderUnavailable(f"{self.name} hung up in mid-answer")


def _input_tokens(frame: object) -> int | None:
    """Return what was read, from the cache or not: our prompts are priced at the full rate."""
    whole = count(frame, "message", "usage", "input_tokens")
    if whole is None:
        return None
    cached = ("cache_creation_input_tokens", "cache_read_input_tokens")
    return whole + sum(count(frame, "message", "usage", name) or 0 for name in cached)


def _alternating(turns: tuple[Turn, ...]) -> list[dict[str, str]]:
    """Join neighbours of one role: this API wants turns that alternate and begin with the user."""
    joined: list[dict[str, str]] = []
    for turn in turns:
        if joined and joined[-1]["role"] == turn.role:
            joined[-1]["content"] += f"\n\n{turn.content}"
        elif joined or turn.role == "user":
            joined.append({"role": turn.role, "content": turn.content})
    return joined
