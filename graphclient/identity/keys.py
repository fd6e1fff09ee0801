"""The public keys that Microsoft signs ID tokens with (RFC 7517). Microsoft replaces keys without notice.

Microsoft identity platform, "Signing key rollover in the Microsoft identity platform".
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from jwt.algorithms import RSAAlgorithm

from ..http.envelope import parsed
from .login import LoginHttp

MAX_KEY_AGE_SECONDS = 24 * 3600.0
MIN_REFETCH_SECONDS = 30.0  # invented key ids must not make us fetch again and again


class KeySet:
    """RSA keys by key id: fetched when first needed, kept for a day, fetched once more for an unknown key id."""

    def __init__(
        self, session: requests.Session, jwks_uri: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        parts = urlsplit(jwks_uri)
        if parts.scheme != "https":
            raise ValueError("keys come over https only")
        self._http, self._uri, self._clock = LoginHttp(session, f"https://{parts.netloc}"), jwks_uri, clock
        self._lock = threading.Lock()
        self._keys: dict[str, Any] = {}
        self._fetched: float | None = None
        self._refetched: float | None = None

    def key(self, kid: str) -> Any | None:
        """The public key, or None when Microsoft does not know that id. Raises a `GraphError` on outage."""
        with self._lock:
            now = self._clock()
            if self._fetched is None or now - self._fetched > MAX_KEY_AGE_SECONDS:
                self._fetch(now)
            elif kid not in self._keys and (self._refetched is None or now - self._refetched > MIN_REFETCH_SECONDS):
                self._refetched = now
                self._fetch(now)
            return self._keys.get(kid)

    def _fetch(self, now: float) -> None:
        document = parsed(self._http.get(self._uri).text.encode())
        self._keys, self._fetched = read_keys(document), now


def _is_over(refetched: float | None, now: float) -> bool:
    """Whether keys may be fetched again for an unknown key id."""
    return refetched is None or now - refetched > MIN_REFETCH_SECONDS


def read_keys(document: Any) -> dict[str, Any]:
    """The RSA signing keys of a JWK set; others are left out."""
    rows = document.get("keys") if isinstance(document, dict) else None
    keys: dict[str, Any] = {}
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict) or row.get("kty") != "RSA" or row.get("use", "sig") != "sig":
            continue
        try:
            keys[str(row["kid"])] = RSAAlgorithm.from_jwk(row)
        except (KeyError, ValueError, TypeError, jwt.PyJWTError):
            continue
    return keys
