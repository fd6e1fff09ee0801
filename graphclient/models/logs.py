"""Rows of the provisioning log (Graph reference: provisioningObjectSummary). They hold personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..errors import Unreadable
from . import fields
from .changes import Modified

ACTIONS = ("other", "create", "delete", "disable", "update", "stagedDelete")
STATUSES = ("success", "failure", "skipped", "warning")
CATEGORIES = ("failure", "nonServiceFailure", "success")
STEP_TYPES = ("import", "scoping", "matching", "processing", "referenceResolution", "export")


@dataclass(frozen=True)
class LogStep:
    """One step of an event."""

    name: str
    type: str = ""
    status: str = ""
    description: str = field(default="", repr=False)
    details: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LogStep:
        """Everything may be missing."""
        return cls(
            name=fields.text(data, "name"),
            type=fields.word(data, "provisioningStepType", STEP_TYPES),
            status=fields.word(data, "status", STATUSES),
            description=fields.text(data, "description"),
            details=fields.part(data, "details"),
        )


@dataclass(frozen=True)
class ProvisioningEvent:
    """One event of one object. `action` and `status` are in lower case; texts are empty where unknown."""

    id: str
    at: datetime
    tenant_id: str = ""
    job_id: str = ""
    cycle_id: str = ""
    service_principal_id: str = ""
    milliseconds: int | None = None
    action: str = ""
    status: str = ""
    error_category: str = ""
    error_code: str = ""
    reason: str = field(default="", repr=False)
    recommended_action: str = field(default="", repr=False)
    source_id: str = ""
    source_name: str = field(default="", repr=False)
    source_user_name: str = field(default="", repr=False)
    source_type: str = ""
    target_id: str = ""
    target_type: str = ""
    steps: tuple[LogStep, ...] = ()
    modified: tuple[Modified, ...] = ()

    @classmethod
    def from_json(cls, data: Any) -> ProvisioningEvent:
        """Raises `Unreadable` without an id or a readable time, because nobody could store such a row."""
        at = fields.moment(data.get("activityDateTime")) if isinstance(data, Mapping) else None
        if at is None:
            raise Unreadable("a provisioning event without activityDateTime")
        info = fields.part(data, "provisioningStatusInfo") or fields.part(data, "statusInfo")
        error = fields.part(info, "errorInformation")
        source, target = fields.part(data, "sourceIdentity"), fields.part(data, "targetIdentity")
        return cls(
            id=fields.need(data, "id", "a provisioning event"),
            at=at,
            tenant_id=fields.text(data, "tenantId"),
            job_id=fields.text(data, "jobId"),
            cycle_id=fields.text(data, "cycleId"),
            service_principal_id=fields.text(_one(data, "servicePrincipal"), "id"),
            milliseconds=fields.number(data, "durationInMilliseconds"),
            action=fields.word(data, "provisioningAction", ACTIONS) or fields.word(data, "action", ACTIONS),
            status=fields.word(info, "status", STATUSES),
            error_category=fields.word(error, "errorCategory", CATEGORIES),
            error_code=fields.text(error, "errorCode"),
            reason=fields.text(error, "reason"),
            recommended_action=fields.text(error, "recommendedAction"),
            source_id=fields.text(source, "id"),
            source_name=fields.text(source, "displayName"),
            source_user_name=fields.text(fields.part(source, "details"), "UserPrincipalName"),
            source_type=fields.text(source, "identityType"),
            target_id=fields.text(target, "id"),
            target_type=fields.text(target, "identityType"),
            steps=tuple(LogStep.from_json(row) for row in fields.rows(data, "provisioningSteps")),
            modified=tuple(Modified.from_json(row) for row in fields.rows(data, "modifiedProperties")),
        )


def _one(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    """An object that Microsoft's reference calls a collection in places."""
    return fields.part(data, key) or next(iter(fields.rows(data, key)), {})


@dataclass(frozen=True)
class LogPage:
    """One page of the log, and the link to the next one."""

    events: tuple[ProvisioningEvent, ...]
    next_link: str | None = field(default=None, repr=False)
