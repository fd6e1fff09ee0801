"""What discovery documents say, kept: endpoints hardly ever change, and each new token would ask for them again.

Microsoft identity platform, "OpenID Connect on the Microsoft identity platform".
"""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from ..http.envelope import parsed
from ..http.exchange import Answer
from ..http.paths import stays_at

PATH = "/.well-known/openid-configuration"
MAX_AGE_SECONDS = 24 * 3600.0
MAX_DOCUMENTS = 10_000  # less than a KiB each; the least recently used is dropped first
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "device_authorization_endpoint", "jwks_uri")


class Discoveries:
    """Documents by address. Only what was answered with 200 is kept, and only what is used of it. Thread-safe."""

    def __init__(self, *, max_documents: int = MAX_DOCUMENTS, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_documents, self._clock = max_documents, clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, url: str) -> Answer | None:
        """The document at this address, or None where it has to be asked for."""
        with self._lock:
            at, body = self._kept.get(url, (0.0, b""))
            if not body or self._clock() - at > MAX_AGE_SECONDS:
                return None
            self._kept.move_to_end(url)
        return Answer(200, {"content-type": "application/json"}, body)

    def keep(self, url: str, answer: Answer, origin: str) -> None:
        """Note what came from this address, where it is a discovery document whose endpoints are all at `origin`."""
        document = parsed(answer.body) if answer.status == 200 and url.endswith(PATH) else None
        if not isinstance(document, dict) or "token_endpoint" not in document:
            return
        if not all(stays_at(origin, str(document[name])) for name in _ENDPOINTS if name in document):
            return
        body = json.dumps({name: document[name] for name in ("issuer", *_ENDPOINTS) if name in document}).encode()
        with self._lock:
            self._kept[url] = (self._clock(), body)
            self._kept.move_to_end(url)
            while len(self._kept) > self._max_documents:
                self._kept.popitem(last=False)
