"""Register, sign in, stay in, sign out: over the wire."""

import base64
import hmac
import json
import time
import uuid
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils import timezone

from accounts.models import Device, LoginSession, User
from accounts.services import sessions

PASSWORD = "Quiet-Morning-7"


def body(email=None, **changes):
    email = email or f"{uuid.uuid4().hex[:10]}@example.com"
    made = {"email": email, "password": PASSWORD, "device_fingerprint": uuid.uuid4().hex}
    return {**made, **changes}


def login(wire, person, **changes):
    made = body(person.email, device_fingerprint=person.fingerprint)
    return wire.send("POST", "/auth/login", {**made, **changes})


def refresh(wire, token, **headers):
    return wire.send("POST", "/auth/refresh", {"refresh_token": token}, headers=headers)


def test_register_signs_in_with_cookies_and_tokens(wire):
    reply = wire.send("POST", "/auth/register", body("Ada@EXAMPLE.com"))
    assert reply.status == 201
    answer = reply.json()
    assert answer["user"]["email"] == "Ada@example.com"
    assert answer["user_id"] == answer["user"]["id"]
    assert reply.cookies["access_token"] == answer["access_token"]
    assert set(reply.cookies) == {"access_token", "refresh_token", "csrf_token", "csrf_token_http"}
    kept = User.objects.get()
    assert PASSWORD not in kept.password


def test_browsers_are_given_tokens_in_cookies_only(wire):
    reply = wire.send("POST", "/auth/register", body(), headers={"origin": "https://solacore.app"})
    assert reply.json()["access_token"] is None
    assert reply.json()["refresh_token"] is None
    assert reply.cookies["access_token"]


def test_one_address_is_one_account_whatever_its_case(wire, ada):
    reply = wire.send("POST", "/auth/register", body(ada.email.upper()))
    assert (reply.status, reply.json()["detail"]) == (409, "EMAIL_ALREADY_EXISTS")
    assert login(wire, ada, email=ada.email.upper()).status == 200


def test_refused_registration_leaves_nothing_behind(wire, ada):
    taken = body(device_fingerprint=ada.fingerprint)
    reply = wire.send("POST", "/auth/register", taken)
    assert (reply.status, reply.code) == (400, "DEVICE_BOUND_TO_OTHER")
    assert not User.objects.filter(email=taken["email"]).exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "plain"), ("email", "a@localhost"), ("email", 5), ("email", "x" * 300 + "@example.com"),
     ("password", "Sh0rt"), ("password", "nodigitsA"), ("password", "nocapital1"),
     ("password", "Nul\x00Byte1"), ("password", "A1" + "x" * 300), ("password", None),
     ("device_fingerprint", ""), ("device_fingerprint", "f" * 256), ("device_name", "n" * 256),
     ("device_fingerprint", "a\x00b")],
)  # fmt: skip
def test_bad_fields_are_named_and_never_echoed(wire, field, value):
    reply = wire.send("POST", "/auth/register", body(**{field: value}))
    assert reply.status == 422
    assert reply.json()["detail"][0]["loc"][:2] == ["body", field]
    assert set(reply.json()["detail"][0]) == {"type", "loc", "msg"}
    if isinstance(value, str) and len(value) > 8:
        assert value.encode() not in reply.body
    assert not User.objects.exists()


def test_unknown_address_wrong_password_and_deactivated_look_the_same(wire, ada, bob):
    User.objects.filter(pk=bob.id).update(is_active=False)
    wrong = login(wire, ada, password="Wrong-Morning-7")
    unknown = login(wire, ada, email="nobody@example.com")
    inactive = login(wire, bob)
    assert wrong.status == unknown.status == inactive.status == 401
    assert wrong.body == unknown.body == inactive.body
    assert not wrong.cookies


def test_free_plan_has_one_device_and_the_limit_cannot_be_walked_around(wire, ada):
    refused = login(wire, ada, device_fingerprint="another")
    assert (refused.status, refused.code) == (403, "DEVICE_LIMIT_REACHED")
    Device.objects.create(
        user_id=ada.id, fingerprint="old", is_active=False, last_active_at=timezone.now()
    )
    assert login(wire, ada, device_fingerprint="old").status == 403  # no way round by reactivation
    assert login(wire, ada).status == 200


def test_device_of_somebody_else_is_refused(wire, ada, bob):
    refused = login(wire, ada, device_fingerprint=bob.fingerprint)
    assert (refused.status, refused.code) == (403, "DEVICE_BOUND_TO_OTHER")


def test_me_by_bearer_and_by_cookie_and_the_header_wins(wire, ada, bob):
    assert ada.send("GET", "/auth/me").json()["email"] == ada.email
    cookie = {"cookie": f"access_token={ada.reply.cookies['access_token']}"}
    assert wire.send("GET", "/auth/me", headers=cookie).json()["email"] == ada.email
    both = {**cookie, **bob.headers}
    assert wire.send("GET", "/auth/me", headers=both).json()["email"] == bob.email
    foreign = {**cookie, "authorization": "Basic abc"}
    assert wire.send("GET", "/auth/me", headers=foreign).status == 401


