"""What holds for every exchange, for JSON and streams alike."""

import logging

import pytest

OURS = "https://solacore.app"
BOTH_HALVES = ["/sessions", "/sessions/00000000-0000-0000-0000-000000000000/messages"]


@pytest.mark.parametrize("path", ["/auth/me", "/no/such/path", "/health/live", "/"])
def test_every_answer_has_an_id_and_the_security_headers(wire, path):
    reply = wire.send("GET", path)
    assert len(reply.header("x-request-id")) == 32
    assert reply.header("x-content-type-options") == "nosniff"
    assert "frame-ancestors 'none'" in reply.header("content-security-policy")
    assert reply.header("cache-control") == "no-store"


def test_streams_have_them_too(ada, say_words):
    say_words("Hm.")
    reply = ada.say(ada.open_session(), "I feel stuck")
    assert reply.header("x-request-id")
    assert reply.header("x-content-type-options") == "nosniff"
    assert reply.header("x-ratelimit-limit")
    assert reply.header("x-accel-buffering") == "no"


def test_request_id_of_the_caller_is_taken_if_it_is_one(wire):
    given = wire.send("GET", "/health/live", headers={"x-request-id": "trace-12345"})
    assert given.header("x-request-id") == "trace-12345"
    forged = wire.send("GET", "/health/live", headers={"x-request-id": "a b\x1b[31m<script>"})
    assert len(forged.header("x-request-id")) == 32


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/no/such", 404, "NOT_FOUND"), ("GET", "/playlist", 404, "NOT_FOUND"), ("TRACE", "/auth/me", 405, "METHOD_NOT_ALLOWED"),
     ("HEAD", "/auth/me", 405, "METHOD_NOT_ALLOWED"), ("GET", BOTH_HALVES[1], 405, "METHOD_NOT_ALLOWED"),
     ("GET", "/auth/me", 401, "INVALID_TOKEN"), ("POST", "/no/such", 403, "CSRF_TOKEN_MISSING")],
)  # fmt: skip
def test_every_failure_has_the_one_envelope(wire, method, path, status, code):
    reply = wire.send(method, path)
    assert reply.status == status
    assert reply.header("content-type").startswith("application/json")
    assert set(reply.json()) == {"error", "detail", "message", "request_id"}
    assert reply.code == code
    assert reply.json()["request_id"] == reply.header("x-request-id")
    if status == 405:
        assert reply.header("allow")


@pytest.mark.parametrize("path", BOTH_HALVES)
def test_bodies_are_limited_before_anything_reads_them(ada, path):
    body = b'{"content": "' + b"x" * 200_000 + b'"}'
    headers = {"content-type": "application/json"}
    assert ada.send("POST", path, body=body, headers=headers).status == 413
    lying = {**headers, "content-length": "104857600"}
    assert ada.send("POST", path, body=b"{}", headers=lying).status == 413
    chunked = ada.send(
        "POST", path, body=body, headers={**headers, "content-length": "", "transfer-encoding": "x"}
    )
    assert chunked.status == 413


@pytest.mark.parametrize("path", BOTH_HALVES)
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "",
             "application/jsonp", "application/json; charset=utf-16"],
)  # fmt: skip
def test_only_json_in_utf8_is_read(ada, path, kind):
    reply = ada.send("POST", path, body=b"{}", headers={"content-type": kind})
    assert (reply.status, reply.code) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_empty_body_needs_no_type(ada):
    assert ada.send("POST", "/sessions", headers={"content-type": "application/json"}).status == 201
    assert ada.send("POST", "/sessions", headers={"content-type": "text/plain"}).status == 201


@pytest.mark.parametrize("path", ["/sessions/", "/sessions//", "/auth/me/", "/health/live/"])
def test_both_forms_of_an_address_are_served_without_redirect(ada, path):
    assert ada.send("GET", path).status == 200


def test_unknown_host_is_refused(wire):
    assert wire.send("GET", "/auth/me", headers={"host": "evil.example"}).status == 400
    assert wire.send("GET", "/health/live", headers={"host": "web:8000"}).status == 200


