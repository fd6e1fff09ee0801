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
from typing import Any, Protocol, TypeVar

import requests
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ..errors import GraphError, OurCredentialRefused, Unavailable

ASSERTION_SECONDS = 600  # lifetime of a signed assertion
CLOCK_SKEW_SECONDS = 60  # an assertion is valid from so long ago, because clocks differ
Value = TypeVar("Value")


class Credential(Protocol):
    """A way in which our application authenticates itself."""

    def for_msal(self) -> Any:
        """The form that msal takes as ``client_credential``. Raises ValueError where the key is unusable."""
        ...


class GraphErrorThroughMsal(requests.RequestException):
    """Carries a `GraphError` through msal, which falls back to a token it still has on a fault of the network."""

    def __init__(self, fault: GraphError) -> None:
        self.fault = fault
        super().__init__(str(fault))


@dataclass(frozen=True)
class Certificate:
    """A private key and its certificate, both PEM. Signs PS256 with x5t#S256 and x5c."""

    private_key_pem: str = field(repr=False)
    certificate_pem: str = field(repr=False)

    def for_msal(self) -> dict[str, str]:
        """msal chooses PS256 when it is given no thumbprint."""
        return {"private_key": self.private_key_pem, "public_certificate": self.certificate_pem}


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
        thumbprint = _thumbprint(self.certificate_pem)

        def sign(context: Mapping[str, Any]) -> str:
            return self.assertion(str(context["client_id"]), str(context["token_endpoint"]), thumbprint)

        return {"client_assertion": sign}

    def assertion(self, client_id: str, audience: str, thumbprint: str) -> str:
        """A JWT of ten minutes for `audience`, signed by the vault."""
        now = int(self.clock())
        head = {"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint}
        claims = {
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": str(uuid.uuid4()),
            "iat": now,
            "nbf": now - CLOCK_SKEW_SECONDS,
            "exp": now + ASSERTION_SECONDS,
        }
        signed = f"{_encoded(_compact(head))}.{_encoded(_compact(claims))}"
        digest = hashlib.sha256(signed.encode("ascii")).digest()
        return f"{signed}.{_encoded(_call_signer(lambda: self.sign_digest(digest)))}"


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
