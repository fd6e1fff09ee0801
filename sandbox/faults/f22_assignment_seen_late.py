"""F22: the service sees a new assignment late."""

from __future__ import annotations

from ..provisioning.memory import Memory
from ..provisioning.scope import Scope
from ..world import World
from .fault import Affects, Fault


class AssignmentSeenLate(Fault):
    """Cycles miss whoever was assigned last, as long as the switch is on."""

    key = "F22"
    seen = "The cycle does not see the newest assignment yet, Graph and provisioning on demand do."
    in_graph = "no: the assignment is shown, the service is late"
    affects = Affects("whoever was assigned last")

    def look(self, world: World, scope: Scope, memory: Memory, *, on_demand: bool) -> None:
        """Leave out of a cycle's scope whoever was assigned last."""
        if scope.users and not on_demand:
            scope.users.popitem()
