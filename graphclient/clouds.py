"""Microsoft's clouds: tokens are not interchangeable (Graph documentation, "National cloud deployments")."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cloud:
    """Where to sign in and where Graph answers; both without a trailing slash."""

    name: str
    login: str
    graph: str

    @property
    def scope(self) -> str:
        """The scope of an app-only token for this cloud's Graph."""
        return f"{self.graph}/.default"


GLOBAL = Cloud("global", "https://login.microsoftonline.com", "https://graph.microsoft.com")
US_GOV_L4 = Cloud("us-gov-l4", "https://login.microsoftonline.us", "https://graph.microsoft.us")
US_GOV_L5 = Cloud("us-gov-l5", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us")
CHINA = Cloud("china", "https://login.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn")
