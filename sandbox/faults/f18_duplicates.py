"""F18: two accounts for one person, and two people for one account."""

from __future__ import annotations

from typing import Any

from ..provisioning.source import GUEST
from ..world import User, World
from . import accounts
from .fault import Affects, Fault


class Duplicates(Fault):
    """The first user meets two accounts at Haiilo; the second and the third want the same one."""

    key = "F18"
    seen = (
        "The first user's search finds two accounts (DuplicateTargetEntries); the third user is a guest whose name,"
        " once #EXT# and the tenant's domain are stripped, is the second one's (DuplicateSourceEntries)."
    )
    in_graph = "the third user; the second account is at Haiilo and goes with the switch"
    affects = Affects("the first three users", users=3)

    def attributes(self, user: User) -> dict[str, Any]:
        """Give the third user the names of the second, as those of a guest."""
        if len(self.applied.users) < 3 or user.id != self.applied.users[2]:
            return {}
        other = self.tenant.users[self.applied.users[1]]
        alias = "_".join(other.userPrincipalName.rsplit("@", 1))
        names = {"mail": other.mail, "mailNickname": other.mailNickname}
        return {**names, "userPrincipalName": f"{alias}{GUEST}@{self.tenant.initial_domain}", "userType": "Guest"}

    def apply(self, world: World) -> None:
        """Let a search for the first user find two accounts."""
        platform = accounts.platform_of(world, self.tenant)
        if platform is not None and self.applied.users:
            name = accounts.arriving_name(self.tenant, self.applied.users[0])
            accounts.add_local(world, platform, name, self.applied, hidden=False)
            platform.doubled = frozenset({name.lower()})

    def undo(self, world: World) -> None:
        """Leave one account to a search, or none."""
        platform = accounts.platform_of(world, self.tenant)
        if platform is not None:
            platform.doubled = frozenset()
        accounts.remove_added(world, self.tenant, self.applied)
