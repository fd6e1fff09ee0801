"""F17: somebody's name belongs to an account that no search finds."""

from __future__ import annotations

from ..world import World
from . import accounts
from .fault import FIRST_USER, Fault


class NameTaken(Fault):
    """Haiilo refuses to create the account."""

    key = "F17"
    seen = "The first user's name is taken by an account that no search finds: 409, EntryConflict."
    in_graph = "no: the other account is at Haiilo; it goes with the switch"
    affects = FIRST_USER

    def apply(self, world: World) -> None:
        """Make hidden accounts with the users' names."""
        platform = accounts.platform_of(world, self.tenant)
        for user_id in self.applied.users if platform is not None else ():
            assert platform is not None
            name = accounts.arriving_name(self.tenant, user_id)
            accounts.add_local(world, platform, name, self.applied, hidden=True)

    def undo(self, world: World) -> None:
        """Remove the hidden accounts."""
        accounts.remove_added(world, self.tenant, self.applied)
