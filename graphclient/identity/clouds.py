"""Microsoft's clouds as data (Microsoft Graph, "Microsoft Graph national cloud deployments").

Tokens of one cloud are worth nothing in another, and our application must be registered in each cloud separately.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


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
