"""One cycle of a job: reads the scope, provisions everybody in it, then those who left.

Facts: docs/graph-facts.md, "Scope and assignments", "Quarantine and errors".
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from .. import faults
from ..clock import NEVER, graph_time
from ..world import Group, User
from . import quarantines, status
from .credentials import validate_credentials
from .exchange import Send
from .memory import Escrow
from .outcome import Outcome
from .plan import fingerprint
from .preparation import Prepared
from .quarantines import Limits
from .scope import Scope, is_purged, read_scope
from .source import Subject
from .status import Counts
from .target import TargetLost

if TYPE_CHECKING:
    from ..world import Job, Tenant, World

INTERVAL = timedelta(minutes=40)
MAX_ESCROW_PAUSE = timedelta(hours=24)


class Quarantined(Exception):
    """Ends a cycle in quarantine."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message


@dataclass
class Cycle:
    """One run of a job; made for it and thrown away."""

    world: World
    tenant: Tenant
    job: Job
    send: Send
    limits: Limits
    prepared: Prepared
    pruned: bool = False
    staged: int = 0
    stale_scope: bool = False
    """The scoping filter was changed and the service does not know it yet."""
    counts: Counts = field(init=False)

    def __post_init__(self) -> None:
        self.counts = Counts(self.world.clock.stamp())
        self.reality, self.ended = self.tenant.reality, False
        self.memory = self.prepared.memory

    def run(self) -> None:
        """Provision everybody in scope, then whoever left. Raises TargetLost, Quarantined."""
        self._check_credentials()
        until, scope = self._begin()
        done = 0
        total = len(scope.users) + len(scope.groups)
        for done, _outcome in enumerate(self._work(scope), 1):
            if done % status.PAGE == 0:
                self._report(done, max(total, done))
            if self.job.deleted:
                return
        self._end(until, max(total, done))

    def hold(self) -> bool:
        """Whether the mappings have changed and this run only shows that everybody is evaluated anew."""
        memory = self.memory
        delay = faults.first(fault.evaluation_delay() for fault in faults.on(self.tenant))
        if delay is None or memory.watermark is None or memory.fingerprint == fingerprint(self.job.schema):
            return False
        memory.forget_watermark()
        memory.next_at = self.world.clock.now() + delay
        status.change(self.job, progress=self._progress(0, len(memory.links)))
        return True

    def _check_credentials(self) -> None:
        settings = self.prepared.settings
        refusal = validate_credentials(
            self.world, self.tenant, settings.base_address, settings.token, self.job.schema, send=self.send
        )
        if refusal is not None:
            raise TargetLost(refusal.inner_code, refusal.message)

    def _begin(self) -> tuple[int, Scope]:
        """The change number up to which this cycle reads, and the scope."""
        memory, tenant = self.memory, self.tenant
        print_now = fingerprint(self.job.schema)
        if memory.fingerprint != print_now:
            ignored = any(fault.ignores_changed_scope() for fault in faults.on(tenant))
            self.stale_scope = ignored and memory.watermark is not None
            if not self.stale_scope:
                memory.forget_watermark()
        if memory.watermark is None:
            memory.fingerprint, memory.sync_all = print_now, self.prepared.settings.sync_all
        with self.world.lock:
            until = tenant.changes
            scope = read_scope(
                tenant, self.job.service_principal_id, sync_all=memory.sync_all, now=self.world.clock.now()
            )
        for fault in faults.on(tenant):
            fault.look(self.world, scope, memory, on_demand=False)
        if memory.quarantine is None and not self._says_not_run():
            status.change(self.job, code="Active")
        return until, scope

    # The work

    def _work(self, scope: Scope) -> Iterator[Outcome | None]:
        if self.prepared.user_plan is not None:
            yield from self._provision_users(scope)
        if self.prepared.group_plan is not None:
            yield from self._provision_groups(scope)
        if self.prepared.user_plan is not None:
            yield from self._resolve(scope)
            yield from self._leave(scope)

    def _provision_users(self, scope: Scope) -> Iterator[Outcome | None]:
        work, memory = self.prepared.users, self.memory
        for user in list(scope.users.values()):
            if not self._is_new(user, scope):
                continue
            memory.seen.add(user.id)
            subject = scope.subject(user)
            self.counts.imported += 1
            self.counts.entitled += 1
            if user.id in memory.links and (subject.gone or not work.plan.in_filter(subject)):
                yield None
                continue
            began = time.perf_counter()
            outcome = work.provision(subject, entitled=user.id not in scope.not_entitled)
            if outcome.status in ("success", "warning"):
                memory.disabled.discard(user.id)
            yield self._record(outcome, user, "User", began)

    def _is_new(self, user: User, scope: Scope) -> bool:
        """Whether an incremental cycle has to look at the user; the initial cycle looks at all."""
        memory = self.memory
        if memory.watermark is None or user.id not in memory.seen:
            return True
        if max(user.changed, scope.changed.get(user.id, 0)) > memory.watermark:
            return True
        escrow = memory.escrows.get(user.id)
        return escrow is not None and escrow.next_at <= self.world.clock.now()

    def _provision_groups(self, scope: Scope) -> Iterator[Outcome | None]:
        work, memory = self.prepared.groups(scope, stale=self.stale_scope), self.memory
        for group in list(scope.groups.values()):
            self.counts.imported += 1
            self.counts.entitled += 1
            began = time.perf_counter()
            outcome = work.provision(group)
            if memory.watermark is not None and outcome.code == "RedundantExport":
                continue
            yield self._record(outcome, group, "Group", began)
        for identity in [identity for identity in memory.groups if identity not in scope.groups]:
            if work.plan.deletes:
                began = time.perf_counter()
                gone = self.tenant.groups.get(identity) or Group(identity, "")
                yield self._record(work.delete(identity), gone, "Group", began)

    def _resolve(self, scope: Scope) -> Iterator[Outcome | None]:
        """Managers who were linked after the people they manage."""
        work, memory = self.prepared.users, self.memory
        for identity in [identity for identity in memory.waiting if identity in memory.links]:
            user = scope.users.get(identity)
            began = time.perf_counter()
            outcome = work.resolve(scope.subject(user)) if user is not None else None
            if user is not None and outcome is not None:
                yield self._record(outcome, user, "User", began)
        memory.waiting.clear()

    # Those who left

    def _leave(self, scope: Scope) -> Iterator[Outcome | None]:
        work = self.prepared.users
        leavers = [identity for identity in list(self.memory.links) if self._has_left(identity, scope)]
        if not work.plan.deletes:
            return
        guard = self.prepared.settings.guard
        if guard is not None and len(leavers) > guard and not self.memory.force_deletes:
            self.staged = len(leavers)
            for identity in leavers:
                yield self._stage(identity)
            return
        for identity in leavers:
            yield self._take_leave(identity, scope)
        self.memory.force_deletes = False

    def _has_left(self, identity: str, scope: Scope) -> bool:
        memory, now = self.memory, self.world.clock.now()
        user = self.tenant.users.get(identity)
        escrow = memory.escrows.get(identity)
        if is_purged(user, now):
            return escrow is None or escrow.next_at <= now
        assert user is not None
        if identity in memory.disabled or (escrow is not None and escrow.next_at > now):
            return False
        if user.deleted_at is not None or not user.accountEnabled:
            return True
        if identity in scope.users:
            passes = self.prepared.users.plan.in_filter(scope.subject(scope.users[identity]))
            if passes or self.stale_scope:
                return False
        return not self.prepared.settings.keeps_leavers

    def _take_leave(self, identity: str, scope: Scope) -> Outcome:
        work, memory = self.prepared.users, self.memory
        user, began = self.tenant.users.get(identity), time.perf_counter()
        if user is None or is_purged(user, self.world.clock.now()):
            gone = user or User(identity, "")
            outcome = work.delete(gone)
            if outcome.status == "success":
                memory.unlink(identity)
            return self._record(outcome, gone, "User", began)
        outcome = work.disable(Subject(user, gone=True, roles=scope.roles.get(identity)))
        if outcome.status != "failure":
            memory.disabled.add(identity)
            if user.deleted_at is None and identity not in scope.users:
                memory.unlink(identity)
                memory.seen.discard(identity)
        return self._record(outcome, user, "User", began)

    def _stage(self, identity: str) -> Outcome:
        user = self.tenant.users.get(identity) or User(identity, "")
        outcome = Outcome(target_id=self.memory.links[identity])
        text = "The delete is held back: more objects would be deleted than the threshold allows."
        outcome.step("EntryExportDelete", "export", "skipped", text)
        return self._record(outcome.end("stagedDelete", "skipped", "TooManyDeletes", text), user, "User", 0.0)

    # Keeping the books

    def _record(self, outcome: Outcome, thing: User | Group, kind: str, began: float) -> Outcome:
        memory, counts, clock = self.memory, self.counts, self.world.clock
        counts.operations += 1
        if outcome.status == "failure":
            counts.failures += 1
            counts.escrowed_raw += 1
            self._escrow(thing.id, outcome.code)
        else:
            memory.escrows.pop(thing.id, None)
            if outcome.status in ("success", "warning"):
                counts.for_provisioning += 1
                counts.exported += 1
        plan = self.prepared.user_plan if kind == "User" else self.prepared.group_plan
        spent = round((time.perf_counter() - began) * 1000) if began else 0
        row = self.prepared.row_frame.row(outcome, thing, kind, plan.target if plan else "", clock.stamp(), spent)
        with self.world.lock:
            self.tenant.add_log(row, clock.now())
        return outcome

    def _escrow(self, identity: str, code: str) -> None:
        before = self.memory.escrows.get(identity)
        attempts = before.attempts + 1 if before else 1
        gap = min(INTERVAL * 2 ** (attempts - 1), MAX_ESCROW_PAUSE)
        self.memory.escrows[identity] = Escrow(code, attempts, self.world.clock.now() + gap)
        reason = quarantines.verdict(
            self.limits, self.counts.failures, self.counts.operations, len(self.memory.waiting)
        )
        if reason is None:
            return
        if self.memory.watermark is not None:
            raise Quarantined(reason, f"{self.counts.failures} of {self.counts.operations} objects failed.")
        self.pruned = True
        self.memory.escrows.clear()

    def _count(self) -> None:
        counted = self.memory.counted
        counted["User"] = max(counted.get("User", 0), len(self.memory.links))
        if self.memory.groups:
            counted["Group"] = max(counted.get("Group", 0), len(self.memory.groups))

    def execution(self, state: str, error: dict[str, object] | None = None) -> dict[str, object]:
        """This run as synchronizationTaskExecution."""
        self.counts.escrowed = len(self.memory.escrows)
        return self.counts.execution(self.world.clock, exports=self.prepared.target.writes, state=state, error=error)

    def _report(self, done: int, total: int) -> None:
        self._count()
        status.change(
            self.job,
            progress=self._progress(done, total),
            synchronizedEntryCountByType=self._entry_counts(),
            **({} if self._says_not_run() else {"lastExecution": self.execution("Succeeded")}),
        )
        self.world.touch()

    def _says_not_run(self) -> bool:
        """Whether the job still says that it never ran, because its first run has not ended."""
        return self.reality.not_run == "until_first_end" and self.memory.steady_first is None and not self.ended

    def _progress(self, done: int, total: int) -> list[dict[str, object]]:
        shown = self.reality.progress == "pages"
        return status.progress(done, total, self.world.clock) if shown else []

    def _entry_counts(self) -> list[dict[str, object]]:
        plans = {"User": self.prepared.user_plan, "Group": self.prepared.group_plan}
        targets = {kind: plan.target for kind, plan in plans.items() if plan is not None}
        return status.entry_counts(self.memory.counted, self.reality.counts, targets)

    def _end(self, until: int, total: int) -> None:
        memory, clock = self.memory, self.world.clock
        self._count()
        memory.watermark = until
        memory.failures_in_a_row = 0
        self.ended = True
        steady = self.reality.steady_state == "initial_cycle" or not self.prepared.target.writes
        if steady:
            memory.steady_first = memory.steady_first or clock.stamp()
        failed = memory.escrows if self.reality.escrows == "entry_errors" else self.counts.failures
        told = self.pruned or failed
        execution = self.execution("EntryLevelErrors" if told else "Succeeded")
        changed: dict[str, object] = {
            "countSuccessiveCompleteFailures": 0,
            "escrowsPruned": self.pruned or bool(self.job.status.get("escrowsPruned")),
            "lastExecution": execution,
            "progress": self._progress(total, total),
            "synchronizedEntryCountByType": self._entry_counts(),
        }
        if memory.quarantine is None:
            changed["code"] = "Active"
        if steady and memory.steady_first:
            changed["steadyStateFirstAchievedTime"] = graph_time(memory.steady_first)
            changed["steadyStateLastAchievedTime"] = graph_time(clock.stamp())
        if execution["state"] == "Succeeded":
            year_one = self.reality.last_success == "year_one"
            unknown = {"timeBegan": NEVER, "activityIdentifier": None} if year_one else {}
            changed["lastSuccessfulExecution"] = {**execution, **unknown}
            if self.prepared.target.writes:
                changed["lastSuccessfulExecutionWithExports"] = execution
        status.change(self.job, **changed)
        if self.staged:
            raise Quarantined("TooManyDeletes", f"{self.staged} deletes are more than the threshold allows.")
        for fault in faults.on(self.tenant):
            fault.end_cycle()
