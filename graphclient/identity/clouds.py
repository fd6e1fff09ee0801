"""Microsoft's clouds as data (Microsoft Graph, "Microsoft Graph national cloud deployments").

Tokens of one cloud are worth nothing in another, and our application must be registered in each cloud separately.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit


@dataclass(frozen=True)
class Cloud:
    """One cloud: the origins of the login service and of Graph, without a trailing slash.

    `provisioning_logs`: whether the cloud has /auditLogs/provisioning. `secrets_cap`: how many bytes SCIM address,
    token and notification mail may have together, None where no limit is published.
    """

    name: str
    login: str
    graph: str
    provisioning_logs: bool = True
    secrets_cap: int | None = None

    @property
    def api(self) -> str:
        """The base of every request to Graph."""
        return f"{self.graph}/v1.0"

    @property
    def scope(self) -> str:
        """The scope of an app-only token for this cloud's Graph."""
        return f"{self.graph}/.default"

    def authority(self, tenant: str) -> str:
        """Where `tenant` (an id, a domain, or ``organizations``) signs in."""
        return f"{self.login}/{quote(tenant, safe='')}"


GLOBAL = Cloud("global", "https://login.microsoftonline.com", "https://graph.microsoft.com")
US_GOV_L4 = Cloud("us-gov-l4", "https://login.microsoftonline.us", "https://graph.microsoft.us", secrets_cap=1024)
US_GOV_L5 = Cloud("us-gov-l5", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us", secrets_cap=1024)
CHINA = Cloud(
    "china", "https://login.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn", provisioning_logs=False
)
CLOUDS = {cloud.name: cloud for cloud in (GLOBAL, US_GOV_L4, US_GOV_L5, CHINA)}
OTHER = "other"  # a cloud of Microsoft's that has no entry here, such as the closed one in Germany

# What a tenant's metadata may say of its cloud, the more exact first (docs/graph-facts.md, "Tenants and clouds").
_SUB_SCOPES = {"dod": US_GOV_L5.name, "dodcon": US_GOV_L4.name}
_WORLDWIDE_SUB_SCOPES = ("gcc",)
_SCOPES = {"usgov": US_GOV_L4.name, "usg": US_GOV_L4.name, "cn": CHINA.name, "china": CHINA.name}
_HOSTS = {
    "dod-graph.microsoft.us": US_GOV_L5.name,
    "graph.microsoft.us": US_GOV_L4.name,
    "microsoftonline.us": US_GOV_L4.name,
    "microsoftazure.us": US_GOV_L4.name,
    "chinacloudapi.cn": CHINA.name,
    "microsoftonline.cn": CHINA.name,
    "microsoftonline.de": OTHER,
    "cloudapi.de": OTHER,
}
_NAMING_HOSTS = ("cloud_instance_name", "msgraph_host", "cloud_graph_host_name", "issuer", "token_endpoint")


def cloud_named_by(document: Mapping[str, Any]) -> str:
    """The name of the cloud of the tenant whose OpenID metadata this is; the global one's where nothing names another.

    Any sign of another cloud counts: the global login host hands out metadata of tenants that live elsewhere. A tenant
    of US GCC is in the global cloud.
    """
    return next(_signs(document), GLOBAL.name)


def _signs(document: Mapping[str, Any]) -> Iterator[str]:
    sub_scope, scope = (_word(document, f"tenant_region_{name}") for name in ("sub_scope", "scope"))
    if sub_scope in _SUB_SCOPES:
        yield _SUB_SCOPES[sub_scope]
    hosts = [_host(_word(document, name)) for name in _NAMING_HOSTS]
    yield from (name for end, name in _HOSTS.items() for host in hosts if f".{host}".endswith(f".{end}"))
    if scope in _SCOPES and sub_scope not in _WORLDWIDE_SUB_SCOPES:
        yield _SCOPES[scope]


def _word(document: Mapping[str, Any], name: str) -> str:
    found = document.get(name)
    return found.strip().lower() if isinstance(found, str) else ""


def _host(text: str) -> str:
    """The host in an address, or the text itself, which is a host."""
    try:
        return (urlsplit(text).hostname or "") if "://" in text else text
    except ValueError:
        return ""
