"""Drives one address from a process of its own: N keep-alive connections, raw sockets.

    python bench/drive.py HOST PORT METHOD PATH CONCURRENCY SECONDS [HEADER: VALUE …]

Prints JSON: requests per second, p50 and p99 in milliseconds, answers that were not 2xx.
"""

import asyncio
import json
import sys
import time


async def worker(host: str, port: int, request: bytes, until: float, seen: list[float]) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    failed = 0
    while time.perf_counter() < until:
        started = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        seen.append(time.perf_counter() - started)
        failed += head[9:10] != b"2"
    writer.close()
    return failed


async def main(arguments: list[str]) -> None:
    host, port, method, path, concurrency, seconds, *headers = arguments
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}:{port}", *headers]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    seen: list[float] = []
    started = time.perf_counter()
    until = started + float(seconds)
    failed = await asyncio.gather(
        *(worker(host, int(port), request, until, seen) for _ in range(int(concurrency)))
    )
    taken = time.perf_counter() - started
    seen.sort()
    print(
        json.dumps(
            {
                "rps": len(seen) / taken,
                "p50": 1000 * seen[len(seen) // 2],
                "p99": 1000 * seen[int(len(seen) * 0.99)],
                "failed": sum(failed),
            }
        )
    )


if __name__ == "__main__":
    try:
        import uvloop

        uvloop.run(main(sys.argv[1:]))
    except ImportError:
        asyncio.run(main(sys.argv[1:]))
