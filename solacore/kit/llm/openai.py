"""Any server that speaks OpenAI's chat completions: OpenAI, OpenRouter, Ollama, vLLM."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from solacore.kit.llm.base import Ask, ProviderUnavailable
from solacore.kit.llm.wire import post_stream


class OpenAI:
    """``base_url`` ends where ``/chat/completions`` begins; an empty ``key`` sends none."""

    def __init__(
        self,
        name: str,
        base_url: str,
        key: str,
        *,
        model: str,
        max_tokens: int,
        timeout: float,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.url = f"{base_url.rstrip('/')}/chat/completions"
        self.model, self.max_tokens, self.timeout = model, max_tokens, timeout
        self.headers = {"Content-Type": "application/json", **(headers or {})}
        if key:
            self.headers["Authorization"] = f"Bearer {key}"

    async def stream(self, ask: Ask) -> AsyncGenerator[str, None]:
        """Yield the answer's pieces. Raises ProviderUnavailable, also when it is cut short."""
        messages = [{"role": "system", "content": ask.system}]
        messages += [{"role": turn.role, "content": turn.content} for turn in ask.turns]
        body = {
            "model": self.model,
            "messages": messages,
            "max_tokens": self.max_tokens,
            "stream": True,
        }
        ended = False
        frames = post_stream(self.name, self.url, body, headers=self.headers, silence=self.timeout)
        async with aclosing(frames):
            async for frame in frames:
                if frame is None:
                    ended = True
                    break
                for choice in frame.get("choices") or []:
                    piece = (choice.get("delta") or {}).get("content")
                    if isinstance(piece, str) and piece:
                        yield piece
                    ended = ended or bool(choice.get("finish_reason"))
        if not ended:
            raise ProviderUnavailable(f"{self.name} hung up in mid-answer")
