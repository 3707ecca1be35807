"""Any server that speaks OpenAI's chat completions: OpenAI, OpenRouter, Ollama, vLLM."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from functools import partial
from typing import Any

from solacore.kit.llm.base import Ask, Fault, ProviderUnavailable, Spent
from solacore.kit.llm.wire import FieldRefused, count, dig, post_stream

TAIL_SECONDS = 1.0  # usage comes right behind the end; nobody waits longer for it
Frame = dict[str, Any]


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
        self._reports = True  # until the server says that it does not know how

    async def stream(self, ask: Ask) -> AsyncGenerator[str | Spent, None]:
        """Yield the answer's pieces, then what it took if the server tells.

        Raises ProviderUnavailable, also when the answer is cut short, filtered or refused.
        """
        end, refused = "", False
        spent: Spent | None = None
        fault: ProviderUnavailable | None = None
        async with aclosing(self._frames(ask)) as frames:
            try:
                async for frame in frames:
                    if frame is None:
                        end = end or "done"
                        break
                    if "usage" in frame:
                        spent = self._spent(frame) or spent
                    choice = dig(frame, "choices", 0)
                    piece = dig(choice, "delta", "content")
                    if isinstance(piece, str) and piece:
                        yield piece
                    refused = refused or bool(dig(choice, "delta", "refusal"))
                    end = str(dig(choice, "finish_reason") or "")
                    if end:
                        spent = await self._told_behind(frames) or spent
                        break
            except ProviderUnavailable as error:
                fault = error
        if fault is None:
            fault = self._flaw(end, refused)
        if spent is not None:
            yield spent
        if fault is not None:
            raise fault

    def _flaw(self, end: str, refused: bool) -> ProviderUnavailable | None:
        """Return what is wrong with an answer that ended so, if anything."""
        if refused or end == "content_filter":
            return ProviderUnavailable(f"{self.name} refused", fault=Fault.REFUSAL, retryable=False)
        if end in ("", "error"):
            return ProviderUnavailable(f"{self.name} hung up in mid-answer")
        return None

    def _spent(self, frame: Frame | None) -> Spent | None:
        taken = count(frame, "usage", "prompt_tokens")
        given = count(frame, "usage", "completion_tokens")
        if taken is None or given is None:
            return None
        return Spent(self.name, self.model, taken, given)

    async def _told_behind(self, frames: AsyncGenerator[Frame | None, None]) -> Spent | None:
        """Return what is told behind the end. The answer is whole: nothing breaks it any more."""
        spent: Spent | None = None
        with suppress(ProviderUnavailable, TimeoutError):
            async with asyncio.timeout(TAIL_SECONDS):
                async for frame in frames:
                    spent = self._spent(frame) or spent
        return spent

    async def _frames(self, ask: Ask) -> AsyncGenerator[Frame | None, None]:
        messages = [{"role": "system", "content": ask.system}]
        messages += [{"role": turn.role, "content": turn.content} for turn in ask.turns]
        body: Frame = {
            "model": self.model,
            "messages": messages,
            "max_tokens": self.max_tokens,
            "stream": True,
        }
        post = partial(post_stream, self.name, self.url, headers=self.headers, silence=self.timeout)
        if self._reports:
            asking = {**body, "stream_options": {"include_usage": True}}
            try:
                async with aclosing(post(asking, optional="stream_options")) as frames:
                    async for frame in frames:
                        yield frame
                return
            except FieldRefused:
                self._reports = False
        async with aclosing(post(body)) as frames:
            async for frame in frames:
                yield frame
