"""F11: somebody is assigned, and the service does not count it."""

from __future__ import annotations

from typing import Any

from ..graph.assignments import DEFAULT_ACCESS
from ..provisioning.memory import Memory
from ..provisioning.scope import Scope
from ..world import User, World
from . import assignments
from .fault import FIRST_USER, Fault


class DefaultAccess(Fault):
    """The switch's value may be "disabled" too: then the first user's sign-in is blocked instead."""

    key = "F11"
    seen = (
        "The first user is assigned with default access only (appRoleId of zeros), and skipped:"
        ' NotEffectivelyEntitled; "disabled": its sign-in is blocked instead.'
    )
    in_graph = "appRoleAssignedTo (of a group, if that is the way in), or accountEnabled"
    affects = FIRST_USER

    def attributes(self, user: User) -> dict[str, Any]:
        """A blocked sign-in, where the switch's value says so."""
        return {"accountEnabled": False} if self.value == "disabled" else {}

    def apply(self, world: World) -> None:
        """Take the role from every assignment by which the users are in scope."""
        if self.value == "disabled":
            return
        for user_id in self.applied.users:
            for each in assignments.leading_to(self.tenant, user_id):
                self.applied.kept.setdefault(each.id, each.appRoleId)
                each.appRoleId = DEFAULT_ACCESS
                self.tenant.change(each)

    def undo(self, world: World) -> None:
        """Give the roles back, but for those that somebody has changed meanwhile."""
        for each in assignments.of_applications(self.tenant):
            if each.id in self.applied.kept and each.appRoleId == DEFAULT_ACCESS:
                each.appRoleId = self.applied.kept[each.id]
                self.tenant.change(each)

    def look(self, world: World, scope: Scope, memory: Memory, *, on_demand: bool) -> None:
        """Not entitled is whoever is in scope by nothing but assignments that lost their role, as in jobs made
        before 2020 (docs/graph-facts.md, "Scope and assignments").
        """
        for name in self._assigned():
            if all(role["id"] == DEFAULT_ACCESS for role in scope.roles.get(name, [])):
                scope.not_entitled.add(name)

    def _assigned(self) -> set[str]:
        """Ids of the users, and of the direct members of the groups, whose assignments lost their role."""
        found = set[str]()
        for there in self.tenant.assignments.values():
            for each in there.values():
                if each.id in self.applied.kept:
                    group = self.tenant.groups.get(each.principalId)
                    found |= {each.principalId} if group is None else set(group.members)
        return found
