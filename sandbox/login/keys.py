"""The login service's signing keys: published as JWKS, rolled without notice.

Facts: docs/graph-facts.md, "Login".
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.types import Options

from ..world import World

KEPT = 2  # the one that signs and the one before it
NOT_ONCE: Options = {"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False}
"""What is no matter of the signature: whom a token is for, which the caller judges, and its times, at each use."""


class NotOurs(Exception):
    """The token was not signed here, or is none."""


class Expired(Exception):
    """The token's time is over, or has not come."""


@dataclass
class SigningKey:
    """One key pair; `kid` is its name in the JWKS."""

    kid: str
    pem: str = field(repr=False)

    @property
    def private(self) -> rsa.RSAPrivateKey:
        """The private key, loaded once a process."""
        return _load(self.pem)

    def published(self) -> dict[str, Any]:
        """Its row in the JWKS."""
        row = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key()))
        return {"kty": "RSA", "use": "sig", "kid": self.kid, "n": row["n"], "e": row["e"]}


@lru_cache(maxsize=16)
def _load(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def roll(world: World) -> SigningKey:
    """A new key that signs from now on; the one before stays published, older ones are gone."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    kid = base64.urlsafe_b64encode(hashlib.sha256(pem.encode()).digest()[:20]).decode().rstrip("=")
    key = SigningKey(kid, pem)
    with world.lock:
        world.keys = [*world.keys, key][-KEPT:]
        world.touch()
    return key


def published(world: World) -> list[dict[str, Any]]:
    """The rows of the JWKS document."""
    return [key.published() for key in world.keys]


def sign(world: World, claims: Mapping[str, Any]) -> str:
    """A JWT signed with the newest key."""
    key: SigningKey = world.keys[-1]
    return jwt.encode(dict(claims), key.private, algorithm="RS256", headers={"kid": key.kid, "x5t": key.kid})


def verify(world: World, token: str) -> dict[str, Any]:
    """The claims of a token signed here, whatever its audience. Raises Expired or NotOurs."""
    claims = _signed(token, tuple((key.kid, key.pem) for key in world.keys))
    now = time.time()
    if float(claims.get("exp", now + 1)) <= now:
        raise Expired("Signature has expired")
    if max(float(claims.get(name, now)) for name in ("nbf", "iat")) > now:
        raise Expired("The token is not yet valid")
    return dict(claims)


@lru_cache(maxsize=4096)
def _signed(token: str, known: tuple[tuple[str, str], ...]) -> Mapping[str, Any]:
    """The claims of a token that one of the keys (kid, PEM) signed, whenever it is good. Raises NotOurs.

    A client sends one token for an hour: its signature is looked at once.
    """
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        pem = next((pem for name, pem in known if name == kid), None)
        if pem is None:
            raise NotOurs("Access token validation failure. Invalid signing key.")
        claims: Mapping[str, Any] = jwt.decode(token, _load(pem).public_key(), algorithms=["RS256"], options=NOT_ONCE)
    except jwt.InvalidTokenError as error:
        raise NotOurs("CompactToken parsing failed.") from error
    return claims
