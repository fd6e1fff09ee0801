"""F14: an attribute that Haiilo demands is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..haiilo.refusals import ScimRefused
from ..world import User
from .fault import FIRST_USER, Fault


class SurnameMissing(Fault):
    """Haiilo demands it of everybody, and somebody has none."""

    key = "F14"
    seen = "Haiilo demands name.familyName; the first user has none: MandatoryFieldsMissing."
    in_graph = "the user's surname"
    affects = FIRST_USER

    def attributes(self, user: User) -> dict[str, Any]:
        """Leave the user without a surname."""
        return {"surname": None}

    def check_user(self, data: Mapping[str, Any]) -> None:
        """Raises ScimRefused (400) for a user without a family name."""
        if not (data.get("name") or {}).get("familyName"):
            raise ScimRefused(400, "Required property missing: name.familyName.", "invalidValue")
