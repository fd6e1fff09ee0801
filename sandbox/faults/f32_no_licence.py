"""F32: the tenant has no Entra ID P1."""

from __future__ import annotations

from ..world import World
from .fault import Fault


class NoLicence(Fault):
    """Groups that are assigned stay assigned."""

    key = "F32"
    seen = (
        "No P1 licence, also in organization and subscribedSkus: 403"
        " Authentication_RequestFromNonPremiumTenantOrB2CTenant on the logs."
    )
    in_graph = "assignedPlans and subscribedSkus; groups that are assigned stay so"

    def apply(self, world: World) -> None:
        """End the licence."""
        self.applied.kept, self.tenant.licence = {"licence": self.tenant.licence}, "none"

    def undo(self, world: World) -> None:
        """Renew the licence."""
        self.tenant.licence = self.applied.kept["licence"]
