"""When a job goes into quarantine, how it is tried again, and when it is given up.

Facts: docs/graph-facts.md, "Quarantine and errors".
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..clock import graph_time
from . import status
from .memory import Memory, Quarantine

if TYPE_CHECKING:
    from ..clock import Clock
    from ..world import Job

GIVEN_UP_AFTER = timedelta(days=28)
_TRIED_AGAIN = (timedelta(hours=6), timedelta(hours=12))
"""After the first failure of the series; then each day of it."""
_DAY, _SOON = timedelta(days=1), timedelta(minutes=5)


@dataclass(frozen=True)
class Limits:
    """From how many failures on what happens."""

    judged_from: int = 5_000
    proportion: float = 0.4
    base: int = 40_000
    total: int = 60_000
    deletes: int = 500


def verdict(limits: Limits, failures: int, operations: int, references: int) -> str | None:
    """The quarantine reason, or None; `references` are failed references, which only the total counts."""
    if failures + references >= limits.total:
        return "EncounteredTotalEscrowThreshold"
    if failures >= limits.base:
        return "EncounteredBaseEscrowThreshold"
    if failures >= limits.judged_from and operations and failures / operations > limits.proportion:
        return "EncounteredEscrowProportionThreshold"
    return None


def enter(job: Job, memory: Memory, clock: Clock, reason: str, code: str, message: str) -> None:
    """Into quarantine, or one more attempt failed in it."""
    now, before = clock.now(), memory.quarantine
    count, began = (before.count + 1, before.series_began) if before else (1, now)
    memory.quarantine = Quarantine(
        reason=reason,
        series_began=began,
        series_shown=before.series_shown if before else clock.stamp(),
        began_shown=before.began_shown if before and before.reason == reason else clock.stamp(),
        count=count,
        next_at=_next_attempt(began, now, code),
    )
    memory.next_at = memory.quarantine.next_at
    status.change(
        job, code="Quarantine", quarantine=shown(memory.quarantine, clock, status.error(code, message)), progress=[]
    )


def _next_attempt(began: datetime, now: datetime, code: str) -> datetime:
    """6, 12 and 24 hours after the first failure, then daily; soon where an address is missing (docs/graph-facts.md,
    "Quarantine and errors").
    """
    if code.endswith("InvalidCredentials"):
        return now + _SOON
    later = [began + span for span in _TRIED_AGAIN if began + span > now]
    return later[0] if later else began + _DAY * ((now - began) // _DAY + 1)


def audit_row(job: Job, reason: str, clock: Clock) -> dict[str, Any]:
    """The directoryAudit that tells of it."""
    return {
        "id": f"Sync_{uuid.uuid4()}",
        "category": "ProvisioningManagement",
        "correlationId": str(uuid.uuid4()),
        "result": "failure",
        "resultReason": reason,
        "activityDisplayName": "Quarantine",
        "activityDateTime": graph_time(clock.stamp()),
        "loggedByService": "Account Provisioning",
        "operationType": "",
        "initiatedBy": {
            "user": None,
            "app": {
                "appId": None,
                "displayName": "Azure AD Provisioning Service",
                "servicePrincipalId": None,
                "servicePrincipalName": None,
            },
        },
        "targetResources": [
            {
                "id": job.service_principal_id,
                "displayName": None,
                "type": "ServicePrincipal",
                "userPrincipalName": None,
                "groupType": None,
                "modifiedProperties": [],
            }
        ],
        "additionalDetails": [{"key": "JobId", "value": job.id}],
    }


def shown(quarantine: Quarantine, clock: Clock, error: dict[str, Any]) -> dict[str, Any]:
    """The quarantine as Graph shows it (synchronizationQuarantine)."""
    return {
        "currentBegan": graph_time(quarantine.began_shown),
        "error": error,
        "nextAttempt": graph_time(clock.stamp(quarantine.next_at)),
        "reason": quarantine.reason,
        "seriesBegan": graph_time(quarantine.series_shown),
        "seriesCount": quarantine.count,
    }


def leave(job: Job, memory: Memory) -> None:
    """Take a job out of quarantine."""
    memory.quarantine = None
    status.change(job, code="Active", quarantine=None)


def is_given_up(memory: Memory, now: datetime) -> bool:
    """Whether the quarantine has lasted 28 days."""
    return memory.quarantine is not None and now >= memory.quarantine.series_began + GIVEN_UP_AFTER


def give_up(job: Job, memory: Memory) -> None:
    """Switch the job off; what it was in quarantine for stays readable."""
    memory.next_at = None
    job.schedule = {**job.schedule, "state": "Disabled"}