class TestRefresh:
    def test_every_token_is_new_and_works(self, wire, ada):
        token = ada.reply.json()["refresh_token"]
        seen = {token}
        for _ in range(5):
            reply = refresh(wire, token)
            assert reply.status == 200
            token = reply.json()["refresh_token"]
            seen.add(token)
        assert len(seen) == 6

    def test_just_rotated_token_gives_the_same_successor(self, wire, ada):
        token = ada.reply.json()["refresh_token"]
        first, second = refresh(wire, token).json(), refresh(wire, token).json()
        assert first["refresh_token"] == second["refresh_token"]
        assert LoginSession.objects.get().generation == 1

    def test_replay_after_the_grace_kills_the_family(self, wire, ada):
        token = ada.reply.json()["refresh_token"]
        successor = refresh(wire, token).json()
        later = timezone.now() - sessions.GRACE - timedelta(seconds=1)
        LoginSession.objects.update(rotated_at=later)

        assert refresh(wire, token).status == 401

        assert refresh(wire, successor["refresh_token"]).status == 401
        bearer = {"authorization": f"Bearer {successor['access_token']}"}
        assert wire.send("GET", "/auth/me", headers=bearer).code == "SESSION_REVOKED"

    def test_body_counts_beside_a_stale_cookie(self, wire, ada):
        token = ada.reply.json()["refresh_token"]
        reply = refresh(wire, token, cookie="refresh_token=stale")
        assert reply.status == 200

    def test_sign_in_ends_after_ninety_days_however_often_renewed(self, wire, ada):
        long_ago = timezone.now() - timedelta(days=89, hours=23)
        LoginSession.objects.update(created_at=long_ago)
        refresh(wire, ada.reply.json()["refresh_token"])
        assert LoginSession.objects.get().expires_at - timezone.now() < timedelta(hours=2)

    @pytest.mark.parametrize("token", ["", "x", "é", "A" * 5000, "AAAA"])
    def test_rubbish_is_refused(self, wire, token):
        assert refresh(wire, token).status == 401

    def test_nothing_is_a_clear_no(self, wire):
        reply = wire.send("POST", "/auth/refresh")
        assert (reply.status, reply.code) == (401, "MISSING_REFRESH_TOKEN")
        assert reply.json()["detail"] == {"error": "MISSING_REFRESH_TOKEN"}
        assert wire.send("POST", "/auth/refresh", {}).status == 422

    def test_access_token_is_no_refresh_token_and_the_reverse(self, wire, ada):
        answer = ada.reply.json()
        assert refresh(wire, answer["access_token"]).status == 401
        bearer = {"authorization": f"Bearer {answer['refresh_token']}"}
        assert wire.send("GET", "/auth/me", headers=bearer).code == "INVALID_TOKEN"


class TestLogout:
    def test_ends_the_sign_in_at_once(self, ada):
        reply = ada.send("POST", "/auth/logout")
        assert reply.status == 204
        assert ada.send("GET", "/auth/me").code == "SESSION_REVOKED"
        assert ada.send("POST", "/auth/logout").code == "SESSION_REVOKED"

    def test_never_401s_a_browser(self, wire, ada):
        ours = {"origin": "https://solacore.app"}
        assert wire.send("POST", "/auth/logout", headers=ours).status == 204
        stale = {**ours, "cookie": "access_token=rubbish"}
        reply = wire.send("POST", "/auth/logout", headers=stale)
        assert reply.status == 204
        assert reply.cookies["access_token"] == ""

    def test_everybody_else_is_told(self, wire):
        bearer = {"authorization": "Bearer rubbish"}
        assert wire.send("POST", "/auth/logout", headers=bearer).code == "INVALID_TOKEN"


def segment(data):
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header, payload, secret):
    """Sign whatever is given, as no library would."""
    body = f"{segment(header)}.{segment(payload)}"
    mac = hmac.digest(secret.encode(), body.encode(), "sha256")
    return f"{body}.{segment(mac)}"


