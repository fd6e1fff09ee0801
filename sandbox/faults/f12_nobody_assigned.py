"""F12: nobody is assigned."""

from __future__ import annotations

from ..world import World
from . import assignments
from .fault import EVERYBODY, Fault


class NobodyAssigned(Fault):
    """The job runs, and finds nobody to bring."""

    key = "F12"
    seen = "Nobody is assigned: appRoleAssignedTo is empty, and a cycle ends with 0 users."
    in_graph = "appRoleAssignedTo and its $count; a new assignment counts"
    affects = EVERYBODY

    def apply(self, world: World) -> None:
        """Take every assignment away."""
        assignments.withdraw_all(self.tenant, self.applied)

    def undo(self, world: World) -> None:
        """Give the assignments back."""
        assignments.give_back(self.tenant, self.applied)
