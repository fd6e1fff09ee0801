"""A job's status as Graph reports it.

Facts: docs/graph-facts.md, "Jobs".
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..clock import NEVER, graph_time

if TYPE_CHECKING:
    from ..clock import Clock
    from ..world import Job

PAGE = 100
"""Objects in one page of the source read, the unit of `progress`."""


@dataclass
class Counts:
    """The counters of one execution."""

    began: datetime
    activity: str = field(default_factory=lambda: str(uuid.uuid4()))
    entitled: int = 0
    for_provisioning: int = 0
    escrowed: int = 0
    escrowed_raw: int = 0
    exported: int = 0
    imported: int = 0
    operations: int = 0
    failures: int = 0

    def execution(
        self, clock: Clock, *, exports: int, state: str, error: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """The run as Graph shows it (synchronizationTaskExecution)."""
        return {
            "activityIdentifier": self.activity,
            "countEntitled": self.entitled,
            "countEntitledForProvisioning": self.for_provisioning,
            "countEscrowed": self.escrowed,
            "countEscrowedRaw": self.escrowed_raw,
            "countExported": self.exported,
            "countExports": exports,
            "countImported": self.imported,
            "countImportedDeltas": self.imported,
            "countImportedReferenceDeltas": 0,
            "error": error,
            "state": state,
            "timeBegan": graph_time(self.began),
            "timeEnded": graph_time(clock.stamp()),
        }


def change(job: Job, **changed: Any) -> None:
    """Replace the status by one with these properties changed: a reader sees the old one or the new one, no mixture."""
    job.status = {**job.status, **changed}


def never_ran() -> dict[str, Any]:
    """The last execution of a job that was just started: it looks failed and means nothing."""
    return {
        "activityIdentifier": "",
        **dict.fromkeys(
            (
                "countEntitled",
                "countEntitledForProvisioning",
                "countEscrowed",
                "countEscrowedRaw",
                "countExported",
                "countExports",
                "countImported",
                "countImportedDeltas",
                "countImportedReferenceDeltas",
            ),
            0,
        ),
        "error": error("None", "", tenant_actionable=False),
        "state": "Failed",
        "timeBegan": NEVER,
        "timeEnded": NEVER,
    }


def error(code: str, message: str, *, tenant_actionable: bool = True) -> dict[str, Any]:
    """The error as Graph shows it (synchronizationError)."""
    return {"code": code, "message": message, "tenantActionable": tenant_actionable}


def progress(done: int, total: int, clock: Clock) -> list[dict[str, Any]]:
    """As synchronizationProgress: pages of the source read, not users."""
    return [
        {
            "completedUnits": -(-done // PAGE),
            "totalUnits": max(1, -(-total // PAGE)),
            "units": "pages",
            "progressObservationDateTime": graph_time(clock.stamp()),
        }
    ]


def entry_counts(counted: Mapping[str, int], keys: str, targets: Mapping[str, str]) -> list[dict[str, Any]]:
    """The counts as Graph shows them (synchronizedEntryCountByType); `keys` as in Reality.counts, `targets` by kind."""
    forms: dict[str, Callable[[str], str]] = {
        "user": str,
        "pairs": lambda kind: f"{kind} to {kind}",
        "lower_pairs": lambda kind: f"{kind.lower()} to {kind}",
        "urn_pairs": lambda kind: f"{kind} to {targets.get(kind, kind)}",
    }
    if keys not in forms:
        return []
    return [{"key": forms[keys](kind), "value": value} for kind, value in counted.items()]
