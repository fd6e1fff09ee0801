"""F20: a group loses all its members."""

from __future__ import annotations

from .fault import Fault


class MembersEmptied(Fault):
    """Haiilo takes Remove of ``members`` with a list of values by the letter of RFC 7644 3.5.2.2."""

    key = "F20"
    seen = "Removing one member of a group (without aadOptscim062020) removes them all."
    in_graph = "no: it is at Haiilo"

    def empties_members(self) -> bool:
        """Remove them all."""
        return True
