"""The token sources of many tenants: one per tenant, up to a largest number; each costs the same however many."""

from __future__ import annotations

import threading
from collections import OrderedDict

import requests

from .auth import ClientCredentials
from .clouds import GLOBAL, Cloud
from .credentials import Credential
from .discovery import Discoveries

MAX_TENANTS = 10_000  # kept at once, about 3 KiB each; a tenant that was dropped gets a new token


class TokenSources:
    """One `ClientCredentials` per tenant, the least recently used dropped first. Thread-safe.

    Each has a lock of its own: a slow sign-in in one tenant holds up no other. Discovery documents are shared, and
    outlast a tenant that was dropped.
    """

    def __init__(
        self,
        client_id: str,
        credential: Credential,
        session: requests.Session,
        cloud: Cloud = GLOBAL,
        *,
        max_tenants: int = MAX_TENANTS,
        discoveries: Discoveries | None = None,
    ) -> None:
        if max_tenants < 1:
            raise ValueError("at least one tenant has to be kept")
        self._discoveries = Discoveries() if discoveries is None else discoveries
        self._client_id, self._credential, self._session, self._cloud = client_id, credential, session, cloud
        self._max_tenants = max_tenants
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, ClientCredentials] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, tenant_id: str) -> ClientCredentials:
        """The source of this tenant; nothing is sent. Raises ValueError for what is not one tenant."""
        key = tenant_id.lower()
        with self._lock:
            source = self._kept.get(key)
            if source is not None:
                self._kept.move_to_end(key)
                return source
            source = ClientCredentials(
                key,
                self._client_id,
                self._credential,
                self._session,
                self._cloud,
                discoveries=self._discoveries,
            )
            self._kept[key] = source
            if len(self._kept) > self._max_tenants:
                self._kept.popitem(last=False)
            return source

    def drop(self, tenant_id: str) -> None:
        """Forget this tenant's token, so that newly granted permissions are seen; nothing is sent."""
        source = self._kept.get(tenant_id.lower())
        if source is not None:
            source.drop()

    def rotate(self, credential: Credential) -> None:
        """Sign with another key from now on; what the old one brought is forgotten."""
        with self._lock:
            self._credential = credential
            self._kept.clear()
