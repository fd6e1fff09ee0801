"""F35: the customer took our access away."""

from __future__ import annotations

from ..graph.exchange import Refused
from ..login.refusals import LoginRefused
from .fault import Fault


class AccessLost(Fault):
    """Neither a new token is handed out nor an old one taken."""

    key = "F35"
    seen = "Access is lost: 401 InvalidAuthenticationToken, and AADSTS700016 at the token endpoint."
    in_graph = "no: nothing can be asked"

    def refuse_token(self) -> None:
        """Raises LoginRefused (700016) for every application."""
        raise LoginRefused(700016, "unauthorized_client", detail=f"Directory '{self.tenant.name}'.")

    def withheld_roles(self) -> frozenset[str]:
        """Raises Refused (401) for every token."""
        raise Refused(401, "InvalidAuthenticationToken", "Access token validation failure.")
