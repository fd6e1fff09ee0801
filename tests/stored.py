"""Evidence as it lies in the database, for tests that care for a row and not for the step that would write it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from onboarding.domain.evidence import Evidence


@dataclass(frozen=True)
class Stored(Evidence):
    """`document` is the stored form itself."""

    document: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return dict(self.document)
