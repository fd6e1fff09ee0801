"""F16: somebody was renamed and comes a second time."""

from __future__ import annotations

from typing import Any

from ..provisioning.memory import Memory
from ..provisioning.scope import Scope
from ..world import User, World
from .fault import FIRST_USER, Fault


class RenamedPerson(Fault):
    """A rename alone does no harm: the service has to have lost its link too."""

    key = "F16"
    seen = (
        "The first user is renamed (userPrincipalName, mail and mailNickname: new.…) and the service's link to it is"
        " lost: Haiilo gets a second account for the same person."
    )
    in_graph = "the user's names, the old one is 404; that the link was lost is seen nowhere"
    affects = FIRST_USER

    def attributes(self, user: User) -> dict[str, Any]:
        """Give the user new names."""
        names = {name: getattr(user, name) for name in ("userPrincipalName", "mail", "mailNickname")}
        return {name: f"new.{value}" for name, value in names.items() if value}

    def look(self, world: World, scope: Scope, memory: Memory, *, on_demand: bool) -> None:
        """Lose the link, once for each of the users."""
        done = self.applied.done
        for identity in self.applied.users:
            if identity in memory.links and identity not in done:
                memory.unlink(identity)
                memory.seen.discard(identity)
                done.append(identity)
