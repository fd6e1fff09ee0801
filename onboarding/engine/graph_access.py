"""Makes a Graph client for the right tenant: HTTP session, reroutes, credential and guard come together here alone.

In production every address is Microsoft's. With ``SANDBOX_URL`` (only while DEBUG) the same https addresses are
carried to the sandbox by an adapter on the session; URLs, tokens and code stay byte for byte those of production.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import requests
from django.conf import settings

from graphclient import (
    GLOBAL,
    Certificate,
    ClientCredentials,
    Discoveries,
    GraphClient,
    GraphError,
    Memo,
    NotAllowed,
    Read,
    Reroutes,
    SignIn,
    TokenSources,
    Transport,
    guards,
    resolve_tenant,
    roles_named_in,
)
from onboarding.domain.consent_sizes import ConsentSize
from onboarding.domain.desired import Desired
from onboarding.engine.turns import beside_turns, sleep
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence

MAX_TENANTS = 10_000  # token sources kept at once, some 3 KiB each; a tenant beyond that signs in anew
CONNECTIONS = 128  # kept to one host: one for each thread of a large worker
# No service principal of ours in the tenant. Other refusals of a token leave it there, perhaps switched off.
CODES_OF_A_REMOVED_APPLICATION = frozenset({"AADSTS700016", "AADSTS7000229"})


class NoTenantYet(RuntimeError):
    """Graph was asked for before the tenant was known: a mistake in the order of the steps, not of the customer."""


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
    adapter = requests.adapters.HTTPAdapter(pool_maxsize=CONNECTIONS)
    http.mount("https://", adapter)
    reroutes().mount(http)
    return beside_turns(http)


def credential() -> Certificate:
    """What our own application signs with."""
    return _certificate(settings.ENTRA_PRIVATE_KEY, settings.ENTRA_CERTIFICATE)


@cache
def _certificate(private_key: str, certificate: str) -> Certificate:
    """One for one key, which is parsed once."""
    return Certificate(private_key, certificate)


@cache
def discoveries() -> Discoveries:
    """What Microsoft's discovery documents say, for sign-ins and tokens of all our applications."""
    return Discoveries()


@cache
def sign_in(client_id: str) -> SignIn:
    """The OpenID Connect sign-in of a customer's admin at one of our applications."""
    return SignIn(client_id, credential(), session(), GLOBAL, discoveries=discoveries())


@cache
def token_sources(client_id: str) -> TokenSources:
    """The tokens of one of our applications, one source per tenant, the least recently used dropped first."""
    return TokenSources(client_id, credential(), session(), GLOBAL, max_tenants=MAX_TENANTS, discoveries=discoveries())


def _guard(desired: Desired) -> Callable[[str, str], None]:
    """Allow writes below the one application that was chosen, in a tenant that is proved. Reads only otherwise, and in
    read-only mode.
    """
    chosen = desired.evidence_of(SsoApplicationEvidence)
    if desired.proved is None or chosen is None or not chosen.service_principal_id or not desired.size.sets_up:
        return guards.read_only
    return guards.only_service_principal(chosen.service_principal_id)


def _reading_guard(desired: Desired) -> Callable[[str, str], None]:
    """Allow reads, and Microsoft's own test of the credentials that are saved on the chosen application: a POST that
    changes nothing, and for which the permissions of the monitor size do not suffice.
    """
    chosen = desired.evidence_of(SsoApplicationEvidence)
    if chosen is None or not chosen.service_principal_id or not desired.size.sets_up:
        return guards.read_only
    below = guards.only_service_principal(chosen.service_principal_id)

    def guard(method: str, path: str) -> None:
        is_test = method.upper() == "POST" and path.lower().endswith("/validatecredentials")
        (below if is_test else guards.read_only)(method, path)

    return guard


