"""Rows of the provisioning log (Graph reference: provisioningObjectSummary). They hold personal data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..errors import Unreadable
from . import fields, lacking
from .changes import Modified
from .entitlements import denies_any
from .fields import squeezed

ACTIONS = ("other", "create", "delete", "disable", "update", "stagedDelete")
STATUSES = ("success", "failure", "skipped", "warning")
CATEGORIES = ("failure", "nonServiceFailure", "success")
KEPT_DETAILS = frozenset({"skipreason", "propertyname"})
SHORTEST_KEPT = min(map(len, KEPT_DETAILS))
NOTHING = ("", "")
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
            type=fields.word(data, "provisioningStepType", STEP_TYPES) or fields.word(data, "type", STEP_TYPES),
            status=fields.word(data, "status", STATUSES),
            description=fields.text(data, "description"),
            details=fields.part(data, "details"),
        )

    @property
    def leaves_out(self) -> bool:
        """Whether this step found the object not to be in scope: not assigned, blocked, or filtered out."""
        return self.type == "scoping" and denies_any(self.details)


@dataclass(frozen=True)
class ProvisioningEvent:
    """One event of one object. `action` and `status` are in lower case; texts are empty where unknown.

    `skip_reason`: why it was skipped, as a step has it, `skip_text` the same in words; `lacking`: which attributes were
    empty, by a step or by the text of the refusal. `step_rows`, `modified_rows`: what `steps` and `modified` are read
    from, where somebody asks for them.
    """

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
    step_rows: Sequence[Mapping[str, Any]] = field(default=(), repr=False)
    modified_rows: Sequence[Mapping[str, Any]] = field(default=(), repr=False)
    skip_reason: str = ""
    skip_text: str = field(default="", repr=False)
    lacking: str = ""

    @property
    def code(self) -> str:
        """Why the object failed or was skipped, in Microsoft's word: the error's, else that of the steps."""
        return self.error_code or self.skip_reason

    @property
    def words(self) -> str:
        """The same in Microsoft's text, which may name people and quote the target's answer."""
        return self.reason or self.skip_text

    @property
    def steps(self) -> tuple[LogStep, ...]:
        """What was done about the object, in order."""
        return tuple(LogStep.from_json(row) for row in self.step_rows)

    @property
    def modified(self) -> tuple[Modified, ...]:
        """The attributes that were written."""
        return tuple(Modified.from_json(row) for row in self.modified_rows)

    def written(self, name: str) -> list[str]:
        """What was written into this attribute, without what is empty."""
        of_it = [row for row in self.modified_rows if row.get("displayName") == name]
        return [value for row in of_it if (value := fields.text(row, "newValue"))]

    @property
    def out_of_scope(self) -> bool:
        """Whether a step says that the object is not in scope."""
        return any(step.leaves_out for step in self.steps)

    @classmethod
    def from_json(cls, data: Any) -> ProvisioningEvent:
        """Raises `Unreadable` without an id or a readable time, because nobody could store such a row."""
        at = fields.moment(data.get("activityDateTime")) if isinstance(data, Mapping) else None
        if at is None:
            raise Unreadable("a provisioning event without activityDateTime")
        info = fields.part(data, "provisioningStatusInfo") or fields.part(data, "statusInfo")
        error = fields.part(info, "errorInformation")
        source, target = fields.part(data, "sourceIdentity"), fields.part(data, "targetIdentity")
        steps = fields.rows(data, "provisioningSteps")
        kept = _kept(steps)
        skipped = kept.get("skipreason", NOTHING)
        reason = fields.text(error, "reason")
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
            error_code=fields.error_code(error),
            reason=reason,
            recommended_action=fields.text(error, "recommendedAction"),
            source_id=fields.text(source, "id"),
            source_name=fields.text(source, "displayName"),
            source_user_name=fields.text(fields.part(source, "details"), "UserPrincipalName"),
            source_type=_type(source),
            target_id=fields.text(target, "id"),
            target_type=_type(target),
            step_rows=steps,
            modified_rows=fields.rows(data, "modifiedProperties"),
            skip_reason=skipped[0],
            skip_text=skipped[1],
            lacking=kept.get("propertyname", NOTHING)[0] or lacking.named_in(reason),
        )


def _kept(steps: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, str]]:
    """The details that matter, by name as it is compared: what the last step says that has one, and its words."""
    found: dict[str, tuple[str, str]] = {}
    for step in steps:
        details = fields.part(step, "details")
        for key in reversed(details):  # of two spellings in one step, the first
            name = squeezed(key) if len(key) >= SHORTEST_KEPT else ""
            if name in KEPT_DETAILS and (told := fields.text(details, key).strip()):
                found[name] = (told, fields.text(step, "description"))
    return found


def _type(identity: Mapping[str, Any]) -> str:
    """What kind of object it is: `identityType`, `type` in older answers, else what the details say."""
    return (
        fields.text(identity, "identityType")
        or fields.text(identity, "type")
        or fields.text(fields.part(identity, "details"), "odatatype")
    )


def _one(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    """An object that Microsoft's reference calls a collection in places."""
    return fields.part(data, key) or next(iter(fields.rows(data, key)), {})


@dataclass(frozen=True)
class LogPage:
    """One page of the log: what of it was asked for, and the link to the next one.

    `newest`: the time of the newest row, also of those that were not asked for. `unreadable`: how many rows have no id
    or no time. `way`: how the log was asked, see `resources.provisioning_logs.Way`.
    """

    events: tuple[ProvisioningEvent, ...]
    next_link: str | None = field(default=None, repr=False)
    newest: datetime | None = None
    unreadable: int = 0
    way: str = ""
