"""F5: a granted permission has no effect."""

from __future__ import annotations

from .fault import Fault


class SynchronizationNotEffective(Fault):
    """The token names the permission and Graph does not honour it."""

    key = "F5"
    seen = "Synchronization.ReadWrite.All is granted and not effective: 401 UnknownError with an empty message."
    in_graph = "no: the token and appRoleAssignments still name it"

    def withheld_roles(self) -> frozenset[str]:
        """Withhold the permission that provisioning needs."""
        return frozenset({"Synchronization.ReadWrite.All"})
