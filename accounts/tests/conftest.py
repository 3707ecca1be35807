"""A local Google and Apple: real keys, real signatures, real HTTP."""

import json
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from accounts.outside import oidc

WEB, IOS = "web.apps.example", "ios.apps.example"
APPLE_ID = "app.solacore.client"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
STRANGERS_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Issuer:
    """What both providers do: publish keys, sign tokens, exchange codes."""

    url: str = ""
    keys: list[dict] = field(default_factory=list)
    fetches: int = 0
    down: bool = False
    codes: dict[str, str] = field(default_factory=dict)
    forms: list[dict] = field(default_factory=list)

    def publish(self, kid: str, key) -> None:
        kind = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
        public = json.loads(kind.to_jwk(key.public_key()))
        self.keys.append({**public, "kid": kid, "use": "sig"})

    def token(self, *, key=RSA_KEY, kid="one", alg="RS256", drop=(), **claims) -> str:
        now = int(time.time())
        whole = {
            "iss": "https://accounts.google.com",
            "aud": WEB,
            "sub": uuid.uuid4().hex,
            "iat": now,
            "exp": now + 600,
            "email": f"{uuid.uuid4().hex[:8]}@example.com",
            "email_verified": True,
            **claims,
        }
        for name in drop:
            del whole[name]
        return jwt.encode(whole, key, algorithm=alg, headers={"kid": kid})

    def apple_token(self, **claims) -> str:
        apple = {"iss": "https://appleid.apple.com", "aud": APPLE_ID}
        return self.token(**{"key": EC_KEY, "kid": "two", "alg": "ES256", **apple, **claims})


def _serve(issuer: Issuer) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.fetches += 1
            self._answer(503 if issuer.down else 200, {"keys": issuer.keys})

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            form = {k: v[0] for k, v in parse_qs(self.rfile.read(size).decode()).items()}
            issuer.forms.append(form)
            token = issuer.codes.pop(form["code"], None)
            if issuer.down:
                self._answer(503, {})
            elif token is None:
                self._answer(400, {"error": "invalid_grant", "error_description": "private words"})
            else:
                self._answer(200, {"id_token": token, "access_token": "x"})

        def _answer(self, status: int, body: dict) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *args) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


@pytest.fixture
def issuer(settings):
    made = Issuer()
    server = _serve(made)
    made.url = f"http://127.0.0.1:{server.server_port}"
    made.publish("one", RSA_KEY)
    made.publish("two", EC_KEY)
    settings.GOOGLE_CLIENT_IDS, settings.APPLE_CLIENT_IDS = [WEB, IOS], [APPLE_ID]
    settings.GOOGLE_CLIENT_SECRET = "shh"
    settings.GOOGLE_JWKS_URL = settings.APPLE_JWKS_URL = f"{made.url}/keys"
    settings.GOOGLE_TOKEN_URL = f"{made.url}/token"
    oidc.google.cache_clear()
    oidc.apple.cache_clear()
    yield made
    oidc.google.cache_clear()
    oidc.apple.cache_clear()
    server.shutdown()
    server.server_close()
