"""A pretend Entra ID on the far side: keys, discovery, tokens. It can lie in every way that an attacker could."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from graphclient import GLOBAL, Certificate

from .graph_stub import Asked, GraphStub, Reply

CLIENT = "c1a0aa00-0000-4000-8000-0000000000aa"
TENANT = "2f1b7c52-6a0f-4e0a-8c5d-0d51a4c1a001"
OTHER_TENANT = "99999999-6a0f-4e0a-8c5d-0d51a4c1a001"
ADMIN = "5e0a0000-0000-4000-8000-00000000000e"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def our_certificate() -> Certificate:
    """A throw-away certificate of our application."""
    key, name = rsa_key("ours"), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dashboard")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Certificate(private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode())


def jwk(name: str) -> dict[str, Any]:
    row = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key(name).public_key()))
    return {**row, "kid": name, "use": "sig"}


@dataclass
class Entra:
    """Answers for one tenant. `claims` are laid over the true ones, None removes one."""

    far: GraphStub
    tenant: str = TENANT
    keys: list[str] = field(default_factory=lambda: ["key-1"])
    key: str = "key-1"
    kid: str = "key-1"
    algorithm: str = "RS256"
    claims: dict[str, Any] = field(default_factory=dict)
    id_token: str | None = None
    nonce: str = ""

    @property
    def token_path(self) -> str:
        return f"/{self.tenant}/oauth2/v2.0/token"

    @property
    def keys_path(self) -> str:
        return f"/{self.tenant}/discovery/v2.0/keys"

    @property
    def discovery_path(self) -> str:
        return f"/{self.tenant}/v2.0/.well-known/openid-configuration"

    @property
    def metadata(self) -> dict[str, str]:
        """The tenant's discovery document."""
        login = GLOBAL.login
        return {
            "issuer": f"{login}/{self.tenant}/v2.0",
            "authorization_endpoint": f"{login}/{self.tenant}/oauth2/v2.0/authorize",
            "token_endpoint": f"{login}{self.token_path}",
            "jwks_uri": f"{login}{self.keys_path}",
        }

    def open(self) -> Entra:
        self.far.on("GET", self.discovery_path, Reply(200, self.metadata))
        self.far.on("GET", self.keys_path, self._keys)
        self.far.on("POST", self.token_path, self._token)
        return self

    def _keys(self, asked: Asked) -> Reply:
        return Reply(200, {"keys": [jwk(name) for name in self.keys]})

    def visit(self, url: str) -> dict[str, str]:
        """What a browser is sent back with after a person signed in at `url`."""
        query = dict(parse_qsl(urlsplit(url).query))
        self.nonce = query["nonce"]
        return {"code": "the-code", "state": query["state"]}

    def _token(self, asked: Asked) -> Reply:
        if asked.form["grant_type"] == "client_credentials":
            return Reply(200, {"token_type": "Bearer", "expires_in": 3599, "access_token": "app-only"})
        token = self.id_token if self.id_token is not None else self.sign()
        return Reply(200, {"token_type": "Bearer", "expires_in": 3599, "access_token": "a", "id_token": token})

    def sign(self) -> str:
        now = int(time.time())
        truth: dict[str, Any] = {
            "iss": f"{GLOBAL.login}/{self.tenant}/v2.0",
            "aud": CLIENT,
            "tid": self.tenant,
            "oid": ADMIN,
            "sub": "pairwise",
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            "nonce": self.nonce,
            "name": "Eva Berg",
            "preferred_username": "eva@nordwind.example",
            "wids": [GLOBAL_ADMINISTRATOR],
        }
        given = {
            # a claim may be said as the time from now on; the suite runs for minutes
            name: int(now + value.total_seconds()) if isinstance(value, timedelta) else value
            for name, value in self.claims.items()
        }
        claims = {name: value for name, value in (truth | given).items() if value is not None}
        secret: Any = rsa_key(self.key)
        if self.algorithm == "none":
            secret = None
        if self.algorithm == "HS256":
            secret = "a shared secret that is long enough for this"
        return jwt.encode(claims, secret, algorithm=self.algorithm, headers={"kid": self.kid})
