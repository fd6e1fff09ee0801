"""The result of a provision on demand: JSON inside strings, in two documented shapes.

docs/graph-facts.md, "Provision on demand". Reading never raises, because the person may have been provisioned.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import fields
from .changes import Modified

RESULTS = ("Success", "Skipped", "Failure", "Warning")
_STEP_TYPES = ("Import", "Scoping", "Matching", "Processing", "ReferenceResolution", "Export")


@dataclass(frozen=True)
class OnDemandStep:
    """One step of the run: `type` is Import, Scoping, Matching or Export, `status` Success, Skipped or Failure."""

    name: str
    type: str = ""
    status: str = ""
    description: str = field(default="", repr=False)
    details: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> OnDemandStep:
        """Everything may be missing; the log's longer name of the type is understood too."""
        return cls(
            name=fields.text(data, "name"),
            type=fields.word(data, "type", _STEP_TYPES) or fields.word(data, "provisioningStepType", _STEP_TYPES),
            status=fields.word(data, "status", RESULTS),
            description=fields.text(data, "description"),
            details=fields.part(data, "details"),
        )


@dataclass(frozen=True)
class OnDemandResult:
    """The result for one object. `result`: Success, Skipped, Failure, or empty where the answer is unreadable."""

    result: str
    error_code: str = ""
    error_message: str = ""
    action: str = ""
    target_id: str = ""
    steps: tuple[OnDemandStep, ...] = ()
    modified: tuple[Modified, ...] = ()

    @classmethod
    def from_json(cls, data: Any) -> OnDemandResult:
        """Both shapes of a ``stringKeyStringValuePair``. Never raises."""
        data = data if isinstance(data, dict) else {}
        head, entry = _object(data.get("key")), _object(data.get("value"))
        steps = tuple(OnDemandStep.from_json(row) for row in fields.rows(entry, "provisioningSteps"))
        status = fields.part(entry, "statusInfo") or fields.part(entry, "provisioningStatusInfo")
        error = fields.part(status, "errorInformation") or status
        details = fields.part(head, "details")
        result = fields.word(head, "result", RESULTS) or fields.word(status, "status", RESULTS) or _from_steps(steps)
        return cls(
            result=result,
            error_code=fields.text(details, "errorCode") or fields.text(error, "errorCode"),
            error_message=fields.text(details, "errorMessage")
            or fields.text(error, "errorMessage")
            or fields.text(error, "reason"),
            action=fields.text(entry, "action") or fields.text(entry, "provisioningAction"),
            target_id=fields.text(fields.part(entry, "targetIdentity"), "id"),
            steps=steps,
            modified=tuple(Modified.from_json(row) for row in fields.rows(entry, "modifiedProperties")),
        )


def _from_steps(steps: tuple[OnDemandStep, ...]) -> str:
    """The worst status of the steps; a successful export counts as success whatever was skipped before it."""
    statuses = {step.status for step in steps}
    if "Failure" in statuses:
        return "Failure"
    if any(step.type == "Export" and step.status == "Success" for step in steps):
        return "Success"
    if "Skipped" in statuses:
        return "Skipped"
    return "Success" if "Success" in statuses else ""


def _object(value: Any) -> dict[str, Any]:
    """The object in a string, the first one of a list, or an empty one (a .NET type name, for instance)."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, dict)), None)
    return value if isinstance(value, dict) else {}
