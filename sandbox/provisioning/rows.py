"""How the provisioning log tells what happened to one object.

Facts: docs/graph-facts.md, "Provisioning log", "Quarantine and errors".
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..clock import graph_time
from . import recorded_rows
from .outcome import Outcome, Step
from .values import Redacted, Value, as_text

if TYPE_CHECKING:
    from ..world import Group, Job, Tenant, User

ADVICE = {
    "EntryConflict": "Find the other account with this value and correct it, then provision the object again.",
    "DuplicateTargetEntries": "Make sure that only one account in the target has this value.",
    "DuplicateSourceEntries": "Make sure that only one object in the source has this value.",
    "MandatoryFieldsMissing": "Fill in the attribute that the target needs.",
    "ImportSkipped": "Fill in the matching attribute of the object.",
    "InvalidAnchor": "Restore the account in the target, or restart the job to match the object again.",
    "NotEffectivelyEntitled": "Assign the object to the application, or enable it.",
    "TooManyRequests": "Raise the number of calls that the target allows.",
}
_NO_FAILURE = frozenset({"success", "skipped"})


def _shown(value: Value) -> str | None:
    if isinstance(value, Redacted):
        return "[Redact]"
    if isinstance(value, list):
        return ", ".join(as_text(one.get("value") if isinstance(one, dict) else one) for one in value)
    return None if value is None else as_text(value)


@dataclass(frozen=True)
class RowFrame:
    """What all rows of one cycle have in common."""

    tenant: Tenant
    job: Job
    cycle: str
    application: str
    source_system: str
    target_system: str

    def row(
        self, outcome: Outcome, thing: User | Group, kind: str, target: str, at: datetime, ms: int
    ) -> dict[str, Any]:
        """A provisioningObjectSummary; `at` is the time to show."""
        plain = self._plain(outcome, thing, kind, target, at, ms)
        if self.tenant.reality.log_rows == "documented":
            return plain
        return recorded_rows.row(plain, outcome, thing, kind)

    def _plain(
        self, outcome: Outcome, thing: User | Group, kind: str, target: str, at: datetime, ms: int
    ) -> dict[str, Any]:
        tenant, job = self.tenant, self.job
        name = getattr(thing, "userPrincipalName", None) or thing.displayName or ""
        details: dict[str, Any] = {"odatatype": kind}
        if kind == "User":
            details["UserPrincipalName"] = name
        return {
            "id": str(uuid.uuid4()),
            "activityDateTime": graph_time(at),
            "tenantId": tenant.id,
            "jobId": job.id,
            "cycleId": self.cycle,
            "changeId": str(uuid.uuid4()),
            "provisioningAction": outcome.action,
            "durationInMilliseconds": ms,
            "provisioningStatusInfo": {"status": outcome.status, "errorInformation": information(outcome)},
            "provisioningSteps": [_step_row(step) for step in outcome.steps],
            "modifiedProperties": modified(outcome),
            "servicePrincipal": {"id": job.service_principal_id, "displayName": self.application},
            "sourceSystem": {"id": self.source_system, "displayName": "Azure Active Directory", "details": {}},
            "targetSystem": {
                "id": self.target_system,
                "displayName": "customappsso",
                "details": {
                    "ServicePrincipalId": job.service_principal_id,
                    "ServicePrincipalDisplayName": self.application,
                },
            },
            "initiatedBy": {"id": "", "displayName": "Azure AD Provisioning Service", "initiatorType": "system"},
            "sourceIdentity": {
                "id": thing.id,
                "displayName": thing.displayName or "",
                "identityType": kind,
                "details": details,
            },
            "targetIdentity": {"id": outcome.target_id, "displayName": "", "identityType": target, "details": {}},
        }


def modified(outcome: Outcome) -> list[dict[str, str | None]]:
    """The changes as modifiedProperties."""
    return [
        {"displayName": name, "oldValue": _shown(old), "newValue": _shown(new)} for name, old, new in outcome.modified
    ]


def information(outcome: Outcome) -> dict[str, str] | None:
    """errorInformation, or None when there is nothing to explain."""
    if not outcome.code:
        return None
    return {
        "errorCode": outcome.code,
        "reason": outcome.reason,
        "additionalDetails": "",
        "errorCategory": "success" if outcome.status in _NO_FAILURE else "nonServiceFailure",
        "recommendedAction": ADVICE.get(outcome.code, ""),
    }


def _step_row(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "provisioningStepType": step.type,
        "status": step.status,
        "description": step.description,
        "details": step.details,
    }
