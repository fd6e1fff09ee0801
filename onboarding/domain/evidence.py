"""What a step saw when it was done: typed while it is used, JSON while it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from cattrs.preconf.json import make_converter

_CONVERTER = make_converter(detailed_validation=False)  # which would say of every wrong value, at twice the time


@dataclass(frozen=True)
class Evidence:
    """Base of each step's evidence: a frozen dataclass of JSON values, times, tuples, and dataclasses of those.

    Each field has a default, because rows that an earlier release stored lack the fields that came later.
    """

    step: ClassVar[str]
    """The key of the step whose evidence this is."""

    def differs_from(self, before: Mapping[str, Any]) -> bool:
        """Whether later steps have to look anew, because `before`, as stored, says something else."""
        return self.from_json(before) != self

    def to_json(self) -> dict[str, Any]:
        """The stored form: JSON values only, times in ISO 8601."""
        stored: dict[str, Any] = _CONVERTER.unstructure(self)
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The evidence that `to_json` stored. Fields that this release does not know are left out.

        Raises what `cattrs` raises where a value has another type than its field.
        """
        return _CONVERTER.structure(stored, cls)
