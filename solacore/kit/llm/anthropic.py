"""Anthropic's messages API."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from solacore.kit.llm.base import Ask, ProviderUnavailable, Turn
from solacore.kit.llm.wire import post_stream

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

    async def stream(self, ask: Ask) -> AsyncGenerator[str, None]:
        """Yield the answer's pieces. Raises ProviderUnavailable, also when it is cut short."""
        body = {
            "model": self.model,
            "system": ask.system,
            "messages": _alternating(ask.turns),
            "max_tokens": self.max_tokens,
            "stream": True,
        }
        frames = post_stream(self.name, self.url, body, headers=self.headers, silence=self.timeout)
        async with aclosing(frames):
            async for frame in frames:
                kind = (frame or {}).get("type")
                if kind == "content_block_delta" and frame is not None:
                    piece = (frame.get("delta") or {}).get("text")
                    if isinstance(piece, str) and piece:
                        yield piece
                elif kind == "message_stop":
                    return
        raise ProviderUnavailable(f"{self.name} hung up in mid-answer")


def _alternating(turns: tuple[Turn, ...]) -> list[dict[str, str]]:
    """Join neighbours of one role: this API wants turns that alternate and begin with the user."""
    joined: list[dict[str, str]] = []
    for turn in turns:
        if joined and joined[-1]["role"] == turn.role:
            joined[-1]["content"] += f"\n\n{turn.content}"
        elif joined or turn.role == "user":
            joined.append({"role": turn.role, "content": turn.content})
    return joined
