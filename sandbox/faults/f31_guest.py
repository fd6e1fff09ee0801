"""F31: a guest arrives under another name."""

from __future__ import annotations

from typing import Any

from ..provisioning.source import GUEST
from ..world import User
from .fault import FIRST_USER, Fault


class Guest(Fault):
    """The user principal name of a guest holds its address at home, which alone arrives."""

    key = "F31"
    seen = "The first user is a guest (userType, #EXT# in its name): its userName is its address at home."
    in_graph = "the user's userPrincipalName and userType"
    affects = FIRST_USER

    def attributes(self, user: User) -> dict[str, Any]:
        """Name the user as Entra names a guest."""
        name = f"{user.userPrincipalName.replace('@', '_')}{GUEST}@{self.tenant.initial_domain}"
        return {"userPrincipalName": name, "userType": "Guest"}
