"""Google and Apple: whose word counts, and whose account it opens."""

import time
import uuid

import jwt
import pytest

from accounts.models import Device, Identity, LoginSession, User
from accounts.outside import oidc
from accounts.tests.conftest import EC_KEY, IOS, STRANGERS_KEY, WEB
from solacore.kit import outbound

PASSWORD = "Quiet-Morning-7"


@pytest.fixture
def enter(wire, issuer):
    def enter(path="google", token=None, fingerprint=None, **extra):
        body = {
            "id_token": token or issuer.token(),
            "device_fingerprint": fingerprint or uuid.uuid4().hex,
            **extra,
        }
        return wire.send("POST", f"/auth/oauth/{path}", body)

    yield enter
    wire.loop.run_until_complete(outbound.close())


def me(wire, reply):
    bearer = {"authorization": f"Bearer {reply.json()['access_token']}"}
    return wire.send("GET", "/auth/me", headers=bearer)


def test_new_person_gets_an_account_and_comes_back_to_it(wire, issuer, enter):
    first = enter(token=issuer.token(sub="s1", email="Eve@Example.com"), fingerprint="f1")
    assert first.status == 200
    assert first.json()["user"]["auth_provider"] == "google"
    assert set(first.cookies) == {"access_token", "refresh_token", "csrf_token", "csrf_token_http"}
    assert me(wire, first).json()["email"] == "Eve@example.com"
    # Her address may change at Google; she is who she is.
    again = enter(token=issuer.token(sub="s1", email="new@example.com"), fingerprint="f1")
    assert again.json()["user_id"] == first.json()["user_id"]
    user = User.objects.get(pk=first.json()["user_id"])
    assert user.email_verified_at is not None
    assert not user.has_usable_password()


def test_ios_client_id_counts_and_es256_too(issuer, enter):
    assert enter(token=issuer.token(aud=IOS, azp=IOS)).status == 200
    assert enter(token=issuer.token(key=EC_KEY, kid="two", alg="ES256")).status == 200


def test_same_subject_at_google_and_apple_is_two_people(issuer, enter):
    google = enter(token=issuer.token(sub="same"))
    apple = enter("apple", token=issuer.apple_token(sub="same"))
    assert google.json()["user_id"] != apple.json()["user_id"]
    assert apple.json()["user"]["auth_provider"] == "apple"


def test_apple_says_true_as_a_string_and_leaves_the_address_out_later(issuer, enter):
    first = enter("apple", issuer.apple_token(sub="a", email_verified="true"), "f")
    later = enter("apple", issuer.apple_token(sub="a", drop=["email", "email_verified"]), "f")
    assert later.status == 200
    assert later.json()["user_id"] == first.json()["user_id"]
    unknown = enter("apple", issuer.apple_token(drop=["email", "email_verified"]))
    assert (unknown.status, unknown.json()["detail"]) == (400, "OAUTH_ACCOUNT_NOT_LINKED")


def bad_tokens(issuer):
    now = int(time.time())
    yield "aud", issuer.token(aud="somebody.else")
    yield "azp", issuer.token(azp="somebody.else")
    yield "expired", issuer.token(exp=now - 120)
    yield "no exp", issuer.token(drop=["exp"])
    yield "no iat", issuer.token(drop=["iat"])
    yield "no sub", issuer.token(drop=["sub"])
    yield "empty sub", issuer.token(sub="")
    yield "nul sub", issuer.token(sub="a\x00b")
    yield "long sub", issuer.token(sub="s" * 256)
    yield "not yet", issuer.token(nbf=now + 600)
    yield "iat ahead", issuer.token(iat=now + 600)
    yield "stranger", issuer.token(key=STRANGERS_KEY)
    yield "unknown kid", issuer.token(kid="three")
    yield "unsigned", jwt.encode({"sub": "x", "aud": WEB}, None, algorithm="none")
    yield "hmac", jwt.encode({"sub": "x"}, "s" * 40, headers={"kid": "one"})
    yield "confused", issuer.token(alg="RS256", kid="two")
    yield "rubbish", "x.y.z"
    yield "huge", "a" * 9000
    yield "email", issuer.token(email="no address")


