"""The attributes of one directory of the synchronization schema (Graph reference: directoryDefinition), read only.

The schema itself stays one opaque document, because a model would drop fields that it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import fields


@dataclass(frozen=True)
class DirectoryDefinition:
    """Source or target of the synchronization. `objects`: attribute names by object, ``User`` for instance."""

    id: str
    name: str = ""
    read_only: bool = False
    objects: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Any) -> DirectoryDefinition:
        """Raises `Unreadable` without an id."""
        return cls(
            id=fields.need(data, "id", "a directory definition"),
            name=fields.text(data, "name"),
            read_only=fields.flag(data, "readOnly"),
            objects={
                fields.text(row, "name"): tuple(fields.text(each, "name") for each in fields.rows(row, "attributes"))
                for row in fields.rows(data, "objects")
            },
        )
