"""What the service remembers of a job between cycles, kept in ``Job.engine``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..world import Job


@dataclass(slots=True)
class Escrow:
    """An object whose write failed and is tried again; the pauses grow."""

    code: str
    attempts: int
    next_at: datetime


@dataclass(slots=True)
class Quarantine:
    """Since when a job is in quarantine, on `Clock.now`, and the same moments as they are shown."""

    reason: str
    series_began: datetime
    series_shown: datetime
    began_shown: datetime
    count: int
    next_at: datetime


@dataclass
class Memory:
    """What the service remembers of one job."""

    links: dict[str, str] = field(default_factory=dict)
    """Source id → target id, of users that are managed."""
    owners: dict[str, str] = field(default_factory=dict)
    """Target id → source id."""
    groups: dict[str, str] = field(default_factory=dict)
    """Group id → target id."""
    members: dict[str, dict[str, str]] = field(default_factory=dict)
    """Group id → the members that were written, source id → target id; replaced, never changed in place."""
    seen: set[str] = field(default_factory=set)
    """In scope and looked at, whatever became of it."""
    disabled: set[str] = field(default_factory=set)
    """Linked, and active=false was sent."""
    waiting: set[str] = field(default_factory=set)
    """Linked, with a manager who was not linked yet."""
    escrows: dict[str, Escrow] = field(default_factory=dict)
    watermark: int | None = None
    """`Tenant.changes` up to which was read; None asks for an initial cycle."""
    fingerprint: str = ""
    sync_all: bool = False
    """The scope that the last initial cycle read; a changed setting needs a restart."""
    next_at: datetime | None = None
    """When the next cycle is due, on `Clock.now`; None while the job is stopped."""
    quarantine: Quarantine | None = None
    force_deletes: bool = False
    counted: dict[str, int] = field(default_factory=dict)
    """"User", "Group" → known entries; never shrinks."""
    steady_first: datetime | None = None
    """When the first initial cycle ended, as it is shown."""
    failures_in_a_row: int = 0

    def __getstate__(self) -> dict[str, object]:
        """Copies, because a running cycle changes the collections while the world is being kept."""
        return {key: value.copy() if isinstance(value, dict | set) else value for key, value in vars(self).items()}

    def link(self, source: str, target: str) -> None:
        """Remember that they are the same person."""
        self.links[source] = target
        self.owners[target] = source

    def unlink(self, source: str) -> None:
        """Forget the link of a source object."""
        target = self.links.pop(source, None)
        if target is not None:
            self.owners.pop(target, None)
        self.disabled.discard(source)
        self.waiting.discard(source)

    def forget_watermark(self) -> None:
        """Make the next cycle an initial one."""
        self.watermark = None
        self.seen.clear()

    def forget_all(self) -> None:
        """Forget links too (the reset scope Full)."""
        for each in (self.links, self.owners, self.groups, self.members, self.disabled, self.waiting, self.escrows):
            each.clear()
        self.forget_watermark()


def of(job: Job) -> Memory:
    """The job's memory; made when it has none."""
    memory: Memory = job.engine.setdefault("memory", Memory())
    return memory