class TestCors:
    @pytest.mark.parametrize("path", BOTH_HALVES)
    def test_preflight_needs_nothing(self, wire, path):
        reply = wire.send(
            "OPTIONS", path, headers={"origin": OURS, "access-control-request-method": "POST"}
        )
        assert reply.status == 204
        assert reply.header("access-control-allow-origin") == OURS
        assert reply.header("access-control-allow-credentials") == "true"
        assert "X-Device-Fingerprint" in reply.header("access-control-allow-headers")

    def test_failures_carry_it_too(self, wire):
        reply = wire.send("GET", "/auth/me", headers={"origin": OURS})
        assert reply.status == 401
        assert reply.header("access-control-allow-origin") == OURS
        assert "Content-Disposition" in reply.header("access-control-expose-headers")

    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "https://solacore.app.evil.example", "null",
                   "http://solacore.app", "https://SOLACORE.app", "https://solacore.app:8443",
                   "https://solacore.app."],
    )  # fmt: skip
    def test_nobody_else_is_allowed(self, wire, origin):
        headers = {"origin": origin, "access-control-request-method": "POST"}
        for method in ("OPTIONS", "GET"):
            reply = wire.send(method, "/auth/me", headers=headers)
            assert reply.header("access-control-allow-origin") is None
            assert reply.header("vary") == "Origin"


class TestCsrf:
    """Contract 0.6 and M1, over the wire."""

    def cookies(self, person, **changes):
        jar = {**person.reply.cookies, **changes}
        return {
            "cookie": "; ".join(f"{k}={v}" for k, v in jar.items() if v is not None),
            "x-device-fingerprint": person.fingerprint,
        }

    def test_matrix(self, wire, ada):
        token = ada.reply.cookies["csrf_token"]
        cases = [
            ({}, {}, 403, "CSRF_TOKEN_MISSING"),
            ({"x-csrf-token": token}, {}, 201, None),
            ({"x-csrf-token": "wrong"}, {}, 403, "CSRF_TOKEN_INVALID"),
            ({"x-csrf-token": "\xe9"}, {}, 403, "CSRF_TOKEN_INVALID"),
            ({"x-csrf-token": ""}, {}, 403, "CSRF_TOKEN_MISSING"),
            ({"x-csrf-token": token}, {"csrf_token": "planted"}, 403, "CSRF_TOKEN_INVALID"),
            ({"x-csrf-token": token}, {"csrf_token_http": None}, 403, "CSRF_TOKEN_MISSING"),
            ({"origin": OURS}, {}, 201, None),
            ({"referer": f"{OURS}/solve"}, {}, 201, None),
            ({"origin": "http://localhost"}, {}, 201, None),  # the page this very host served
            ({"origin": OURS, "x-csrf-token": "wrong"}, {}, 403, "CSRF_TOKEN_INVALID"),
            ({"origin": "https://evil.example"}, {}, 403, "CSRF_TOKEN_MISSING"),
            ({"origin": "https://evil.example", "x-csrf-token": token}, {}, 403, "CSRF_TOKEN_INVALID"),
            ({"origin": "null"}, {}, 403, "CSRF_TOKEN_MISSING"),
        ]  # fmt: skip
        for extra, changes, status, code in cases:
            headers = {**self.cookies(ada, **changes), **extra}
            reply = wire.send("POST", "/sessions", headers=headers)
            assert reply.status == status, (extra, reply.body)
            if code:
                assert reply.code == code, extra

    def test_nobody_is_signed_in_by_a_foreign_page(self, wire, ada):
        body = {"email": ada.email, "password": ada.password, "device_fingerprint": ada.fingerprint}
        reply = wire.send("POST", "/auth/login", body, headers={"origin": "https://evil.example"})
        assert reply.status == 403

    def test_stream_by_cookie_needs_no_token_but_no_foreign_origin(self, wire, ada, say_words):
        say_words("Hm.")
        path = f"/sessions/{ada.open_session()}/messages"
        body = {"content": "I feel stuck", "step": "receive"}
        assert wire.send("POST", path, body, headers=self.cookies(ada)).status == 200
        foreign = {**self.cookies(ada), "origin": "https://evil.example"}
        assert wire.send("POST", path, body, headers=foreign).status == 403


