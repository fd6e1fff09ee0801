"""F13: somebody has no value in any attribute that could be matched by."""

from __future__ import annotations

from typing import Any

from ..world import User
from .fault import FIRST_USER, Fault


class NothingToMatchBy(Fault):
    """Whichever of these the mapping matches by, it is empty."""

    key = "F13"
    seen = "The first user has no user principal name, mail and mailNickname, so nothing to match by: ImportSkipped."
    in_graph = "the user, null wherever it is shown; still found by id, and below `/users/` by its last name"
    affects = FIRST_USER
    laid_last = True

    def attributes(self, user: User) -> dict[str, Any]:
        """Leave the user without names, whatever other faults make of them."""
        return {"userPrincipalName": "", "mail": None, "mailNickname": None}
