"""A local Stripe and RevenueCat: real HTTP, scripted answers."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest

from billing.outside import stripe as outside
from billing.tests.stores import Post


@dataclass
class Provider:
    """Answers by (method, path); 404 ``resource_missing`` for what it does not know."""

    url: str = ""
    answers: dict[tuple[str, str], dict] = field(default_factory=dict)
    calls: list[tuple[str, str, dict, dict]] = field(default_factory=list)
    failing: bool = False
    hold: threading.Event | None = None  # what is asked of a subscription waits for it

    def asked(self, method: str, path: str) -> list[dict]:
        return [form for m, p, form, _ in self.calls if (m, p) == (method, path)]


def serve(provider: Provider) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            form = dict(parse_qsl(self.rfile.read(size).decode()))
            path = self.path.partition("?")[0]
            provider.calls.append((self.command, path, form, dict(self.headers)))
            if provider.hold is not None and path.startswith("/v1/subscriptions/"):
                provider.hold.wait(30)
            answer = provider.answers.get((self.command, path))
            missing = {"error": {"type": "invalid_request_error", "code": "resource_missing"}}
            status = 500 if provider.failing else 200 if answer is not None else 404
            body = json.dumps(answer if status == 200 else missing).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = _take

        def log_message(self, *args) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


@pytest.fixture
def shops(settings):
    """Secrets and prices as a shop has them, no keys."""
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_old", Post.SECRET]
    settings.STRIPE_PRICES = {"standard": ["price_standard"], "pro": ["price_pro"]}
    settings.REVENUECAT_SECRET = Post.BEARER
    return settings


@pytest.fixture
def post(wire, shops):
    return Post(wire)


@pytest.fixture
def provider(shops):
    """Stripe and RevenueCat to ask, with keys."""
    made = Provider()
    server = serve(made)
    made.url = f"http://127.0.0.1:{server.server_port}"
    shops.STRIPE_API_BASE = shops.REVENUECAT_API_BASE = made.url
    shops.STRIPE_KEY = shops.STRIPE_SECRET_KEY = "sk_test_" + "x" * 32
    shops.REVENUECAT_KEY = "rc_key"
    outside._client.cache_clear()
    yield made
    outside._client.cache_clear()
    server.shutdown()
    server.server_close()