def test_every_token_that_is_not_for_us_is_refused(issuer, enter):
    for what, token in bad_tokens(issuer):
        reply = enter(token=token)
        assert (reply.status in (401, 422), reply.status) == (True, reply.status), what
        if reply.status == 401:
            assert reply.json()["detail"] == "INVALID_TOKEN", what
        assert not reply.cookies, what
    assert User.objects.count() == 0


def test_foreign_issuer_and_unconfirmed_address_are_named(issuer, enter):
    foreign = enter(token=issuer.token(iss="https://evil.example"))
    assert (foreign.status, foreign.json()["detail"]) == (400, "INVALID_TOKEN_ISSUER")
    at_apple = enter("apple", issuer.apple_token(iss="https://evil.example"))
    assert (at_apple.status, at_apple.json()["detail"]) == (401, "INVALID_TOKEN")
    for claims in (
        {"email_verified": False},
        {"email_verified": "false"},
        {"drop": ["email_verified"]},
    ):
        reply = enter(token=issuer.token(**claims))
        assert (reply.status, reply.json()["detail"]) == (400, "EMAIL_NOT_VERIFIED")


def test_nonce_must_be_the_tokens_own_and_counts_once(issuer, enter):
    token = issuer.token(nonce="n1", sub="s")
    assert enter(token=token, nonce="other").status == 401
    assert enter(token=token, nonce="n1", fingerprint="f").status == 200
    assert enter(token=token, nonce="n1", fingerprint="f").status == 401
    assert enter(token=issuer.token(), nonce="n1").status == 401  # a token without one


def test_new_key_is_fetched_once_a_minute_and_old_ones_serve_while_google_is_down(issuer, enter):
    assert enter().status == 200
    assert issuer.fetches == 1
    issuer.publish("three", STRANGERS_KEY)
    rotated = issuer.token(key=STRANGERS_KEY, kid="three")
    assert enter(token=rotated).status == 401  # asked a moment ago
    keys = oidc.google().keys
    keys._tried -= oidc.REFETCH_SECONDS
    assert enter(token=rotated).status == 200
    assert issuer.fetches == 2
    issuer.down = True
    keys._tried = keys._fetched = float("-inf")
    assert enter().status == 200
    assert issuer.fetches == 3


def test_google_away_from_the_start_is_503_and_others_still_enter(wire, issuer, enter, ada):
    issuer.down = True
    reply = enter()
    assert (reply.status, reply.header("retry-after")) == (503, "60")
    assert ada.send("GET", "/auth/me").status == 200


class TestPreHijack:
    """Five ways to wait in an account for its victim (Sudhodanan & Paverd, 2022)."""

    def hijacked(self, issuer, enter, ada):
        return enter(token=issuer.token(sub="victim", email=ada.email), fingerprint="victims")

    def test_password_sign_ins_and_devices_of_whoever_made_it_die(
        self, wire, issuer, enter, ada, mailoutbox
    ):
        ada.open_session()
        victim = self.hijacked(issuer, enter, ada)
        assert victim.status == 200
        assert victim.json()["user_id"] == str(ada.id)  # nothing of hers is lost
        assert ada.send("GET", "/auth/me").code == "SESSION_REVOKED"
        assert (
            wire.send(
                "POST", "/auth/refresh", {"refresh_token": ada.reply.json()["refresh_token"]}
            ).status
            == 401
        )
        body = {"email": ada.email, "password": ada.password, "device_fingerprint": ada.fingerprint}
        assert wire.send("POST", "/auth/login", body).status == 401
        assert [d.fingerprint for d in Device.objects.filter(user_id=ada.id)] == ["victims"]
        assert "Google" in mailoutbox[-1].subject

    def test_links_mailed_before_are_dead(self, wire, issuer, enter, ada, mailoutbox):
        wire.send("POST", "/auth/forgot-password", {"email": ada.email})
        token = mailoutbox[-1].body.split("token=")[1].split()[0]
        self.hijacked(issuer, enter, ada)
        body = {"token": token, "new_password": "Other-Morning-8"}
        assert wire.send("POST", "/auth/reset-password", body).code == "INVALID_OR_EXPIRED_TOKEN"

    def test_confirmed_account_is_linked_and_keeps_its_password(self, wire, issuer, enter, ada):
        User.objects.filter(pk=ada.id).update(email_verified_at="2026-01-01T00:00Z")
        reply = enter(token=issuer.token(email=ada.email.upper()), fingerprint=ada.fingerprint)
        assert reply.json()["user_id"] == str(ada.id)
        assert ada.send("GET", "/auth/me").status == 200
        assert Identity.objects.get(user_id=ada.id).provider == "google"

    def test_provider_that_has_not_confirmed_the_address_opens_nothing(self, issuer, enter, ada):
        reply = enter(token=issuer.token(email=ada.email, email_verified=False))
        assert reply.status == 400
        assert ada.send("GET", "/auth/me").status == 200
        assert not Identity.objects.exists()

    def test_deactivated_account_stays_shut(self, issuer, enter, ada):
        User.objects.filter(pk=ada.id).update(is_active=False)
        assert self.hijacked(issuer, enter, ada).code == "INVALID_TOKEN"
        assert not LoginSession.objects.filter(device__fingerprint="victims").exists()


