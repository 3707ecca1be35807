"""N answers at once, from a stub model over HTTP, with persistence and Redis.

    python bench/streams.py [50 200 500] [--stub ../shared/wire/stub_llm.py]

Sixty tokens 20 ms apart: 1.20 s is the ideal. Prints first token and all done, p50 / p99.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import httpx
from house import ROOT, Server, free_port, house, sign_up, wait_for

TOKENS, DELAY_MS = 60, 20


def shared_stub() -> Path:
    """Return the stub model, which stands beside the checkout or, of a worktree, further up."""
    stub = Path("shared", "wire", "stub_llm.py")
    return next((up / stub for up in ROOT.parents if (up / stub).exists()), ROOT.parent / stub)


def prepare(server: Server, count: int) -> list[tuple[str, dict[str, str]]]:
    """Open ``count`` sessions of a few people."""
    found = []
    while len(found) < count:
        _, headers = sign_up(server)
        named = dict(line.split(": ", 1) for line in headers)
        with httpx.Client(base_url=server.url, headers=named, trust_env=False) as client:
            for _ in range(min(50, count - len(found))):
                found.append((client.post("/sessions").json()["session_id"], named))
    return found


async def one(http: aiohttp.ClientSession, url: str, session: str, headers: dict) -> tuple:
    started = time.perf_counter()
    first = None
    body = {"content": "I feel stuck at work and I am tired", "step": "receive"}
    ended = b""
    try:
        async with http.post(
            f"{url}/sessions/{session}/messages", json=body, headers=headers
        ) as answer:
            if answer.status != 200:
                return None, None, False
            async for piece in answer.content.iter_any():
                first = first or time.perf_counter() - started
                ended = (ended + piece)[-400:]
    except aiohttp.ClientError:
        return None, None, False
    return first, time.perf_counter() - started, b"event: done" in ended and b"error" not in ended


async def burst(server: Server, sessions: list) -> list[tuple]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(
        connector=connector, timeout=aiohttp.ClientTimeout(60)
    ) as http:
        return await asyncio.gather(*(one(http, server.url, s, h) for s, h in sessions))


def at(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("counts", type=int, nargs="*", default=[50, 200, 500])
    parser.add_argument("--stub", default=str(shared_stub()))
    options = parser.parse_args()
    port = str(free_port())
    env = {
        **os.environ,
        "STUB_PORT": port,
        "STUB_TOKENS": str(TOKENS),
        "STUB_DELAY_MS": str(DELAY_MS),
    }
    stub = subprocess.Popen([sys.executable, options.stub], env=env, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/v1/models")
        model = {"OPENAI_API_KEY": "stub", "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1"}
        with house(**model) as server:
            print(f"idle RSS {server.rss():.0f} MB, start {server.started_in:.1f} s\n")
            print(
                "| streams | first token p50 / p99 s | all done p50 / p99 s | errors | CPU per token | RSS |"
            )
            print("|---|---|---|---|---|---|")
            for count in options.counts:
                sessions = prepare(server, count)
                before = server.cpu()
                results = asyncio.run(burst(server, sessions))
                time.sleep(0.5)
                spent = 1e6 * (server.cpu() - before) / (count * TOKENS)
                good = [r for r in results if r[2]]
                firsts, alls = [r[0] for r in good], [r[1] for r in good]
                print(
                    f"| {count} | {at(firsts, 0.5):.2f} / {at(firsts, 0.99):.2f} | {at(alls, 0.5):.2f} / "
                    f"{at(alls, 0.99):.2f} | {count - len(good)} | {spent:.0f} µs | {server.rss():.0f} MB |"
                )
    finally:
        stub.terminate()
    with house(LLM_PROVIDER="offline", OFFLINE_PAUSE="0") as server:
        firsts = []
        for session, headers in prepare(server, 20):
            firsts += [asyncio.run(burst(server, [(session, headers)]))[0][0]]
        print(
            f"\nfirst frame with an instant provider: {1000 * at(firsts, 0.5):.0f} ms (median of 20)"
        )


if __name__ == "__main__":
    main()