def forged_tokens(claims):
    """Yield (name, token): the attacks of RFC 8725 and quality 21."""
    secret = settings.JWT_SECRET
    good = jwt.encode(claims, secret, algorithm="HS256")
    head, payload, signature = good.split(".")
    now = int(time.time())
    # The text of a token
    yield "longer signature", good + "x"
    yield "no signature", f"{head}.{payload}."
    yield "two segments", f"{head}.{payload}"
    yield "four segments", f"{good}.{signature}"
    yield "five segments (JWE)", f"{good}.{signature}.{signature}"
    yield "cut", good[:-3]
    yield "leading blank", " " + good
    yield "inner blank", f"{head}. {payload}.{signature}"
    yield "empty segments", ".."
    yield "empty header", f".{payload}.{signature}"
    yield "empty payload", f"{head}..{signature}"
    yield "swapped", f"{payload}.{head}.{signature}"
    yield "standard base64", f"{head}.{payload}.{signature[:-2]}+/"
    yield "bit flipped", f"{head}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    yield "huge", "a" * 100_000
    yield "a megabyte", good + "." + "a" * 1_000_000
    yield (
        "JSON serialization",
        json.dumps({"protected": head, "payload": payload, "signature": signature}),
    )
    yield "two tokens", f"{good},{good}"
    yield "token twice", f"{good} {good}"
    # The algorithm
    for alg in (
        "none",
        "None",
        "nOnE",
        "NONE",
        "HS384",
        "HS512",
        "RS256",
        "ES256",
        "PS256",
        "EdDSA",
        "",
        None,
        5,
        ["HS256"],
    ):
        yield f"alg {alg}", f"{segment({'alg': alg, 'typ': 'JWT'})}.{payload}.{signature}"
        yield f"alg {alg}, unsigned", f"{segment({'alg': alg, 'typ': 'JWT'})}.{payload}."
    yield "no alg", f"{segment({'typ': 'JWT'})}.{payload}.{signature}"
    yield "really HS512", jwt.encode(claims, secret * 2, algorithm="HS512")
    yield "really HS384", jwt.encode(claims, secret, algorithm="HS384")
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    yield "really RS256", jwt.encode(claims, rsa_key, algorithm="RS256")
    pem = rsa_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    yield "public key as secret", signed({"alg": "HS256", "typ": "JWT"}, claims, pem.decode())
    # The key
    for name, key in (
        ("other", "x" * 40),
        ("empty", ""),
        ("upper", secret.upper()),
        ("django's", settings.SECRET_KEY),
    ):
        yield f"{name} key", signed({"alg": "HS256", "typ": "JWT"}, claims, key)
    for extra in ({"kid": "../../dev/null"}, {"kid": "' OR 1=1 --"}, {"jku": "https://evil.example"}, {"x5u": "https://evil.example"},
                  {"jwk": {"kty": "oct", "k": segment(b"x" * 40)}}, {"x5c": ["AAAA"]}):  # fmt: skip
        yield f"header {extra}", signed({"alg": "HS256", **extra}, claims, "x" * 40)
    yield "crit", signed({"alg": "HS256", "crit": ["x"], "x": 1}, claims, secret)
    yield "b64", f"{segment({'alg': 'HS256', 'b64': False})}.{payload}.{signature}"
    # The claims, signed by us
    for key in ("exp", "sub", "type"):
        yield f"no {key}", jwt.encode({k: v for k, v in claims.items() if k != key}, secret)
    changes = [{"type": "refresh"}, {"type": None}, {"type": ["access"]}, {"exp": 1}, {"exp": now - 1}, {"exp": -1},
               {"exp": 10**18 + 0.5}, {"exp": "soon"}, {"exp": None}, {"exp": [now + 60]}, {"exp": now + 60.5}, {"sub": "nobody"},
               {"sub": str(uuid.uuid4())}, {"sub": 5}, {"sub": None}, {"sub": ""}, {"nbf": now + 999}, {"iat": now + 999},
               {"sid": str(uuid.uuid4())}]  # fmt: skip
    for change in changes:
        yield f"{change}", signed({"alg": "HS256", "typ": "JWT"}, {**claims, **change}, secret)
    yield "claims are a list", signed({"alg": "HS256"}, [claims], secret)
    yield "claims are text", signed({"alg": "HS256"}, b"access", secret)
    yield "claims are not UTF-8", signed({"alg": "HS256"}, b"\xff\xfe", secret)


def test_no_forged_token_is_accepted(wire, ada):
    claims = jwt.decode(ada.reply.json()["access_token"], options={"verify_signature": False})
    tried = 0
    for name, token in forged_tokens(claims):
        reply = wire.send("GET", "/auth/me", headers={"authorization": f"Bearer {token}"})
        assert reply.status == 401, name
        assert reply.code in ("INVALID_TOKEN", "SESSION_REVOKED"), name
        tried += 1
    assert tried >= 80


@pytest.mark.parametrize(
    "header", ["Basic {}", "Bearer{}", "Token {}", "Bearer", "Bearer  {}", "bearer\t{}"]
)
def test_other_schemes_open_nothing(wire, ada, header):
    token = ada.reply.json()["access_token"]
    reply = wire.send("GET", "/auth/me", headers={"authorization": header.format(token)})
    assert reply.status == 401


def test_token_in_the_address_is_not_looked_at(wire, ada):
    token = ada.reply.json()["access_token"]
    assert wire.send("GET", f"/auth/me?access_token={token}&token={token}").status == 401


def test_token_without_a_session_says_so(wire, ada):
    claims = jwt.decode(ada.reply.json()["access_token"], options={"verify_signature": False})
    del claims["sid"]
    token = jwt.encode(claims, settings.JWT_SECRET)
    reply = wire.send("GET", "/auth/me", headers={"authorization": f"Bearer {token}"})
    assert (reply.status, reply.code) == (401, "SESSION_NOT_FOUND")


def test_csrf_pairs_are_fresh(wire):
    replies = [wire.send("GET", "/auth/csrf") for _ in range(3)]
    tokens = {reply.json()["csrf_token"] for reply in replies}
    assert len(tokens) == 3
    assert replies[0].cookies["csrf_token"] == replies[0].cookies["csrf_token_http"]