class TestCode:
    @pytest.fixture
    def code(self, wire, issuer):
        def code(code, **extra):
            query = "&".join(f"{k}={v}" for k, v in {"code": code, **extra}.items())
            return wire.send("POST", f"/auth/oauth/google/code?{query}")

        yield code
        wire.loop.run_until_complete(outbound.close())

    def test_is_exchanged_with_the_pages_own_redirect(self, issuer, code, settings):
        issuer.codes["abcdefghij"] = issuer.token(sub="s")
        reply = code("abcdefghij")
        assert reply.status == 200
        assert issuer.forms[0]["redirect_uri"] == f"{settings.FRONTEND_URL}/callback"
        assert issuer.forms[0]["client_id"] == WEB
        device = Device.objects.get()
        assert (device.fingerprint, device.name) == ("web-abcdefgh", "Web Browser")

    def test_used_twice_is_refused_without_googles_words(self, issuer, code):
        issuer.codes["c1"] = issuer.token()
        assert code("c1", device_fingerprint="f").status == 200
        again = code("c1", device_fingerprint="f")
        assert (again.status, again.json()["detail"]) == (401, "GOOGLE_CODE_EXCHANGE_FAILED")
        assert b"private words" not in again.body

    def test_bad_token_in_exchange_is_named(self, issuer, code):
        issuer.codes["c1"] = issuer.token(aud="somebody.else")
        assert code("c1").json()["detail"] == "GOOGLE_TOKEN_INVALID"

    def test_google_away_is_503(self, issuer, code):
        issuer.down = True
        assert code("c1").status == 503

    def test_without_a_secret_it_is_not_set_up(self, issuer, code, settings):
        settings.GOOGLE_CLIENT_SECRET = ""
        assert code("c1").json()["detail"] == "GOOGLE_CLIENT_SECRET_NOT_CONFIGURED"

    def test_needs_a_code(self, wire):
        reply = wire.send("POST", "/auth/oauth/google/code")
        assert reply.status == 422
        assert reply.json()["detail"][0]["loc"][-1] == "code"


def test_device_rules_hold_for_google_too(issuer, enter, ada, mailoutbox):
    taken = enter(token=issuer.token(), fingerprint=ada.fingerprint)
    assert (taken.status, taken.code) == (403, "DEVICE_BOUND_TO_OTHER")
    assert User.objects.count() == 1  # nothing is left behind
    assert enter(token=issuer.token(sub="s"), fingerprint="f1").status == 200
    mailoutbox.clear()
    full = enter(token=issuer.token(sub="s"), fingerprint="f2")
    assert (full.status, full.code) == (403, "DEVICE_LIMIT_REACHED")
    assert "/mail/free-device?token=" in mailoutbox[0].body
