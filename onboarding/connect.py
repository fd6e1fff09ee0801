"""From what is wanted to a Graph client in the right tenant: session, reroutes, credential and guard meet here alone.

In production every address is Microsoft's. With ``SANDBOX_URL`` (only while DEBUG) the same https addresses are
carried to the sandbox by an adapter on the session; URLs, tokens and code stay byte for byte those of production.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import cache

import requests
from django.conf import settings

from graphclient import (
    GLOBAL,
    Certificate,
    ClientCredentials,
    GraphClient,
    Reroutes,
    SignIn,
    Transport,
    guards,
    resolve_tenant,
)

from .wanted import Wanted

MOST_TENANTS = 512  # token sources kept at once; a tenant beyond that signs in anew


class NoTenantYet(RuntimeError):
    """Graph was asked for before the tenant was known: a fault of the step order, not of the customer."""


@cache
def reroutes() -> Reroutes:
    """Where Microsoft's hosts lead: nowhere else in production, to the sandbox where one is set."""
    if not settings.SANDBOX_URL:
        return Reroutes({})
    return Reroutes({GLOBAL.login: settings.SANDBOX_URL, GLOBAL.graph: settings.SANDBOX_URL})


@cache
def session() -> requests.Session:
    """The one HTTP session: no environment proxies, no netrc, connections kept."""
    http = requests.Session()
    http.trust_env = False
    adapter = requests.adapters.HTTPAdapter(pool_maxsize=32)
    http.mount("https://", adapter)
    reroutes().mount(http)
    return http


@cache
def credential() -> Certificate:
    """What our own application signs with."""
    return Certificate(settings.ENTRA_PRIVATE_KEY, settings.ENTRA_CERTIFICATE)


@cache
def sign_in(client_id: str) -> SignIn:
    """The OpenID Connect sign-in of a customer's admin at one of our applications."""
    return SignIn(client_id, credential(), session(), GLOBAL)


class _TokenSources:
    """One token source per tenant and application of ours, the least recently used dropped first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], ClientCredentials] = OrderedDict()

    def of(self, tenant_id: str, client_id: str) -> ClientCredentials:
        key = (tenant_id, client_id)
        with self._lock:
            source = self._kept.pop(key, None)
            if source is None:
                source = ClientCredentials(tenant_id, client_id, credential(), session(), GLOBAL)
            self._kept[key] = source
            while len(self._kept) > MOST_TENANTS:
                self._kept.popitem(last=False)
            return source


_sources = _TokenSources()


def _guard(wanted: Wanted) -> Callable[[str, str], None]:
    """Nothing is written in a tenant that is not proved, nor beside the one application that was chosen."""
    chosen = wanted.evidence.get("sso_application", {}).get("service_principal_id")
    if wanted.proved is None or not chosen:
        return guards.read_only
    return guards.only_service_principal(str(chosen))


class Reach:
    """What one look at one onboarding can reach; made anew for each look, so that its calls can be counted."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._transport: Transport | None = None

    def update(self, wanted: Wanted) -> None:
        """Take note of newer evidence: a tenant that was just proved, an application that was just chosen."""
        moved = (_tenant_of(wanted), wanted.size) != (_tenant_of(self._wanted), self._wanted.size)
        if moved or self._transport is None:
            self._transport = None
        else:
            self._transport.guard = _guard(wanted)
        self._wanted = wanted

    @property
    def calls(self) -> int:
        """How many requests went to Graph so far."""
        return self._transport.calls if self._transport else 0

    @property
    def client_id(self) -> str:
        """The application (client) id of ours that this customer consents to."""
        return self._wanted.size.client_id

    @property
    def graph(self) -> GraphClient:
        """Graph in the customer's tenant; read-only until the tenant is proved and the application chosen."""
        if self._transport is None:
            tenant_id = _tenant_of(self._wanted)
            if tenant_id is None:
                raise NoTenantYet("the customer's tenant is not known yet")
            source = _sources.of(tenant_id, self.client_id)
            self._transport = Transport(session(), source, guard=_guard(self._wanted))
        return GraphClient(self._transport)

    def resolve(self, domain: str) -> str | None:
        """The tenant id behind a domain, or None."""
        return resolve_tenant(session(), GLOBAL, domain)

    def forget_token(self) -> None:
        """Drop the tenant's cached token, so that newly granted permissions are seen."""
        tenant_id = _tenant_of(self._wanted)
        if tenant_id is not None:
            _sources.of(tenant_id, self.client_id).drop()


def _tenant_of(wanted: Wanted) -> str | None:
    return wanted.proved.tenant_id if wanted.proved else wanted.expected_tenant