class TestAddress:
    def test_forwarded_address_counts_only_from_our_proxy(self, settings):
        from solacore.kit.http import _networks, client_ip

        def seen(peer, forwarded):
            _networks.cache_clear()
            return client_ip({"client": (peer, 1), "headers": []}, {"x-forwarded-for": forwarded})

        settings.TRUSTED_PROXIES = []
        assert seen("10.0.0.9", "1.2.3.4") == "10.0.0.9"
        settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
        from solacore.kit import http

        http._address.cache_clear()
        assert seen("10.0.0.9", "1.2.3.4") == "1.2.3.4"
        assert seen("10.0.0.9", "6.6.6.6, 1.2.3.4") == "1.2.3.4"
        assert seen("10.0.0.9", "6.6.6.6, 1.2.3.4, 10.0.0.7") == "1.2.3.4"
        assert seen("8.8.8.8", "1.2.3.4") == "8.8.8.8"
        http._address.cache_clear()
        _networks.cache_clear()

    def test_ipv6_neighbours_are_one_caller(self):
        from solacore.kit.http import client_ip

        def seen(peer):
            return client_ip({"client": (peer, 1), "headers": []}, {})

        assert seen("2001:db8::1") == seen("2001:db8::ffff") != seen("2001:db8:0:1::1")
        assert seen("::ffff:1.2.3.4") == "1.2.3.4"


class TestRateLimit:
    def test_limit_is_said_and_kept_per_person_not_per_path(self, ada, bob, settings, say_words):
        settings.RATE_LIMITS = {**settings.RATE_LIMITS, "SSE": "2/hour"}
        say_words("Hm.")
        sessions = [ada.open_session() for _ in range(3)]
        replies = [ada.say(session, "I feel stuck at work") for session in sessions]
        assert [reply.status for reply in replies] == [200, 200, 429]
        assert replies[1].header("x-ratelimit-remaining") == "0"
        assert replies[0].header("retry-after") is None
        refused = replies[2]
        assert refused.json()["error"] == "Rate limit exceeded: 2 per 1 hour"
        assert 0 < int(refused.header("retry-after")) <= 3600
        assert refused.header("x-ratelimit-limit") == "2"
        assert bob.say(bob.open_session(), "I feel stuck").status == 200


def test_metrics_are_by_route_never_by_path(ada):
    session_id = ada.open_session()
    ada.read(session_id)
    ada.send("GET", "/no-such-thing-4711")
    text = ada.send("GET", "/health/metrics").body.decode()
    assert 'http_requests_total{method="GET",path="/sessions/{session_id}",status="200"}' in text
    assert 'path="unmatched"' in text
    assert session_id not in text
    assert "4711" not in text
    names = {line.split("{")[0].split(" ")[0] for line in text.splitlines() if line[0] != "#"}
    assert {
        *("http_request_duration_seconds_sum", "http_request_duration_seconds_count"),
        *("request_count", "request_duration", "active_sessions", "active_users"),
        *("cache_hits_total", "cache_misses_total", "cache_hit_rate"),
        *("db_query_duration_seconds_sum", "db_query_duration_seconds_count"),
        *("db_pool_size", "db_pool_checked_out", "db_pool_overflow"),
    } <= names


def test_private_text_never_reaches_a_log(ada, say_words, caplog, monkeypatch):
    """A failure in the middle of everything, with somebody's words in the exception."""
    from solacore.observability import logging_config
    from solve.services import replies

    secret = "canary-7f3a my private worry"

    def broken(*args, **kwargs):
        raise RuntimeError(f"row contains {secret}")

    monkeypatch.setattr(replies, "begin", broken)
    session_id = ada.open_session()
    lines: list[str] = []
    formatter = _formatter(logging_config(json=True))

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(formatter.format(record))

    handler = Keep()
    logging.getLogger().addHandler(handler)
    try:
        reply = ada.say(session_id, secret)
    finally:
        logging.getLogger().removeHandler(handler)

    assert (reply.status, reply.code) == (500, "INTERNAL_SERVER_ERROR")
    assert secret not in reply.body.decode()
    assert lines, "a failure must be logged"
    assert any("RuntimeError at " in line for line in lines)
    assert all("canary" not in line for line in lines)
    assert any(reply.header("x-request-id") in line for line in lines)


def _formatter(config):
    maker = config["formatters"]["line"]
    options = {k: v for k, v in maker.items() if k != "()"}
    return maker["()"](**options)
