"""Me, list, detail, create, live: ours against the limit, interleaved rounds, medians.

python bench/run.py [--seconds 3] [--rounds 3]
"""

import argparse
import json
import statistics
import subprocess
import sys
from datetime import date
from pathlib import Path

import django
import httpx
from house import ROOT, free_port, house, sign_up, wait_for

CONCURRENCY = 32
HERE = Path(__file__).parent


def drive(port: int, method: str, path: str, seconds: float, headers: list[str]) -> dict:
    arguments = ["127.0.0.1", port, method, path, CONCURRENCY, seconds, *headers]
    command = [sys.executable, str(HERE / "drive.py"), *map(str, arguments)]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with house(LLM_PROVIDER="offline", OFFLINE_PAUSE="0") as ours:
        user, headers = sign_up(ours)
        named = dict(line.split(": ", 1) for line in headers)
        with httpx.Client(base_url=ours.url, headers=named, trust_env=False) as client:
            sessions = [client.post("/sessions").json()["session_id"] for _ in range(50)]
            for text in ("I feel stuck at work", "My boss never listens", "It began in March"):
                client.post(
                    f"/sessions/{sessions[0]}/messages", json={"content": text, "step": "receive"}
                )
        _, creator = sign_up(ours)
        port = free_port()
        env = {**ours.env, "USER_ID": user, "SESSION_ID": sessions[0]}
        limit = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "limit:app", "--port", str(port), "--loop", "uvloop",
             "--http", "httptools", "--log-level", "error", "--no-access-log"],
            cwd=HERE, env=env,
        )  # fmt: skip
        rows = [
            ("GET /auth/me", "GET", "/auth/me", headers, 0.30),
            ("GET /sessions (20 of 50)", "GET", "/sessions", headers, 0.35),
            ("GET /sessions/{id}, 6 messages", "GET", f"/sessions/{sessions[0]}?include_messages=true", headers, 0.35),
            ("POST /sessions", "POST", "/sessions", creator, 0.55),
            ("GET /health/live", "GET", "/health/live", [], 0.30),
        ]  # fmt: skip
        try:
            wait_for(f"http://127.0.0.1:{port}/health/live")
            print(
                f"\n{date.today()}, Python {sys.version.split()[0]}, Django {django.__version__},"
            )
            print(
                f"concurrency {CONCURRENCY}, {options.rounds} rounds of {options.seconds} s, one worker each\n"
            )
            print("| Row | ours, requests/s | p50 / p99 ms | limit | of the limit | asked |")
            print("|---|---|---|---|---|---|")
            for name, method, path, sent, asked in rows:
                mine, bare = [], []
                for _ in range(options.rounds):
                    mine.append(drive(ours.port, method, path, options.seconds, sent))
                    bare.append(drive(port, method, path, options.seconds, sent))
                assert not sum(round["failed"] for round in mine), (
                    f"{name}: not every answer was 2xx"
                )
                a, b = (statistics.median(r["rps"] for r in side) for side in (mine, bare))
                p50, p99 = (statistics.median(r[p] for r in mine) for p in ("p50", "p99"))
                print(
                    f"| `{name}` | {a:,.0f} | {p50:.1f} / {p99:.1f} | {b:,.0f} | {a / b:.2f} | {asked:.2f} |"
                )
            print(
                f"\nRSS after the run {ours.rss():.0f} MB, start to /health/live {ours.started_in:.1f} s ({ROOT.name})"
            )
        finally:
            limit.terminate()
            limit.wait(10)


if __name__ == "__main__":
    main()
