"""F19: an account was deleted at Haiilo by hand."""

from __future__ import annotations

from ..provisioning import memory as memories
from ..provisioning.memory import Memory
from ..provisioning.scope import Scope
from ..world import World
from . import accounts
from .fault import Affects, Fault


class AccountDeleted(Fault):
    """The service has a link to an account that is gone; where nobody is linked yet, a later cycle finds somebody."""

    key = "F19"
    seen = "The first linked user's account was deleted at Haiilo by hand: InvalidAnchor."
    in_graph = "no: it happened at Haiilo, which restores the account with the switch"
    affects = Affects("the first user whom the service has linked")

    def apply(self, world: World) -> None:
        """Delete the account, if anybody is linked."""
        for job in self.tenant.jobs.values():
            if "memory" in job.engine and not job.deleted:
                self._delete(world, memories.of(job))

    def look(self, world: World, scope: Scope, memory: Memory, *, on_demand: bool) -> None:
        """Delete the account, if that has not been done yet."""
        with world.lock:
            self._delete(world, memory)

    def _delete(self, world: World, memory: Memory) -> None:
        platform = accounts.platform_of(world, self.tenant)
        if platform is None or self.applied.kept or not memory.links:
            return
        user_id, target = next(iter(memory.links.items()))
        person = platform.people.get(target)
        if person is not None:
            platform.remove(person)
            self.applied.kept[target] = person
            memory.seen.discard(user_id)

    def undo(self, world: World) -> None:
        """Restore the account, unless its name has been given to another."""
        platform, kept = accounts.platform_of(world, self.tenant), self.applied.kept
        for person in kept.values() if platform is not None else ():
            assert platform is not None
            if platform.find_name(person.user_name) is None:
                platform.add(person)
        for job in self.tenant.jobs.values():
            if "memory" in job.engine:
                memory = memories.of(job)
                memory.seen -= {memory.owners.get(target, "") for target in kept}
                for target in kept:
                    memory.escrows.pop(memory.owners.get(target, ""), None)
