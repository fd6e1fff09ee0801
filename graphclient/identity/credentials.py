"""How our application authenticates itself: certificate, federated assertion, a key in a vault, client secret.

All have one interface, `Credential`. Form of the assertion: Microsoft identity platform, "Microsoft identity platform
application authentication certificate credentials".
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, TypeVar

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from ..errors import GraphError, OurCredentialRefused, Unavailable

ASSERTION_SECONDS = 600  # lifetime of a signed assertion
CLOCK_SKEW_SECONDS = 60  # an assertion is valid from so long ago, because clocks differ
_PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.DIGEST_LENGTH)
Value = TypeVar("Value")


class Credential(Protocol):
    """A way in which our application authenticates itself."""

    def for_msal(self) -> Any:
        """The form that msal takes as ``client_credential``. Raises ValueError where the key is unusable."""
        ...


class GraphErrorThroughMsal(requests.RequestException):
    """Carries a `GraphError` through msal, which passes faults of the network on."""

    def __init__(self, fault: GraphError) -> None:
        self.fault = fault
        super().__init__(str(fault))


@dataclass(frozen=True)
class Certificate:
    """A private key and its certificate, both PEM. Signs PS256 with x5t#S256 and x5c."""

    private_key_pem: str = field(repr=False)
    certificate_pem: str = field(repr=False)

    def for_msal(self) -> dict[str, Callable[[Mapping[str, Any]], str]]:
        """msal would parse and check the key for each token, which takes 25 ms; here it is parsed once."""
        head, key = self._head, self._key

        def sign(context: Mapping[str, Any]) -> str:
            return _assertion(head, context, time.time(), lambda signed: key.sign(signed, _PSS, hashes.SHA256()))

        return {"client_assertion": sign}

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        key = load_pem_private_key(self.private_key_pem.encode(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("not an RSA key")
        return key

    @cached_property
    def _head(self) -> dict[str, Any]:
        chain = [
            each.public_bytes(Encoding.DER) for each in x509.load_pem_x509_certificates(self.certificate_pem.encode())
        ]
        x5c = [base64.b64encode(der).decode("ascii") for der in chain]
        return {"x5t#S256": _encoded(hashlib.sha256(chain[0]).digest()), "x5c": x5c}


@dataclass(frozen=True)
class Secret:
    """A client secret; for trials, not for production."""

    text: str = field(repr=False)

    def for_msal(self) -> str:
        """The secret itself."""
        return self.text


@dataclass(frozen=True)
class Assertion:
    """A callable that returns a signed client assertion, a federated credential for instance.

    A token request raises `Unavailable` for whatever `make` raises, a `GraphError` excepted.
    """

    make: Callable[[], str] = field(repr=False)

    def for_msal(self) -> dict[str, Callable[[], str]]:
        """msal asks for a new one when it needs it."""
        return {"client_assertion": lambda: _call_signer(self.make)}


@dataclass(frozen=True)
class VaultKey:
    """A private key that stays in a vault. `sign_digest` gets 32 bytes, the SHA-256 of the assertion, and returns the
    PSS signature (salt as long as the digest, MGF1 with SHA-256) by the key of `certificate_pem`.

    A token request raises `Unavailable` for whatever `sign_digest` raises, a `GraphError` excepted; a kept token that
    is still good is used meanwhile.
    """

    certificate_pem: str = field(repr=False)
    sign_digest: Callable[[bytes], bytes] = field(repr=False)
    clock: Callable[[], float] = field(default=time.time, repr=False)

    def for_msal(self) -> dict[str, Callable[[Mapping[str, Any]], str]]:
        """msal names the client and the token endpoint each time it needs an assertion."""
        head = {"x5t#S256": _thumbprint(self.certificate_pem)}

        def sign(context: Mapping[str, Any]) -> str:
            return _assertion(head, context, self.clock(), self._sign)

        return {"client_assertion": sign}

    def _sign(self, signed: bytes) -> bytes:
        digest = hashlib.sha256(signed).digest()
        return _call_signer(lambda: self.sign_digest(digest))


def _assertion(head: Mapping[str, Any], context: Mapping[str, Any], now: float, sign: Callable[[bytes], bytes]) -> str:
    """A JWT of ten minutes for the client and the token endpoint that msal names."""
    client_id, at = str(context["client_id"]), int(now)
    claims = {
        "aud": str(context["token_endpoint"]),
        "iss": client_id,
        "sub": client_id,
        "jti": str(uuid.uuid4()),
        "iat": at,
        "nbf": at - CLOCK_SKEW_SECONDS,
        "exp": at + ASSERTION_SECONDS,
    }
    signed = f"{_encoded(_compact({'alg': 'PS256', 'typ': 'JWT', **head}))}.{_encoded(_compact(claims))}"
    return f"{signed}.{_encoded(sign(signed.encode('ascii')))}"


def _call_signer(make: Callable[[], Value]) -> Value:
    """What `make` returns. Raises its faults as a `GraphError` that passes through msal."""
    fault: GraphError
    try:
        return make()
    except GraphError as error:
        fault = error
    except Exception as error:  # noqa: BLE001 - a vault's own client may raise anything
        fault = Unavailable(f"our key did not answer ({type(error).__name__})")
    raise GraphErrorThroughMsal(fault)


def _thumbprint(certificate_pem: str) -> str:
    try:
        der = x509.load_pem_x509_certificate(certificate_pem.encode()).public_bytes(Encoding.DER)
        return _encoded(hashlib.sha256(der).digest())
    except ValueError:
        fault = OurCredentialRefused("our own certificate cannot be read")
    raise fault


def _compact(part: Mapping[str, Any]) -> bytes:
    return json.dumps(part, separators=(",", ":")).encode()


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")
