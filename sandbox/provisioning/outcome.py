"""What happened to one object in one evaluation.

Facts: docs/graph-facts.md, "Provisioning log", "Quarantine and errors".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .values import Value


@dataclass(slots=True)
class Step:
    """One step (provisioningStep)."""

    name: str
    type: str
    status: str
    description: str
    details: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """What became of one object in one evaluation."""

    action: str = "other"
    """create, update, disable, delete, stagedDelete, other."""
    status: str = "success"
    """success, failure, skipped, warning."""
    code: str = ""
    reason: str = ""
    target_id: str = ""
    steps: list[Step] = field(default_factory=list)
    modified: list[tuple[str, Value, Value]] = field(default_factory=list)
    assigned: bool = True
    passes: bool = True
    """The scoping filter."""
    found: Mapping[str, Any] = field(default_factory=dict)
    """What a search of the target found."""
    missing: str = ""
    """The target attribute that must not be empty, and is."""

    def step(self, name: str, kind: str, status: str, description: str, **details: str) -> None:
        """Add a step."""
        self.steps.append(Step(name, kind, status, description, details))

    def end(self, action: str, status: str, code: str = "", reason: str = "") -> Outcome:
        """Note how it ended; returns the outcome itself."""
        self.action, self.status, self.code, self.reason = action, status, code, reason
        return self
