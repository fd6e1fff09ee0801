"""Provisioning jobs and their state (Graph reference: synchronizationJob, -Status, -Template)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from . import fields

STATUS_CODES = ("NotConfigured", "NotRun", "Active", "Paused", "Quarantine")
SCHEDULE_STATES = ("Active", "Disabled", "Paused")
_TO = re.compile(r"\s+to\s+", re.IGNORECASE)  # between source and target in a key of the counts
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
        """Raises `Unreadable` without an id."""
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
        return cls(fields.duration(data.get("interval")), fields.word(data, "state", SCHEDULE_STATES))


@dataclass(frozen=True)
class Progress:
    """How much of the source has been read, counted in `units`, often pages and not people; None where not told."""

    completed: int | None = None
    total: int | None = None
    units: str = ""
    at: datetime | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Progress:
        """Everything may be missing."""
        return cls(
            fields.count(data, "completedUnits"),
            fields.count(data, "totalUnits"),
            fields.text(data, "units"),
            fields.moment(data.get("progressObservationDateTime")),
        )


@dataclass(frozen=True)
class Execution:
    """One run. `state`: Succeeded, Failed or EntryLevelErrors; a count is None where it is not told.

    `count_escrowed`: objects, groups among them, whose write failed at some time and is tried again; old ones stay
    counted in runs that succeed (docs/graph-facts.md, "Jobs").
    """

    state: str
    began: datetime
    ended: datetime | None = None
    error_code: str = ""
    error_message: str = ""
    activity_id: str = ""
    count_entitled: int | None = None
    count_entitled_for_provisioning: int | None = None
    count_escrowed: int | None = None
    count_escrowed_raw: int | None = None
    count_exported: int | None = None
    count_exports: int | None = None
    count_imported: int | None = None

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
            count_entitled=fields.count(data, "countEntitled"),
            count_entitled_for_provisioning=fields.count(data, "countEntitledForProvisioning"),
            count_escrowed=fields.count(data, "countEscrowed"),
            count_escrowed_raw=fields.count(data, "countEscrowedRaw"),
            count_exported=fields.count(data, "countExported"),
            count_exports=fields.count(data, "countExports"),
            count_imported=fields.count(data, "countImported"),
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
    series_count: int | None = None

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
            series_count=fields.count(data, "seriesCount"),
        )


@dataclass(frozen=True)
class Status:
    """The state of a job.

    `counts`: known entries by kind as Graph spells it, growing through the initial cycle; None for a number that cannot
    be read.
    """

    code: str = ""
    progress: tuple[Progress, ...] = ()
    steady_state_first: datetime | None = None
    steady_state_last: datetime | None = None
    last_execution: Execution | None = None
    quarantine: Quarantine | None = None
    counts: Mapping[str, int | None] = field(default_factory=dict)
    escrows_pruned: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Status:
        """Raises `Unreadable` without a code; all the rest may be missing, which means not yet, or not told."""
        fields.need(data, "code", "the status of a job")
        quarantine = data.get("quarantine")
        return cls(
            code=fields.word(data, "code", STATUS_CODES),
            progress=tuple(Progress.from_json(row) for row in fields.rows(data, "progress")),
            steady_state_first=fields.moment(data.get("steadyStateFirstAchievedTime")),
            steady_state_last=fields.moment(data.get("steadyStateLastAchievedTime")),
            last_execution=Execution.from_json(fields.part(data, "lastExecution")),
            quarantine=Quarantine.from_json(quarantine) if isinstance(quarantine, dict) else None,
            counts={
                fields.text(row, "key"): fields.count(row, "value")
                for row in fields.rows(data, "synchronizedEntryCountByType")
            },
            escrows_pruned=fields.flag(data, "escrowsPruned"),
            raw=data,
        )

    @property
    def known_people(self) -> int | None:
        """How many people the job knows by its own count; None where it does not tell, in a form that we know.

        Keys name the object, with or without where it comes from (docs/graph-facts.md, "Jobs"): `User`,
        `user to User`, `User to urn:ietf:params:scim:schemas:core:2.0:User`, `worker to user`.
        """
        people = [number for key, number in self.counts.items() if _target_of(key) == "user"]
        known = [number for number in people if number is not None]
        return sum(known) if people and len(known) == len(people) else None


def _target_of(key: str) -> str:
    """The kind of object behind a key of the counts, in lower case, without the URN of its schema."""
    return _TO.split(key.strip())[-1].rpartition(":")[2].strip().lower()


@dataclass(frozen=True)
class Job:
    """A provisioning job of an enterprise application.

    What it does at this moment raises `Unreadable` where Graph gives a word for it that is not known, or none.
    """

    id: str
    template_id: str
    schedule: Schedule = field(default_factory=Schedule)
    status: Status = field(default_factory=Status)
    settings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Any) -> Job:
        """Raises `Unreadable` without an id, a template or a status."""
        return cls(
            id=fields.need(data, "id", "a job"),
            template_id=fields.need(data, "templateId", "a job"),
            schedule=Schedule.from_json(fields.part(data, "schedule")),
            status=Status.from_json(fields.need_part(data, "status", "a job")),
            settings={
                fields.text(row, "name"): fields.text(row, "value")
                for row in fields.rows(data, "synchronizationJobSettings")
            },
        )

    @property
    def quarantined(self) -> bool:
        """Whether the job is in quarantine."""
        return self._code == "Quarantine"

    @property
    def paused(self) -> bool:
        """Whether the job was stopped, or never started."""
        if self._code in ("Paused", "NotConfigured"):
            return True
        schedule = self.schedule.state if self.quarantined else self._schedule
        return schedule in ("Disabled", "Paused")

    @property
    def running(self) -> bool:
        """Whether the job runs by its schedule, also before its first run."""
        return self._code in ("Active", "NotRun") and self._schedule == "Active"

    @property
    def _code(self) -> str:
        return fields.need_word(self.status.code, STATUS_CODES, "a job with the status")

    @property
    def _schedule(self) -> str:
        return fields.need_word(self.schedule.state, SCHEDULE_STATES, "a job with the schedule")

    @property
    def never_ran(self) -> bool:
        """Whether no run of the job ever began."""
        return self.status.last_execution is None and not self.finished_initial_cycle

    @property
    def finished_initial_cycle(self) -> bool:
        """Whether the job has read everybody in scope once."""
        return self.status.steady_state_first is not None
