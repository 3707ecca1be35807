"""The answer log between processes: followed through SQL alone, and through Redis."""

import asyncio
import time
import uuid

import pytest

from solacore.kit import answerlog
from solacore.kit.answerlog import AnswerLog, Channel
from solacore.kit.redis import SoftRedis
from solacore.kit.threads import in_thread
from solve.models import Message


async def read(log, answer, after=0):
    return [event async for event in log.tail(answer, after=after)]


def text_of(events):
    return "".join(e.data["content"] for e in events if e.name == "token")


@pytest.fixture
def running(ada, say_words):
    """An answer that "another process" is producing."""
    say_words("x")
    session_id = ada.open_session()
    ada.say(session_id, "I feel stuck")
    answer = Message.objects.get(session_id=session_id, role="assistant")
    Message.objects.filter(pk=answer.pk).update(
        state="streaming", content="", lease_until="2100-01-01T00:00Z"
    )
    answer.refresh_from_db()
    return answer


def test_slow_reader_is_given_more_at_a_time_and_makes_no_queue():
    async def run():
        channel = Channel()
        view = channel.view(0)
        channel.append("a")
        first = await anext(view)
        for _ in range(1000):
            channel.append("b")
        second = await anext(view)
        await view.aclose()
        return first, second

    first, second = asyncio.run(run())
    assert (first.data["content"], first.id) == ("a", "1")
    assert (len(second.data["content"]), second.id) == (1000, "1001")


def test_silence_is_filled_with_heartbeats(monkeypatch):
    monkeypatch.setattr(answerlog, "HEARTBEAT_SECONDS", 0.01)

    async def run():
        view = Channel().view(0)
        beat = await anext(view)
        await view.aclose()
        return beat.encode()

    assert asyncio.run(run()) == b": keep-alive\n\n"


def test_other_process_follows_through_sql_alone(wire, running, monkeypatch):
    monkeypatch.setattr(answerlog, "POLL_SECONDS", 0.05)
    log = AnswerLog(SoftRedis(""))
    row = Message.objects.filter(pk=running.pk)

    async def run():
        reading = asyncio.create_task(read(log, running))
        await asyncio.sleep(0.1)
        await in_thread(row.update)(content="Half of ")
        await asyncio.sleep(0.2)
        await in_thread(row.update)(
            content="Half of it.", state="complete", lease_until=None, closing=[["done", {"a": 1}]]
        )
        events = await reading
        await log.close()
        return events

    events = wire.loop.run_until_complete(run())
    assert text_of(events) == "Half of it."
    assert events[-1].data == {"a": 1}
    assert log.mirrors == {}


def test_producer_that_died_is_noticed_by_its_viewer(wire, running, monkeypatch):
    monkeypatch.setattr(answerlog, "POLL_SECONDS", 0.05)
    log = AnswerLog(SoftRedis(""))
    closing = [["error", {"error": "STREAM_ERROR"}], ["done", {"next_step": "receive"}]]
    Message.objects.filter(pk=running.pk).update(
        content="Last words", lease_until="2001-01-01T00:00Z", closing=closing
    )

    async def run():
        events = await read(log, running)
        await log.close()
        return events

    events = wire.loop.run_until_complete(run())
    assert text_of(events) == "Last words"
    assert [e.name for e in events[1:]] == ["error", "done"]
    running.refresh_from_db()
    assert running.state == "interrupted"


def test_other_process_follows_through_redis_within_a_moment(wire, running, valkey):
    here, there = AnswerLog(SoftRedis(valkey)), AnswerLog(SoftRedis(valkey))

    async def run():
        channel = here.open(running.pk)
        reading = asyncio.create_task(read(there, running))
        for word in ("One ", "two ", "three."):
            channel.append(word)
            await here.publish({running.pk: channel})
            await asyncio.sleep(0.05)
        channel.close([["done", {"next_step": "clarify"}]])
        await here.publish({running.pk: channel})
        started = time.monotonic()
        events = await reading
        waited = time.monotonic() - started
        await here.close()
        await there.close()
        return events, waited

    events, waited = wire.loop.run_until_complete(run())
    assert text_of(events) == "One two three."
    assert events[-1].data == {"next_step": "clarify"}
    assert waited < 0.8  # SQL alone would know nothing at all: the row still says "streaming"


def test_redis_that_is_away_costs_little_and_loses_nothing():
    soft = SoftRedis("redis://127.0.0.1:9/0")

    async def run():
        log = AnswerLog(soft)
        channel = log.open(uuid.uuid4())
        channel.append("kept here")
        started = time.monotonic()
        for _ in range(200):
            await log.publish({uuid.uuid4(): channel})
        await log.close()
        return time.monotonic() - started, channel

    seconds, channel = asyncio.run(run())
    assert seconds < 1
    assert channel.flushed == 0
