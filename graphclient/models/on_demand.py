"""The result of a provision on demand: JSON inside strings, in two documented shapes.

docs/graph-facts.md, "Provision on demand". Reading never raises, because the person may have been provisioned.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import fields, lacking
from .changes import Modified
from .entitlements import LeftOut, denies
from .fields import squeezed

RESULTS = ("Success", "Skipped", "Failure", "Warning")
_STEP_TYPES = ("Import", "Scoping", "Matching", "Processing", "ReferenceResolution", "Export")
_TYPES_BY_NAME = (("entryexport", "Export"), ("entryimport", "Import"), ("entrysynchronizationscoping", "Scoping"))


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
        name = fields.text(data, "name")
        told = fields.word(data, "type", _STEP_TYPES) or fields.word(data, "provisioningStepType", _STEP_TYPES)
        return cls(
            name=name,
            type=told or next((type_ for start, type_ in _TYPES_BY_NAME if squeezed(name).startswith(start)), ""),
            status=fields.word(data, "status", RESULTS),
            description=fields.text(data, "description"),
            details=fields.part(data, "details"),
        )

    @property
    def exported(self) -> bool:
        """Whether it wrote to the target."""
        return self.type == "Export" and self.status in ("Success", "Warning") and not self.skips

    @property
    def skips(self) -> bool:
        """Whether it says that nothing was written, and perhaps why."""
        return self.status == "Skipped" or bool(self.skip_reason) or squeezed(self.name) == "entrysynchronizationskip"

    @property
    def lacking(self) -> str:
        """Which attribute was empty; the empty text where it does not say."""
        found = (str(value).strip() for key, value in self.details.items() if squeezed(key) == "propertyname" and value)
        return next(found, "")

    @property
    def skip_reason(self) -> str:
        """Microsoft's word for it; empty where there is none."""
        return next((str(value) for key, value in self.details.items() if squeezed(key) == "skipreason" and value), "")


@dataclass(frozen=True)
class OnDemandResult:
    """The result for one object.

    `result`: Success, Skipped, Failure, or empty where the answer does not tell. It is Success only where something was
    written: an import alone, or an assignment that is missing, is none, whatever the answer's key says.
    `left_out`: why it is not to be provisioned, `lacking`: which attributes were empty, where the answer tells that.
    """

    result: str
    error_code: str = ""
    error_message: str = ""
    action: str = ""
    target_id: str = ""
    steps: tuple[OnDemandStep, ...] = ()
    modified: tuple[Modified, ...] = ()
    left_out: LeftOut | None = None
    lacking: str = ""

    @property
    def only_read(self) -> bool:
        """Whether the subject was read, and nothing tells that it was written or why not."""
        return not self.result and any(step.status == "Success" for step in self.steps)

    @classmethod
    def from_json(cls, data: Any) -> OnDemandResult:
        """Both shapes of a ``stringKeyStringValuePair``. Never raises."""
        data = data if isinstance(data, dict) else {}
        head, entry = _object(data.get("key")), _object(data.get("value"))
        steps = tuple(OnDemandStep.from_json(row) for row in fields.rows(entry, "provisioningSteps"))
        status = _status(entry)
        error = fields.part(status, "errorInformation") or status
        details = fields.part(head, "details")
        left_out = next((why for why in LeftOut if any(denies(step.details, why) for step in steps)), None)
        told = [fields.word(head, "result", RESULTS), fields.word(status, "status", RESULTS)]
        message = (
            fields.text(details, "errorMessage") or fields.text(error, "errorMessage") or fields.text(error, "reason")
        )
        return cls(
            result=_result({word for word in told if word}, steps, left_out),
            error_code=fields.error_code(details)
            or fields.error_code(error)
            or next((each.skip_reason for each in steps if each.skip_reason), ""),
            error_message=message,
            action=fields.text(entry, "action") or fields.text(entry, "provisioningAction"),
            target_id=fields.text(fields.part(entry, "targetIdentity"), "id"),
            steps=steps,
            modified=tuple(Modified.from_json(row) for row in fields.rows(entry, "modifiedProperties")),
            left_out=left_out,
            lacking=next((each.lacking for each in reversed(steps) if each.lacking), "") or lacking.named_in(message),
        )


def _result(told: set[str], steps: tuple[OnDemandStep, ...], left_out: LeftOut | None) -> str:
    """What happened: the worst that is said counts, and a success has to be seen where steps are told."""
    exported = any(step.exported for step in steps)
    if "Failure" in told or any(step.status == "Failure" for step in steps):
        return "Failure"
    if "Skipped" in told or (not exported and (left_out or any(step.skips for step in steps))):
        return "Skipped"
    if not told <= {"Success", "Warning"}:
        return ""
    return "Success" if exported or (told and not steps) else ""


def _status(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The status, flat or with the error inside, or a bare word."""
    for name in ("statusInfo", "provisioningStatusInfo"):
        found = entry.get(name)
        if isinstance(found, str):
            return {"status": found}
        if isinstance(found, dict) and found:
            return found
    return {}


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