class TenantSession:
    """What one run can reach in the tenant of one onboarding; made anew for each run, so that its calls can be counted.

    `before_each` is called with the method of each request before it is sent: a large tenant takes hundreds. With
    `read_only` nothing is ever written. The same GET is sent once, until something is written, the token is forgotten,
    or the tenant changes.
    """

    def __init__(
        self, desired: Desired, *, read_only: bool = False, before_each: Callable[[str], None] | None = None
    ) -> None:
        self._desired, self._read_only, self._before_each = desired, read_only, before_each or _nothing
        self._transport: Transport | None = None
        self._graph: GraphClient | None = None
        self._memo = Memo()
        self._others: dict[str, TenantSession] = {}

    def update(self, desired: Desired) -> None:
        """Take note of newer evidence: a tenant that was just proved, an application that was just chosen."""
        moved = (_tenant_of(desired), desired.size) != (_tenant_of(self._desired), self._desired.size)
        if moved or self._transport is None:
            self._transport, self._graph, self._memo, self._others = None, None, Memo(), {}
        else:
            self._transport.guard = self._guarded(desired)
        self._desired = desired

    def _guarded(self, desired: Desired) -> Callable[[str, str], None]:
        allowed = _reading_guard(desired) if self._read_only else _guard(desired)

        def guard(method: str, path: str) -> None:
            self._before_each(method)
            allowed(method, path)

        return guard

    @property
    def calls(self) -> int:
        """How many requests went to Graph so far."""
        own = self._transport.calls if self._transport else 0
        return own + sum(other.calls for other in self._others.values())

    @property
    def asked_alone(self) -> tuple[Read, ...]:
        """Reads that a batch was not answered, and a call alone was."""
        return self._memo.alone

    @property
    def client_id(self) -> str:
        """The application (client) id of ours that reads the tenant."""
        return self._desired.size.client_id

    @property
    def graph(self) -> GraphClient:
        """Graph in the customer's tenant; read-only until the tenant is proved and the application chosen."""
        if self._graph is None:
            guard = self._guarded(self._desired)
            self._transport = Transport(session(), self._source(), guard=guard, memo=self._memo, sleep=sleep)
            self._graph = GraphClient(self._transport)
        return self._graph

    def as_size(self, size: ConsentSize) -> TenantSession:
        """The same tenant as another application of ours sees it, to read only."""
        if size.key not in self._others:
            self._others[size.key] = TenantSession(
                replace(self._desired, size=size), read_only=True, before_each=self._before_each
            )
        return self._others[size.key]

    def is_let_in(self) -> bool:
        """Whether Microsoft still gives our application a fresh token for the tenant.

        False only where the tenant has no such application any more; raises a `GraphError` that says neither.
        """
        source = self._source()
        source.drop()
        try:
            source.token()
        except NotAllowed as error:
            return error.code not in CODES_OF_A_REMOVED_APPLICATION
        return True

    def resolve(self, name: str) -> str | None:
        """The tenant id behind a domain or tenant id, or None."""
        return resolve_tenant(session(), GLOBAL, name, discoveries=discoveries())

    def roles_in_token(self) -> frozenset[str] | None:
        """Names of the permissions in the token at hand, a hint only; None where that cannot be told."""
        try:
            return roles_named_in(self._source().token())
        except GraphError:
            return None

    def forget_token(self) -> None:
        """Drop the tenant's cached token, so that newly granted permissions are seen, and what was read with it."""
        self._memo.forget()
        tenant_id = _tenant_of(self._desired)
        if tenant_id is not None:
            token_sources(self.client_id).drop(tenant_id)

    def _source(self) -> ClientCredentials:
        tenant_id = _tenant_of(self._desired)
        if tenant_id is None:
            raise NoTenantYet("the customer's tenant is not known yet")
        return token_sources(self.client_id).of(tenant_id)


def _nothing(_method: str) -> None: ...


def _tenant_of(desired: Desired) -> str | None:
    return desired.proved.tenant_id if desired.proved else desired.expected_tenant
