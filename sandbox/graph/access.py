"""Who asks: the bearer token, and what it may be used for.

The token must be signed by one of the login service's keys, for Graph, unexpired, and its application must still be
consented to in the tenant. Roles come from the token, as in Graph.

Facts: docs/graph-facts.md, "Permissions and ownership".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import faults
from ..login import keys
from ..world import Tenant, World
from .exchange import Call, Caller, Refused

AUDIENCES = {
    "https://graph.microsoft.com",
    "https://graph.microsoft.us",
    "https://dod-graph.microsoft.us",
    "https://microsoftgraph.chinacloudapi.cn",
}

CHALLENGE = (
    'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize",'
    ' client_id="00000003-0000-0000-c000-000000000000"'
)


def authenticate(call: Call) -> Caller:
    """Raises Refused (401 InvalidAuthenticationToken and relatives)."""
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _invalid("Access token is empty.")
    claims = _claims(call.world, token.strip())
    tenant = call.world.tenants.get(str(claims.get("tid", "")))
    if tenant is None:
        raise _invalid("The tenant for tenant guid does not exist.")
    if claims.get("scp"):
        return Caller(tenant, str(claims["appid"]), "", frozenset(), str(claims.get("oid", "")))
    client_id = str(claims.get("appid", ""))
    consent = tenant.consents.get(client_id)
    if consent is None or consent.service_principal_id != claims.get("oid"):
        raise Refused(
            401,
            "Authorization_IdentityNotFound",
            "The identity of the calling application could not be established.",
        )
    roles = frozenset(claims.get("roles", ())) & frozenset(consent.roles)
    return Caller(tenant, client_id, consent.service_principal_id, roles - _withheld(tenant))


def _withheld(tenant: Tenant) -> frozenset[str]:
    """Roles without effect. Raises Refused where a fault lets no token in."""
    return frozenset[str]().union(*(fault.withheld_roles() for fault in faults.on(tenant)))


def _claims(world: World, token: str) -> Mapping[str, Any]:
    try:
        claims = keys.verify(world, token)
    except keys.Expired as error:
        raise _invalid("Lifetime validation failed, the token is expired.") from error
    except keys.NotOurs as error:
        raise _invalid(str(error)) from error
    if str(claims.get("aud", "")).rstrip("/") not in AUDIENCES:
        raise _invalid("Access token validation failure. Invalid audience.")
    return claims


def _invalid(message: str) -> Refused:
    return Refused(
        401,
        "InvalidAuthenticationToken",
        message,
        headers={"WWW-Authenticate": CHALLENGE},
    )


def watch_isolation(call: Call) -> None:
    """Record a call that names an object of another tenant: our client mixed up its tokens."""
    for name in call.parts.values():
        key = name.lower()
        for other in list(call.world.tenants.values()):
            if other is not call.tenant and _holds(other, key):
                call.world.violations.append(
                    {
                        "method": call.method,
                        "path": call.path,
                        "token_tenant": call.tenant.id,
                        "object": name,
                        "object_tenant": other.id,
                    }
                )


def _holds(tenant: Tenant, key: str) -> bool:
    return key in tenant.service_principals or key in tenant.users or key in tenant.groups or key in tenant.jobs
