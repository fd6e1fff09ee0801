"""The provisioning service: runs each job's cycles when the sandbox's clock says so."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from .. import faults
from ..clock import NEVER
from . import memory as memories
from . import quarantines, status
from .cycle import INTERVAL, Cycle, Quarantined
from .exchange import Send
from .memory import Memory
from .plan import PlanRefused
from .preparation import prepare
from .quarantines import Limits
from .sender import Sender
from .settings import read_settings
from .target import TargetLost

if TYPE_CHECKING:
    from ..clock import Clock
    from ..world import Job, Tenant, World

LOOK_EVERY = 0.1
"""Seconds on the wall between two looks at what is due."""

MAX_CYCLES_AT_ONCE = 4
"""Cycles that run at the same time."""

_LATE_SECRETS = timedelta(seconds=20)
_log = logging.getLogger(__name__)


class Engine:
    """Runs cycles; `limits` are the quarantine thresholds."""

    def __init__(self, world: World, clock: Clock, send: Send | None = None, *, limits: Limits | None = None) -> None:
        self.world, self.clock = world, clock
        self.send: Send = send or Sender(world)
        self.limits = limits or Limits()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._locks: dict[str, threading.Lock] = {}
        self._places = threading.BoundedSemaphore(MAX_CYCLES_AT_ONCE)

    # Life

    def start(self) -> None:
        """Begin to run what is due, in a thread."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run_due, name="provisioning", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; a running cycle finishes in its own."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def when_idle(self, timeout: float) -> bool:
        """Wait until nothing is due and nothing runs; False when that takes longer than `timeout` seconds."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            if not any(self._is_due(job) or self._lock(job).locked() for _tenant, job in list(self._jobs())):
                return True
            self._stopping.wait(LOOK_EVERY / 10)
        return False

    def _run_due(self) -> None:
        while not self._stopping.wait(LOOK_EVERY):
            for tenant, job in list(self._jobs()):
                lock = self._lock(job)
                if self._is_due(job) and not lock.locked() and self._places.acquire(blocking=False):
                    threading.Thread(target=self._run_in_place, args=(tenant, job), daemon=True).start()
                elif not self._is_due(job):
                    self._give_up(job)

    def _jobs(self) -> Iterator[tuple[Tenant, Job]]:
        for tenant in list(self.world.tenants.values()):
            for job in list(tenant.jobs.values()):
                if not job.deleted and "memory" in job.engine:
                    yield tenant, job

    def _run_in_place(self, tenant: Tenant, job: Job) -> None:
        try:
            self.run(tenant, job)
        finally:
            self._places.release()

    def _lock(self, job: Job) -> threading.Lock:
        return self._locks.setdefault(job.id, threading.Lock())

    def _is_due(self, job: Job) -> bool:
        memory = memories.of(job)
        return not job.deleted and memory.next_at is not None and memory.next_at <= self.clock.now()

    # Cycles

    def run(self, tenant: Tenant, job: Job) -> None:
        """Run the job's cycle in this thread if one is due; waits for one that runs already."""
        with self._lock(job):
            if self._is_due(job):
                try:
                    self._cycle(tenant, job)
                except Exception:
                    _log.exception("the cycle of %s broke", job.id)
                    memories.of(job).next_at = self.clock.now() + INTERVAL
                self._give_up(job)
                self.world.touch()

    def _cycle(self, tenant: Tenant, job: Job) -> None:
        memory = memories.of(job)
        waits = tenant.reality.start_without_credentials == "refused"
        if waits and not read_settings(self.world, tenant, job).visible:
            memory.next_at = self.clock.now() + _LATE_SECRETS
            return
        cycle: Cycle | None = None
        try:
            prepared = prepare(self.world, tenant, job, self.send)
            cycle = Cycle(self.world, tenant, job, self.send, self.limits, prepared)
            if cycle.hold():
                return
            cycle.run()
        except TargetLost as lost:
            self._lost(tenant, job, memory, cycle, "EncounteredQuarantineException", lost.code, lost.message)
        except PlanRefused as refused:
            self._lost(tenant, job, memory, cycle, "EncounteredQuarantineException", "InvalidSchema", str(refused))
        except Quarantined as quarantined:
            self._lost(tenant, job, memory, cycle, quarantined.reason, quarantined.reason, quarantined.message)
        else:
            self._done(job, memory, cycle)

    def _lost(
        self, tenant: Tenant, job: Job, memory: Memory, cycle: Cycle | None, reason: str, code: str, message: str
    ) -> None:
        if memory.quarantine is None:
            with self.world.lock:
                tenant.audits.append(quarantines.audit_row(job, reason, self.clock))
        complete = reason not in ("TooManyDeletes", "Unknown")
        if complete:
            memory.failures_in_a_row += 1
            execution = cycle.execution("Failed", status.error(code, message)) if cycle else status.never_ran()
            status.change(job, countSuccessiveCompleteFailures=memory.failures_in_a_row, lastExecution=execution)
        stopped = memory.next_at is None
        quarantines.enter(job, memory, self.clock, reason, code, message)
        if stopped:
            memory.next_at = None

    def _done(self, job: Job, memory: Memory, cycle: Cycle) -> None:
        if memory.quarantine is not None:
            quarantines.leave(job, memory)
        if cycle.pruned:
            self._stop_itself(job, memory)
        elif memory.next_at is not None:
            memory.next_at = self.clock.now() + INTERVAL

    def _stop_itself(self, job: Job, memory: Memory) -> None:
        """The service itself stops the job, so that somebody looks at the failures (escrowsPruned)."""
        memory.next_at = None
        job.schedule = {**job.schedule, "state": "Disabled"}
        status.change(job, code="Paused")

    def _give_up(self, job: Job) -> None:
        memory = memories.of(job)
        if memory.next_at is not None and quarantines.is_given_up(memory, self.clock.now()):
            quarantines.give_up(job, memory)

    # What Graph asks for

    def on_start(self, tenant: Tenant, job: Job) -> None:
        """The job goes on where it stopped; quarantine is cleared. It is due now."""
        with self.world.lock:
            memory = memories.of(job)
            if memory.quarantine is not None:
                quarantines.leave(job, memory)
                memory.next_at = None
            self._begin(tenant, job, memory)

    def on_pause(self, tenant: Tenant, job: Job) -> None:
        """No further cycle; one that runs finishes."""
        with self.world.lock:
            memories.of(job).next_at = None
            status.change(job, code="Paused")
            self.world.touch()

    def on_restart(self, tenant: Tenant, job: Job, criteria: str) -> None:
        """`criteria` is a resetScope; an empty one is QuarantineState, Watermark, Escrows. The job is due now."""
        names = {name.strip().lower() for name in criteria.split(",") if name.strip()}
        names = names or {"quarantinestate", "watermark", "escrows"}
        with self.world.lock:
            memory = memories.of(job)
            if "full" in names:
                names |= {"quarantinestate", "watermark", "escrows", "connectordatastore"}
            if "connectordatastore" in names:
                memory.forget_all()
            if "watermark" in names:
                memory.forget_watermark()
            if "escrows" in names:
                memory.escrows.clear()
                status.change(job, escrowsPruned=False)
            if "forcedeletes" in names:
                memory.force_deletes = True
            if memory.quarantine is not None and names & {"quarantinestate", "forcedeletes"}:
                quarantines.leave(job, memory)
            if "full" in names:
                memory.steady_first = None
                status.change(job, steadyStateFirstAchievedTime=NEVER, steadyStateLastAchievedTime=NEVER)
            memory.next_at = None
            self._begin(tenant, job, memory)

    def _begin(self, tenant: Tenant, job: Job, memory: Memory) -> None:
        never = memory.steady_first is None and memory.watermark is None
        if memory.next_at is None:
            delay = faults.first(fault.first_cycle_delay() for fault in faults.on(tenant)) if never else None
            memory.next_at = self.clock.now() + (delay or timedelta())
        job.schedule = {**job.schedule, "state": "Active", "interval": "PT40M"}
        if memory.quarantine is None:
            if never and (not memory.links or tenant.reality.not_run == "until_first_end"):
                status.change(job, code="NotRun", lastExecution=status.never_ran())
            else:
                status.change(job, code="Active")
        self.world.touch()
