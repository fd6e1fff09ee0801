"""An attribute that provisioning wrote, in the log or in a provision on demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import fields


@dataclass(frozen=True)
class Modified:
    """One attribute; the values are personal data and stay out of repr."""

    name: str
    old: str | None = field(default=None, repr=False)
    new: str | None = field(default=None, repr=False)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Modified:
        """Everything may be missing."""
        return cls(fields.text(data, "displayName"), fields.maybe(data, "oldValue"), fields.maybe(data, "newValue"))
