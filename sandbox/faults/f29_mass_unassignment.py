"""F29: everybody is unassigned at once."""

from __future__ import annotations

from ..world import World
from . import assignments
from .fault import EVERYBODY, Fault


class MassUnassignment(Fault):
    """Somebody took the groups away, as it happens when an application is set up anew."""

    key = "F29"
    seen = (
        "Everybody is unassigned, and appRoleAssignedTo empty: TooManyDeletes and stagedDelete, or without the guard"
        " all are gone."
    )
    in_graph = "appRoleAssignedTo and its $count"
    affects = EVERYBODY

    def apply(self, world: World) -> None:
        """Take every assignment away."""
        assignments.withdraw_all(self.tenant, self.applied)

    def undo(self, world: World) -> None:
        """Give the assignments back."""
        assignments.give_back(self.tenant, self.applied)
