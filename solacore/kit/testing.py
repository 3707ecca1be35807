"""The whole house, from ordinary sync tests: the real gate, routing, streams and PostgreSQL.

One event loop runs in the test's own thread, and ``DB_THREADS=0`` runs queries where they are
asked, so everything a request does stays inside the test's transaction.
"""

import asyncio
import json as jsonlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from solacore.kit.gate import App
from solacore.kit.http import to_json
from solacore.kit.replies import producer

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """One event of a stream as a client reads it."""

    name: str
    data: dict[str, Any]
    id: str | None = None


@dataclass(slots=True)
class Reply:
    """What came back: a JSON answer, or the frames of a stream."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def json(self) -> Any:
        return jsonlib.loads(self.body)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def code(self) -> str:
        found: str = self.json()["error"]
        return found

    @property
    def cookies(self) -> dict[str, str]:
        found = {}
        for key, value in self.headers:
            if key == "set-cookie":
                name, _, rest = value.partition("=")
                found[name] = rest.partition(";")[0].strip('"')
        return found

    @property
    def events(self) -> list[Frame]:
        found = []
        for block in self.body.decode().split("\n\n"):
            lines = [line for line in block.split("\n") if line and not line.startswith(":")]
            if lines:
                parts = dict(line.split(": ", 1) for line in lines)
                found.append(Frame(parts["event"], jsonlib.loads(parts["data"]), parts.get("id")))
        return found

    @property
    def text(self) -> str:
        return "".join(event.data["content"] for event in self.events if event.name == "token")


class WireClient:
    """Sends exchanges through the whole application."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.loop = asyncio.new_event_loop()

    def send(
        self,
        method: str,
        path: str,
        json: object = None,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        hang_up_after: int | None = None,
        client: str = "127.0.0.1",
    ) -> Reply:
        """Send one exchange; with ``hang_up_after`` leave after that many frames."""
        sent = dict(headers or {})
        if json is not None:
            body = to_json(json)
            sent.setdefault("content-type", "application/json")
        return self.loop.run_until_complete(
            self._exchange(method, path, body or b"", sent, hang_up_after, client)
        )

    async def _exchange(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        hang_up_after: int | None,
        client: str,
    ) -> Reply:
        reply, gone = Reply(), asyncio.Event()
        given = False

        async def receive() -> Message:
            nonlocal given
            if not given:
                given = True
                return {"type": "http.request", "body": body, "more_body": False}
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if gone.is_set():
                return
            if message["type"] == "http.response.start":
                reply.status = message["status"]
                reply.headers = [
                    (k.decode().lower(), v.decode("latin-1")) for k, v in message["headers"]
                ]
                return
            reply.body += message.get("body", b"")
            if hang_up_after is not None and len(reply.events) >= hang_up_after:
                gone.set()
            await asyncio.sleep(0)

        raw_path, _, query = path.partition("?")
        named = {"host": "localhost", **{k.lower(): v for k, v in headers.items()}}
        if body:
            named.setdefault("content-length", str(len(body)))
        scope: Message = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": raw_path,
            "raw_path": raw_path.encode(),
            "query_string": query.encode(),
            "headers": [(k.encode("latin-1"), v.encode("latin-1")) for k, v in named.items()],
            "client": (client, 50000),
            "server": ("localhost", 80),
        }
        await self.app(scope, receive, send)
        return reply

    def settle(self, seconds: float = 5.0) -> None:
        """Wait until no answer is being produced any more."""

        async def settled() -> None:
            async with asyncio.timeout(seconds):
                while producer.running:  # noqa: ASYNC110 (nobody would set an event)
                    await asyncio.sleep(0.01)

        self.loop.run_until_complete(settled())

    def close(self) -> None:
        """End what still runs, and the loop."""

        async def end() -> None:
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        self.loop.run_until_complete(end())
        self.loop.close()


@dataclass
class Person:
    """Somebody signed in on one device, by bearer token."""

    wire: WireClient
    email: str
    password: str
    fingerprint: str
    reply: Reply

    @property
    def id(self) -> UUID:
        return UUID(self.reply.json()["user_id"])

    @property
    def headers(self) -> dict[str, str]:
        token = self.reply.json()["access_token"]
        return {"authorization": f"Bearer {token}", "x-device-fingerprint": self.fingerprint}

    def send(self, method: str, path: str, json: object = None, **options: Any) -> Reply:
        headers = {**self.headers, **options.pop("headers", {})}
        return self.wire.send(method, path, json, headers=headers, **options)

    def open_session(self, **body: Any) -> str:
        reply = self.send("POST", "/sessions", body or None)
        assert reply.status == 201, reply.body  # noqa: S101 (this is the tests' own tool)
        session_id: str = reply.json()["session_id"]
        return session_id

    def say(self, session_id: str, text: str, **options: Any) -> Reply:
        body = {"content": text, "step": "receive"}
        return self.send("POST", f"/sessions/{session_id}/messages", body, **options)

    def read(self, session_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.send(
            "GET", f"/sessions/{session_id}?include_messages=true"
        ).json()
        return found
