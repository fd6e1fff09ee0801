"""F30: somebody leaves the scope before it is deleted."""

from __future__ import annotations

from ..world import World
from . import assignments
from .fault import FIRST_USER, Fault


class UnassignedBeforeDeletion(Fault):
    """The service loses sight of the user, and does not hear of the deletion."""

    key = "F30"
    seen = (
        "The first user is unassigned, and out of the assigned groups, before it is deleted for good: no DELETE is"
        " ever sent."
    )
    in_graph = "appRoleAssignedTo, the members of the groups and their $count"
    affects = FIRST_USER

    def apply(self, world: World) -> None:
        """Take the users' own assignments away, and the users out of the assigned groups."""
        assignments.withdraw_users(self.tenant, self.applied)

    def undo(self, world: World) -> None:
        """Give assignments and memberships back."""
        assignments.give_back(self.tenant, self.applied)
