"""The token endpoint: client credentials and authorization code.

Facts: docs/graph-facts.md, "Login".
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import faults
from ..world import App, Consent, Tenant, User, World
from . import client, keys
from .refusals import LoginRefused, by_number, needed
from .tenants import FOREIGN, GLOBAL, issuer, issuer_host, tenant_of

LIFETIME = 3600
CODE_LIFETIME = 600.0
OIDC = frozenset({"openid", "profile", "email", "offline_access"})
GRAPH = {
    "https://login.microsoftonline.com": "https://graph.microsoft.com",
    "https://login.microsoftonline.us": "https://graph.microsoft.us",
}


@dataclass
class Code:
    """An authorization code that was handed out."""

    client_id: str
    redirect_uri: str
    tenant_id: str
    user_id: str
    nonce: str
    challenge: str
    scope: str
    made: float = field(default_factory=time.time)
    used: bool = False


@dataclass
class TokenEndpoint:
    """Hands out tokens; codes live in memory only."""

    world: World
    codes: dict[str, Code] = field(default_factory=dict)

    def answer(self, authority: str, form: Mapping[str, str], origin: str, host: str) -> dict[str, Any]:
        """The answer of POST …/token. Raises LoginRefused."""
        tenant = tenant_of(self.world, authority)
        grant = needed(form, "grant_type")
        _refuse_other_cloud(tenant, form, host)
        app = client.authenticate(self.world, form, _audiences(authority, tenant, origin, host))
        if grant == "client_credentials":
            return self._app_only(app, tenant, form, host)
        if grant == "authorization_code":
            return self._redeem(app, tenant, form, host)
        raise LoginRefused(70003, "unsupported_grant_type")

    def _app_only(self, app: App, tenant: Tenant | None, form: Mapping[str, str], host: str) -> dict[str, Any]:
        if tenant is None:
            raise LoginRefused(9001023, "invalid_request")
        scope = needed(form, "scope")
        graph = GRAPH.get(issuer_host(host), "https://graph.microsoft.com")
        if scope != f"{graph}/.default" and scope.endswith("/.default"):
            raise LoginRefused(500011, "invalid_resource", detail=f"Resource '{scope.removesuffix('/.default')}'.")
        if scope != f"{graph}/.default":
            raise LoginRefused(70011, "invalid_scope", detail=f"Scope '{scope}'.")
        consent = _effective(self.world, tenant, app)
        if tenant.reality.token_refused:
            raise by_number(tenant.reality.token_refused)
        for fault in faults.on(tenant):
            fault.refuse_token()
        claims = {
            **_times(),
            "aud": graph,
            "iss": f"https://sts.windows.net/{tenant.id}/",
            "appid": app.client_id,
            "app_displayname": app.display_name,
            "appidacr": "2",
            "idp": f"https://sts.windows.net/{tenant.id}/",
            "idtyp": "app",
            "oid": consent.service_principal_id,
            "sub": consent.service_principal_id,
            "roles": sorted(consent.roles),
            "tid": tenant.id,
            "uti": uuid.uuid4().hex[:22],
            "ver": "1.0",
        }
        token = keys.sign(self.world, claims)
        return {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token}

    def _redeem(self, app: App, tenant: Tenant | None, form: Mapping[str, str], host: str) -> dict[str, Any]:
        code = self.codes.get(needed(form, "code"))
        if code is None or code.client_id != app.client_id:
            raise LoginRefused(70000, "invalid_grant")
        if code.used:
            raise LoginRefused(54005, "invalid_grant")
        if time.time() > code.made + CODE_LIFETIME:
            raise LoginRefused(70008, "invalid_grant")
        if needed(form, "redirect_uri") != code.redirect_uri:
            raise LoginRefused(50011, "invalid_client")
        if code.challenge and client.s256(form.get("code_verifier", "")) != code.challenge:
            raise LoginRefused(501481, "invalid_grant")
        if tenant is not None and tenant.id != code.tenant_id:
            raise LoginRefused(70000, "invalid_grant", detail="The code was issued for another tenant.")
        code.used = True
        home = self.world.tenants[code.tenant_id]
        return self._for_person(app, home, home.users[code.user_id], code, form, host)

    def _for_person(
        self, app: App, tenant: Tenant, user: User, code: Code, form: Mapping[str, str], host: str
    ) -> dict[str, Any]:
        access = {
            **_times(),
            "aud": "https://graph.microsoft.com",
            "iss": f"https://sts.windows.net/{tenant.id}/",
            "appid": app.client_id,
            "oid": user.id,
            "tid": tenant.id,
            "scp": "email openid profile",
            "ver": "1.0",
        }
        answer = {
            "token_type": "Bearer",
            "scope": "email openid profile",
            "expires_in": LIFETIME,
            "ext_expires_in": LIFETIME,
            "access_token": keys.sign(self.world, access),
        }
        if "openid" in code.scope.split():
            answer["id_token"] = keys.sign(self.world, id_claims(app, tenant, user, code, host))
        if form.get("client_info"):
            info = json.dumps({"uid": user.id, "utid": tenant.id}).encode()
            answer["client_info"] = base64.urlsafe_b64encode(info).decode().rstrip("=")
        return answer


def id_claims(app: App, tenant: Tenant, user: User, code: Code, host: str) -> dict[str, Any]:
    """The ID token's claims; scopes and switches bring more."""
    scopes = set(code.scope.split())
    pairwise = hashlib.sha256(f"{app.client_id}/{tenant.id}/{user.id}".encode()).digest()
    claims: dict[str, Any] = {
        **_times(),
        "aud": app.client_id,
        "iss": issuer(host, tenant),
        "sub": base64.urlsafe_b64encode(pairwise).decode().rstrip("="),
        "tid": tenant.id,
        "uti": uuid.uuid4().hex[:22],
        "rh": "0.A",
        "ver": "2.0",
    }
    if code.nonce:
        claims["nonce"] = code.nonce
    if "profile" in scopes:
        claims |= {"name": user.displayName, "preferred_username": signs_in_as(user), "oid": user.id}
    if "email" in scopes and user.mail:
        claims["email"] = user.mail
    for fault in faults.on(tenant):
        claims |= fault.id_claims(user)
    return claims


