"""Authorities: who is meant by the first part of a login address, and their discovery documents.

Facts: docs/graph-facts.md, "Login".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..world import Tenant, World
from .refusals import LoginRefused

SHARED = frozenset({"common", "organizations", "consumers"})
ISSUERS = {
    "login.microsoftonline.us": "https://login.microsoftonline.us",
    "login.chinacloudapi.cn": "https://login.chinacloudapi.cn",
    "login.partner.microsoftonline.cn": "https://login.partner.microsoftonline.cn",
}


@dataclass(frozen=True)
class ForeignCloud:
    """What a tenant of another cloud shows at the global host. Numbers: AADSTS for a certificate, and for a secret."""

    issuer: str
    instance: str
    region: str
    sub_region: str
    graph: str
    by_certificate: int
    by_secret: int


FOREIGN = {
    "usgov": ForeignCloud(
        "https://login.microsoftonline.us",
        "microsoftonline.us",
        "USGov",
        "DODCON",
        "graph.microsoft.us",
        700023,
        900382,
    ),
    "china": ForeignCloud(
        "https://login.partner.microsoftonline.cn",
        "partner.microsoftonline.cn",
        "CN",
        "",
        "microsoftgraph.chinacloudapi.cn",
        90038,
        90038,
    ),
}
"""By Reality.cloud."""
GLOBAL = "https://login.microsoftonline.com"


def tenant_of(world: World, authority: str) -> Tenant | None:
    """By id or domain; None for the shared ones. Raises LoginRefused (90002) for an unknown one."""
    if authority.lower() in SHARED:
        return None
    found = world.tenant_at(authority)
    if found is None:
        raise LoginRefused(90002, "invalid_tenant", detail=f"Tenant '{authority}'.")
    return found


def issuer_host(host: str) -> str:
    """The issuer of the cloud that a Host header belongs to; the global one for the sandbox's own address."""
    return ISSUERS.get(host.partition(":")[0], GLOBAL)


def issuer(host: str, tenant: Tenant | None) -> str:
    """As it stands in tokens; a template for the shared authorities."""
    return f"{issuer_host(host)}/{tenant.id if tenant else '{tenantid}'}/v2.0"


def discovery(world: World, authority: str, origin: str, host: str) -> dict[str, Any]:
    """The OpenID configuration: endpoints where the client asked, Microsoft's issuer. Raises LoginRefused."""
    tenant = tenant_of(world, authority)
    name = tenant.id if tenant else authority.lower()
    foreign = FOREIGN.get(tenant.reality.cloud) if tenant else None
    if tenant is not None and foreign is not None and issuer_host(host) == GLOBAL:
        return _document(f"{foreign.issuer}/{name}", f"{foreign.issuer}/{name}/v2.0", foreign.instance) | {
            "tenant_region_scope": foreign.region,
            **({"tenant_region_sub_scope": foreign.sub_region} if foreign.sub_region else {}),
            "msgraph_host": foreign.graph,
            "userinfo_endpoint": f"https://{foreign.graph}/oidc/userinfo",
        }
    instance = issuer_host(host).removeprefix("https://login.")
    return _document(f"{origin}/{name}", issuer(host, tenant), instance)


def _document(root: str, issued_by: str, instance: str) -> dict[str, Any]:
    """The configuration of endpoints below `root`."""
    return {
        "token_endpoint": f"{root}/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": f"{root}/discovery/v2.0/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issued_by,
        "request_uri_parameter_supported": False,
        "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
        "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "end_session_endpoint": f"{root}/oauth2/v2.0/logout",
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid", "oid"],
        "tenant_region_scope": "EU",
        "cloud_instance_name": instance,
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
    }


def instances(origin: str) -> dict[str, Any]:
    """Instance discovery: which hosts are one cloud."""
    return {
        "tenant_discovery_endpoint": f"{origin}/common/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [
            {
                "preferred_network": "login.microsoftonline.com",
                "preferred_cache": "login.windows.net",
                "aliases": ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"],
            }
        ],
    }
