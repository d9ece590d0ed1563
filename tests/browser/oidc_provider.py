"""A provider of sign-in on this machine, and the server set up to use it.

The provider asks nobody for a password: whoever is sent to it is `person`. What it signs can be bent by a test.
"""

import base64
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.browser.conftest import free_port, wait_until_served
from tests.conftest import ROOT

CLIENT_ID = "risk-map"
CLIENT_SECRET = "a password that only this test knows"  # noqa: S105
COOKIE_SECRET = "a key of more than thirty-two bytes, of this test only"  # noqa: S105
ASEL = {"email": "asel.kuanyshkyzy@example.kz", "email_verified": True, "name": "Әсел Қуанышқызы", "sub": "4711"}


@dataclass
class Provider:
    """The provider: who signs in, what is bent in the tokens and the metadata, and which addresses were asked for."""

    port: int
    person: dict[str, Any] = field(default_factory=lambda: dict(ASEL))
    token: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"}))

    @property
    def issuer(self) -> str:
        """How the provider names itself."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def metadata_url(self) -> str:
        """Where it describes itself."""
        return f"{self.issuer}/.well-known/openid-configuration"

    def reset(self) -> None:
        """Bend nothing, and let Әсел sign in."""
        self.person = dict(ASEL)
        self.token.clear()
        self.metadata.clear()
        self.asked.clear()

    def described(self) -> dict[str, Any]:
        """The metadata; what is bent to None is left out."""
        plain = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }
        return {name: value for name, value in {**plain, **self.metadata}.items() if value is not None}

    def id_token(self, nonce: str) -> str:
        """A signed token about the person; what is bent to None is left out."""
        now = int(time.time())
        plain = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce, **self.person}
        claims = {name: value for name, value in {**plain, **self.token}.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.key)

    def settings(self, public_url: str) -> dict[str, str]:
        """The environment of a server whose readers sign in here."""
        return {
            "RISKMAP_OIDC_METADATA_URL": self.metadata_url,
            "RISKMAP_OIDC_CLIENT_ID": CLIENT_ID,
            "RISKMAP_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "RISKMAP_COOKIE_SECRET": COOKIE_SECRET,
            "RISKMAP_PUBLIC_URL": public_url,
        }


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.provider.asked.append(parts.path)
        if parts.path == "/authorize":
            code = secrets.token_urlsafe(16)
            self.provider.codes[code] = asked
            self._go(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")
        elif parts.path == "/logout":
            self._go(asked["post_logout_redirect_uri"])
        elif parts.path == "/jwks":
            self._tell({"keys": [self.provider.key.as_dict(private=False)]})
        else:
            self._tell(self.provider.described())

    def do_POST(self) -> None:
        self.provider.asked.append(self.path)
        form = {k: v[0] for k, v in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
        name = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode().partition(":")[0]
        asked = self.provider.codes.pop(form["code"], None)
        if asked is None or name != CLIENT_ID or "code_verifier" not in form:
            self._tell({"error": "invalid_grant"}, status=400)
        else:
            self._tell(
                {
                    "access_token": secrets.token_urlsafe(16),
                    "token_type": "Bearer",
                    "expires_in": 300,
                    "id_token": self.provider.id_token(asked["nonce"]),
                }
            )

    def _go(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _tell(self, told: Mapping[str, Any], *, status: int = 200) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def running_provider() -> Iterator[Provider]:
    """A provider that answers as long as the block runs."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        provider = Provider(server.server_address[1])
        handler = type("Handler", (_Handler,), {"provider": provider})
        server.RequestHandlerClass = handler
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    """One provider for the tests of a module."""
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider) -> Iterator[Provider]:
    """The provider as it is meant to be at the beginning of a test; a test may bend what it signs."""
    running.reset()
    yield running
    running.reset()


@contextmanager
def dashboard_with_sign_in(
    provider: Provider, data: Path, *, module: str = "riskmap.ui.serve", **settings: str
) -> Iterator[str]:
    """Address of a dashboard on a data folder, whose readers sign in at the provider; `settings` are further ones."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    told = {"RISKMAP_DATA": str(data), "RISKMAP_LANGUAGE": "en", **provider.settings(address), **settings}
    command = [sys.executable, "-m", module, f"--server.port={port}", "--server.address=127.0.0.1"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told})
    try:
        wait_until_served(process, address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)
