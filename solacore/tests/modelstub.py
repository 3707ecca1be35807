"""A model's server that misbehaves on command: raw sockets in a thread of its own.

An act is bytes to send, seconds to wait, or RST. What a path does is set by ``serve``; each
call takes the next of its scripts and stays with the last.
"""

import asyncio
import json
import socket
import struct
import threading
from dataclasses import dataclass, field

RST = object()
Act = bytes | float | object


@dataclass
class Door:
    """One base URL and what happened there."""

    url: str
    scripts: list[list[Act]]
    calls: list[tuple[dict[str, str], dict]] = field(default_factory=list)


class Stub:
    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.doors: dict[str, Door] = {}
        ready = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self.thread.start()
        ready.wait()

    def serve(self, *scripts: list[Act]) -> Door:
        name = f"d{len(self.doors)}"
        self.doors[name] = Door(f"http://127.0.0.1:{self.port}/{name}/v1", list(scripts))
        return self.doors[name]

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self._meet, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first_byte = await reader.readexactly(1)
            if first_byte == b"\x16":  # the hello of TLS, which is not spoken here
                writer.write(b"HTTP/1.1 400 X\r\n\r\n")
                return
            head = (first_byte + await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines)
            given = dict(line.split(": ", 1) for line in lines)
            body = json.loads(await reader.readexactly(int(headers["content-length"])))
            door = self.doors[first.split("/")[1]]
            door.calls.append((given, body))
            for act in door.scripts[min(len(door.calls), len(door.scripts)) - 1]:
                await self._do(act, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the other side has left
        finally:
            writer.close()

    async def _do(self, act: Act, writer: asyncio.StreamWriter) -> None:
        if isinstance(act, bytes):
            writer.write(act)
            await writer.drain()
        elif isinstance(act, int | float):
            await asyncio.sleep(act)
        else:
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()


def head(status: int = 200, kind: str = "text/event-stream", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def data(value: object) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


class OpenAIFrames:
    """What a server of OpenAI's dialect sends."""

    def begin(self) -> bytes:
        return head()

    def piece(self, text: str | None) -> bytes:
        return data({"choices": [{"index": 0, "delta": {"content": text}}]})

    def thought(self, text: str) -> bytes:
        return data({"choices": [{"delta": {"content": "", "reasoning": text}}]})

    def end(self, reason: str = "stop", used: tuple[int, int] | None = (7, 3)) -> bytes:
        frames = data({"choices": [{"delta": {}, "finish_reason": reason}]})
        if used:
            usage = {"prompt_tokens": used[0], "completion_tokens": used[1]}
            frames += data({"choices": [], "usage": usage})
        return frames + b"data: [DONE]\n\n"

    def error(self) -> bytes:
        return data({"error": {"message": "secret words", "code": 502}})

    def refusal(self) -> bytes:
        said = {"choices": [{"delta": {"refusal": "I cannot help with that"}}]}
        return data(said) + self.end()

    def odd(self) -> bytes:
        return (
            data({"choices": []}) + data({"choices": [{"delta": None}]}) + data({"choices": None})
            + data({"choices": [None]}) + data({"choices": "x"})
        )  # fmt: skip


class AnthropicFrames:
    """What Anthropic sends."""

    def begin(self) -> bytes:
        usage = {"input_tokens": 7, "output_tokens": 1}
        return head() + self._event({"type": "message_start", "message": {"usage": usage}})

    def piece(self, text: str | None) -> bytes:
        delta = {"type": "text_delta", "text": text}
        return self._event({"type": "content_block_delta", "index": 0, "delta": delta})

    def thought(self, text: str) -> bytes:
        delta = {"type": "thinking_delta", "thinking": text}
        return self._event({"type": "content_block_delta", "index": 0, "delta": delta})

    def end(self, reason: str = "end_turn", used: tuple[int, int] | None = (7, 3)) -> bytes:
        last = {"type": "message_delta", "delta": {"stop_reason": reason}}
        if used:
            last["usage"] = {"output_tokens": used[1]}
        return self._event(last) + self._event({"type": "message_stop"})

    def error(self) -> bytes:
        error = {"type": "overloaded_error", "message": "secret words"}
        return self._event({"type": "error", "error": error})

    def refusal(self) -> bytes:
        return self.end("refusal")

    def odd(self) -> bytes:
        return (
            self._event({"type": "ping"}) + self._event({"type": "content_block_delta"})
            + self._event({"type": "content_block_delta", "delta": None}) + self._event({})
        )  # fmt: skip

    def _event(self, value: dict) -> bytes:
        return f"event: {value.get('type')}\n".encode() + data(value)
