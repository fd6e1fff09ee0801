"""F4: a consent grants less than was asked for."""

from __future__ import annotations

from ..login.refusals import LoginRefused
from .fault import Fault


class HalfOfThePermissions(Fault):
    """The switch's value is True, or "concurrent" for a consent that fails once before."""

    key = "F4"
    seen = 'A consent grants half of the permissions; "concurrent": the first try ends with AADSTS650051.'
    in_graph = "`roles` of the token and appRoleAssignments of our service principal, from the next consent on"

    def granted(self, permissions: list[str]) -> list[str]:
        """The first half. Raises LoginRefused (650051), once, for a concurrent consent."""
        if self.value == "concurrent":
            self.applied.value = True
            raise LoginRefused(650051, "access_denied")
        return permissions[: len(permissions) // 2]
