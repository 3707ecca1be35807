"""The language models' two dialects and their faults, against a real local server."""

import asyncio
import json
from contextlib import aclosing, asynccontextmanager

import pytest
from aiohttp import web

from solacore.kit import outbound
from solacore.kit.llm.anthropic import Anthropic
from solacore.kit.llm.base import Ask, ProviderUnavailable, Turn
from solacore.kit.llm.fake import FakeProvider
from solacore.kit.llm.openai import OpenAI
from solacore.kit.llm.patient import Patient

ASK = Ask(
    system="You are kind.",
    turns=(Turn("user", "hi"), Turn("user", "I am stuck"), Turn("assistant", "Tell me."),
           Turn("user", "It is my job")),
)  # fmt: skip


class LastResort(FakeProvider):
    def notice(self, language: str) -> str:
        return "(simpler) "


@asynccontextmanager
async def served(handler):
    app = web.Application()
    app.router.add_post("/{tail:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        await outbound.close()
        await runner.cleanup()


async def collect(provider, ask=ASK):
    pieces = []
    async with aclosing(provider.stream(ask)) as stream:
        async for piece in stream:
            pieces.append(piece)
    return [piece for piece in pieces if isinstance(piece, str)]


def openai(url, **options):
    return OpenAI(
        "openai", url, "sk-secret", model="m", max_tokens=10, **{"timeout": 2.0, **options}
    )


def anthropic(url):
    return Anthropic(url, "sk-secret", model="m", max_tokens=10, timeout=2.0)


def patient(*providers, **deadlines):
    return Patient(
        providers,
        LastResort("offline answer"),
        **{"first_piece": 1.0, "total": 5.0, "max_characters": 1000, **deadlines},
    )


def stream_of(*lines: bytes, cut: bool = False, status: int = 200, kind="text/event-stream"):
    seen = []

    async def handler(request):
        seen.append((request.path, dict(request.headers), await request.json()))
        response = web.StreamResponse(status=status, headers={"Content-Type": kind})
        await response.prepare(request)
        for line in lines:
            await response.write(line)
            await asyncio.sleep(0)
        if cut:
            request.transport.close()
        return response

    handler.seen = seen
    return handler


def delta(text, finish=None):
    data = {"choices": [{"delta": {"content": text}, "finish_reason": finish}]}
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


def test_openai_dialect():
    handler = stream_of(
        b": comment\r\n\r\n", delta(""), delta("你"), delta("好"), b'data: {"choices": []}\n\n',
        b'data: {"choices": [{"delta": null}]}\n\n', delta("", "stop"), b"data: [DONE]\n\n",
        delta("after the end"),
    )  # fmt: skip

    async def run():
        async with served(handler) as url:
            return await collect(openai(url))

    assert asyncio.run(run()) == ["你", "好"]
    path, headers, body = handler.seen[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer sk-secret"
    assert [m["role"] for m in body["messages"]] == ["system", "user", "user", "assistant", "user"]
    assert body["stream"] is True
    assert not {"user", "metadata", "store"} & set(body)


def test_pieces_survive_any_split_of_the_bytes():
    whole = delta("今天很难受 😔") + b"data: [DONE]\n\n"
    handler = stream_of(*[whole[i : i + 1] for i in range(len(whole))])

    async def run():
        async with served(handler) as url:
            return await collect(openai(url))

    assert asyncio.run(run()) == ["今天很难受 😔"]


def test_anthropic_dialect_alternates_turns():
    def event(data):
        return f"event: x\ndata: {json.dumps(data)}\n\n".encode()

    handler = stream_of(
        event({"type": "message_start"}), event({"type": "ping"}),
        event({"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hi"}}),
        event({"type": "message_stop"}),
    )  # fmt: skip

    async def run():
        async with served(handler) as url:
            return await collect(anthropic(url))

    assert asyncio.run(run()) == ["Hi"]
    path, headers, body = handler.seen[0]
    assert path == "/v1/messages"
    assert headers["anthropic-version"] == "2023-06-01"
    assert [m["role"] for m in body["messages"]] == ["user", "assistant", "user"]
    assert body["system"] == "You are kind."


FAULTS = {
    "cut": stream_of(delta("Half "), cut=True),
    "no_end": stream_of(delta("Half ")),
    "error_object": stream_of(delta("Half "), b'data: {"error": {"message": "overloaded"}}\n\n'),
    "malformed": stream_of(delta("Half "), b"data: {oops\n\n"),
    "a_list": stream_of(delta("Half "), b"data: []\n\n"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_broken_stream_is_never_taken_for_whole_nor_asked_again(fault):
    handler = FAULTS[fault]
    handler.seen.clear()

    async def run():
        async with served(handler) as url:
            pieces = []
            with pytest.raises(ProviderUnavailable) as raised:
                async with aclosing(patient(openai(url)).stream(ASK)) as stream:
                    async for piece in stream:
                        pieces.append(piece)
            return pieces, str(raised.value)

    pieces, words = asyncio.run(run())
    assert [piece for piece in pieces if isinstance(piece, str)] == ["Half "]
    assert len(handler.seen) == 1
    assert "Half" not in words
    assert "secret" not in words


@pytest.mark.parametrize(
    ("status", "tries"), [(401, 1), (403, 1), (404, 1), (422, 1), (302, 1), (429, 3), (500, 3),
                          (503, 3), (529, 3)],
)  # fmt: skip
def test_refusing_provider_is_asked_again_only_when_it_helps_then_the_next(status, tries):
    refusing = stream_of(status=status)
    answering = stream_of(delta("second ", "stop"), b"data: [DONE]\n\n")

    async def run():
        async with served(refusing) as one, served(answering) as two:
            return await collect(patient(openai(one), openai(two)))

    assert asyncio.run(run()) == ["second "]
    assert len(refusing.seen) == tries


@pytest.mark.parametrize(
    "handler",
    [stream_of(), stream_of(delta("  \n", "stop"), b"data: [DONE]\n\n"),
     stream_of(b"<html>", kind="text/html")],
    ids=["nothing", "blank", "html"],
)  # fmt: skip
def test_empty_answer_is_no_answer(handler):
    async def run():
        async with served(handler) as url:
            return await collect(patient(openai(url)))

    assert asyncio.run(run()) == ["(simpler) ", "offline answer"]


def test_nobody_there_gives_the_offline_coach_who_says_so():
    async def run():
        pieces = await collect(patient(openai("http://127.0.0.1:9/v1")))
        await outbound.close()
        return pieces

    assert asyncio.run(run()) == ["(simpler) ", "offline answer"]


def test_silence_before_the_first_piece_hands_over():
    silent = FakeProvider("too late", pause=5)

    async def run():
        return await collect(patient(silent, FakeProvider("quick"), first_piece=0.05))

    assert asyncio.run(run()) == ["quick"]


def test_slow_drip_is_ended_by_the_total_deadline():
    async def run():
        await collect(patient(FakeProvider(*["drip"] * 100, pause=0.05), total=0.3))

    with pytest.raises(ProviderUnavailable, match="too long"):
        asyncio.run(run())