def signs_in_as(user: User) -> str:
    """The name at the sign-in page: a guest's is its address at home."""
    return (user.mail or "") if user.userType == "Guest" else user.userPrincipalName


def _times() -> dict[str, int]:
    now = int(time.time())
    return {"iat": now, "nbf": now - 300, "exp": now + LIFETIME}


def _audiences(authority: str, tenant: Tenant | None, origin: str, host: str) -> set[str]:
    names = {authority, authority.lower()} | ({tenant.id} if tenant else set())
    hosts = {origin, issuer_host(host), GLOBAL}
    return {f"{each}/{name}/oauth2/v2.0/token" for each in hosts for name in names}


def _refuse_other_cloud(tenant: Tenant | None, form: Mapping[str, str], host: str) -> None:
    """Raises LoginRefused where the tenant is in another cloud than the host."""
    foreign = FOREIGN.get(tenant.reality.cloud) if tenant else None
    if foreign is not None and issuer_host(host) == GLOBAL:
        raise by_number(foreign.by_certificate if form.get("client_assertion") else foreign.by_secret)


def _effective(world: World, tenant: Tenant, app: App) -> Consent:
    """Consent that took effect. Raises LoginRefused (7000229) without one, and for a while after it."""
    consent = tenant.consents.get(app.client_id)
    if consent is None or consent.effective_at > world.clock.now():
        raise LoginRefused(7000229, "invalid_client", status=401, detail=f"Tenant '{tenant.id}'.")
    return consent
