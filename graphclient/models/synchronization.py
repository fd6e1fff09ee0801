"""Provisioning jobs and their state (Graph reference: synchronizationJob, -Status, -Template)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from . import fields

STATUS_CODES = ("NotConfigured", "NotRun", "Active", "Paused", "Quarantine")
QUARANTINE_REASONS = (
    "EncounteredBaseEscrowThreshold",
    "EncounteredTotalEscrowThreshold",
    "EncounteredEscrowProportionThreshold",
    "EncounteredQuarantineException",
    "Unknown",
    "QuarantinedOnDemand",
    "TooManyDeletes",
    "IngestionInterrupted",
)


@dataclass(frozen=True)
class Template:
    """A kind of provisioning that an application offers, ``scim`` for instance."""

    id: str
    default: bool = False
    description: str = ""

    @classmethod
    def from_json(cls, data: Any) -> Template:
        """Raises `Malformed` without an id."""
        return cls(
            fields.need(data, "id", "a template"), fields.flag(data, "default"), fields.text(data, "description")
        )


@dataclass(frozen=True)
class Schedule:
    """How often a job runs. `state`: Active, Disabled or Paused; `interval` is None until the service sets one."""

    interval: timedelta | None = None
    state: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Schedule:
        """Everything may be missing."""
        return cls(fields.duration(data.get("interval")), fields.word(data, "state", ("Active", "Disabled", "Paused")))


@dataclass(frozen=True)
class Progress:
    """How much of the source has been read, counted in `units`, often pages and not people."""

    completed: int = 0
    total: int = 0
    units: str = ""
    at: datetime | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Progress:
        """Everything may be missing."""
        return cls(
            fields.number(data, "completedUnits"),
            fields.number(data, "totalUnits"),
            fields.text(data, "units"),
            fields.moment(data.get("progressObservationDateTime")),
        )


@dataclass(frozen=True)
class Execution:
    """One run. `state`: Succeeded, Failed or EntryLevelErrors."""

    state: str
    began: datetime
    ended: datetime | None = None
    error_code: str = ""
    error_message: str = ""
    activity_id: str = ""
    count_entitled: int = 0
    count_entitled_for_provisioning: int = 0
    count_escrowed: int = 0
    count_escrowed_raw: int = 0
    count_exported: int = 0
    count_exports: int = 0
    count_imported: int = 0

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Execution | None:
        """None for a run that never began (year 1), which Graph shows as Failed on a healthy new job."""
        began = fields.moment(data.get("timeBegan"))
        if began is None:
            return None
        error = fields.part(data, "error")
        return cls(
            state=fields.word(data, "state", ("Succeeded", "Failed", "EntryLevelErrors")),
            began=began,
            ended=fields.moment(data.get("timeEnded")),
            error_code=fields.text(error, "code"),
            error_message=fields.text(error, "message"),
            activity_id=fields.text(data, "activityIdentifier"),
            count_entitled=fields.number(data, "countEntitled"),
            count_entitled_for_provisioning=fields.number(data, "countEntitledForProvisioning"),
            count_escrowed=fields.number(data, "countEscrowed"),
            count_escrowed_raw=fields.number(data, "countEscrowedRaw"),
            count_exported=fields.number(data, "countExported"),
            count_exports=fields.number(data, "countExports"),
            count_imported=fields.number(data, "countImported"),
        )


@dataclass(frozen=True)
class Quarantine:
    """Why and since when a job is in quarantine.

    `began`: start of this quarantine; `series_began`: start of the first of `series_count` in a row. Entra disables the
    job 28 days after that (docs/graph-facts.md, "Quarantine and errors").
    """

    reason: str = ""
    error_code: str = ""
    error_message: str = ""
    next_attempt: datetime | None = None
    began: datetime | None = None
    series_began: datetime | None = None
    series_count: int = 0

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Quarantine:
        """Everything may be missing."""
        error = fields.part(data, "error")
        return cls(
            reason=fields.word(data, "reason", QUARANTINE_REASONS),
            error_code=fields.text(error, "code"),
            error_message=fields.text(error, "message"),
            next_attempt=fields.moment(data.get("nextAttempt")),
            began=fields.moment(data.get("currentBegan")),
            series_began=fields.moment(data.get("seriesBegan")),
            series_count=fields.number(data, "seriesCount"),
        )


@dataclass(frozen=True)
class Status:
    """The state of a job. `counts`: known entries by type, growing through the initial cycle."""

    code: str = ""
    progress: tuple[Progress, ...] = ()
    steady_state_first: datetime | None = None
    steady_state_last: datetime | None = None
    last_execution: Execution | None = None
    quarantine: Quarantine | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    escrows_pruned: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Status:
        """Everything may be missing."""
        quarantine = data.get("quarantine")
        return cls(
            code=fields.word(data, "code", STATUS_CODES),
            progress=tuple(Progress.from_json(row) for row in fields.rows(data, "progress")),
            steady_state_first=fields.moment(data.get("steadyStateFirstAchievedTime")),
            steady_state_last=fields.moment(data.get("steadyStateLastAchievedTime")),
            last_execution=Execution.from_json(fields.part(data, "lastExecution")),
            quarantine=Quarantine.from_json(quarantine) if isinstance(quarantine, dict) else None,
            counts={
                fields.text(row, "key"): fields.number(row, "value")
                for row in fields.rows(data, "synchronizedEntryCountByType")
            },
            escrows_pruned=fields.flag(data, "escrowsPruned"),
            raw=data,
        )


@dataclass(frozen=True)
class Job:
    """A provisioning job of an enterprise application."""

    id: str
    template_id: str
    schedule: Schedule = field(default_factory=Schedule)
    status: Status = field(default_factory=Status)
    settings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Any) -> Job:
        """Raises `Malformed` without an id."""
        return cls(
            id=fields.need(data, "id", "a job"),
            template_id=fields.text(data, "templateId"),
            schedule=Schedule.from_json(fields.part(data, "schedule")),
            status=Status.from_json(fields.part(data, "status")),
            settings={
                fields.text(row, "name"): fields.text(row, "value")
                for row in fields.rows(data, "synchronizationJobSettings")
            },
        )

    @property
    def quarantined(self) -> bool:
        """Whether the job is in quarantine."""
        return self.status.code == "Quarantine"

    @property
    def paused(self) -> bool:
        """Whether the job was stopped, or never started."""
        return self.status.code in ("Paused", "NotConfigured") or self.schedule.state in ("Disabled", "Paused")

    @property
    def running(self) -> bool:
        """Whether the job runs by its schedule, also before its first run."""
        return self.status.code in ("Active", "NotRun") and self.schedule.state == "Active"

    @property
    def never_ran(self) -> bool:
        """Whether no run of the job ever began."""
        return self.status.last_execution is None and not self.finished_initial_cycle

    @property
    def finished_initial_cycle(self) -> bool:
        """Whether the job has read everybody in scope once."""
        return self.status.steady_state_first is not None
