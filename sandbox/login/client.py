"""How an application proves itself: a signed assertion or a secret.

Facts: docs/graph-facts.md, "Login".
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from ..world import App, World
from .refusals import LoginRefused, needed

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAX_LIFETIME = 24 * 3600.0
ALGORITHMS = {"RS256": "x5t", "PS256": "x5t#S256"}


def authenticate(world: World, form: Mapping[str, str], authorities: set[str]) -> App:
    """The application behind a token request. `authorities` are the addresses an assertion may be meant for.

    Raises LoginRefused.
    """
    client_id = needed(form, "client_id")
    app = world.apps.get(client_id.lower())
    if app is None:
        raise LoginRefused(700016, "unauthorized_client", detail=f"Identifier '{client_id}'.")
    if form.get("client_assertion"):
        if form.get("client_assertion_type") != JWT_BEARER:
            raise LoginRefused(900144, "invalid_request", detail="'client_assertion_type'.")
        _check_assertion(app, form["client_assertion"], authorities)
    elif form.get("client_secret"):
        if form["client_secret"] not in app.secrets:
            raise LoginRefused(7000215, "invalid_client", status=401)
    else:
        raise LoginRefused(7000218, "invalid_client", status=401)
    return app


def _check_assertion(app: App, assertion: str, authorities: set[str]) -> None:
    try:
        header = jwt.get_unverified_header(assertion)
    except jwt.InvalidTokenError as error:
        raise LoginRefused(5002723, "invalid_client", status=401) from error
    algorithm = str(header.get("alg"))
    pem = _registered(app, header)
    if algorithm not in ALGORITHMS or pem is None:
        raise LoginRefused(700027, "invalid_client", status=401)
    try:
        claims = jwt.decode(
            assertion,
            _public_key(pem),
            algorithms=[algorithm],
            options={"verify_aud": False, "require": ["exp", "aud", "iss", "sub", "jti"]},
            leeway=300,
        )
    except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError) as error:
        raise LoginRefused(700024, "invalid_client", status=401) from error
    except jwt.MissingRequiredClaimError as error:
        raise LoginRefused(5002723, "invalid_client", status=401, detail=str(error)) from error
    except jwt.InvalidTokenError as error:
        raise LoginRefused(700027, "invalid_client", status=401, detail="Signature.") from error
    _check_claims(app, claims, authorities)


def _check_claims(app: App, claims: Mapping[str, Any], authorities: set[str]) -> None:
    if str(claims["iss"]).lower() != app.client_id or str(claims["sub"]).lower() != app.client_id:
        raise LoginRefused(700021, "invalid_client", status=401)
    if claims["aud"] not in authorities:
        raise LoginRefused(700024, "invalid_client", status=401, detail="The audience is another endpoint.")
    now = time.time()
    if float(claims["exp"]) > now + MAX_LIFETIME:
        raise LoginRefused(700024, "invalid_client", status=401, detail="The lifetime is too long.")
    if not str(claims["jti"]).strip():
        raise LoginRefused(5002723, "invalid_client", status=401, detail="jti is empty.")


def _registered(app: App, header: Mapping[str, Any]) -> str | None:
    """The registered certificate that the header's thumbprint names; msal writes it with base64's padding."""
    named = {str(header.get(name, "")).rstrip("=") for name in ALGORITHMS.values()}
    for pem in app.certificates:
        if named & set(thumbprints(pem)):
            return pem
    return None


@lru_cache(maxsize=64)
def thumbprints(pem: str) -> tuple[str, str]:
    """x5t and x5t#S256 of a certificate."""
    certificate = x509.load_pem_x509_certificate(pem.encode())
    return (
        base64.urlsafe_b64encode(certificate.fingerprint(SHA1())).decode().rstrip("="),  # noqa: S303
        base64.urlsafe_b64encode(certificate.fingerprint(SHA256())).decode().rstrip("="),
    )


@lru_cache(maxsize=64)
def _public_key(pem: str) -> Any:
    return x509.load_pem_x509_certificate(pem.encode()).public_key()


def s256(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
