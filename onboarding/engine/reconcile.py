"""Reconcile one onboarding: read the live systems, compare with the desired state, apply what was approved, read again.

The wake-up carries nothing but the key, and it may come never, twice or late. A worker that dies says nothing; its
lease ends and the sweep takes over.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop as _

from graphclient import GraphError, NotAllowed, Rejected, TryLater
from onboarding.domain.desired import Desired
from onboarding.domain.durations import short
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Change, Done, Remedy, Todo, Verdict, Waiting, planned
from onboarding.engine import (
    gate,
    gone,
    haiilo_reading,
    lanes,
    ledger,
    log_reading,
    milestones,
    misfits,
    neighbours,
    process,
    reading_ahead,
    scope_reading,
    tenant_binding,
)
from onboarding.engine.explain import explained, our_failure
from onboarding.engine.freshness import log_goes_on_in, still_fresh
from onboarding.engine.inquiries import answer_open
from onboarding.engine.known import Known
from onboarding.engine.lease_keeper import HeldLease, keeper
from onboarding.engine.ledger import Cost
from onboarding.engine.pauses import A_DAY, ends_run, pause_after
from onboarding.engine.turns import turns
from onboarding.engine.waits import OUR_FAULTS, after_time_outs
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import Onboarding, clock
from onboarding.models.onboarding import Lease, LeaseLost
from onboarding.people import tried
from onboarding.steps import BESIDE, STEPS
from onboarding.steps.base import ChangingStep, Step, StepFailed
from onboarding.steps.read_only.step import milestone

log = logging.getLogger("onboarding.engine")

RETRY_SPREADING_AFTER = timedelta(seconds=20)
RETRY_HELD_AFTER = timedelta(seconds=20)
READS = frozenset({"GET", "HEAD"})
LONGEST_ASKED_WAIT = timedelta(hours=1)  # an answer that says more is not worth a customer's day
NOT_CARRIED_OUT = (NotAllowed, Rejected)  # so Microsoft says of a request that it refused
LASTS = 5  # so many faults of ours in a row are more than a moment
HANGS = 10.0  # seconds without an answer, all retries of a call included; after them the tenant counts as slow
A_MINUTE = timedelta(minutes=1)
REMOVAL_EXPECTED_WITHIN = timedelta(hours=1)  # so long the admin may be at it, and wait for our word
[READ_ONLY] = BESIDE
SEND_THE_TOKEN = frozenset(step.key for step in STEPS if step.sends_token)


def reconcile(pk: int) -> None:
    """Run through the steps of one onboarding, if it is due, no other worker does, and there is a lane for it."""
    with lanes.here().entered() as lane, turns.taken():
        if lane is None or keeper.is_draining:
            return
        try:
            lease = Onboarding.objects.claim(pk, by=process.me())
            if lease is None:
                return
            if lease.time_outs and not lane.join_the_slow():
                Onboarding.objects.leave_due(lease)
                return
        except OUR_FAULTS as error:
            log.warning("onboarding %s: not begun, a fault of ours: %s", pk, type(error).__name__)
            return
        with keeper.holding(HeldLease(lease, lane)) as held:
            _run(held)


def _run(held: HeldLease) -> None:
    """One run and what becomes of it; one line goes to the log."""
    lease, started = held.lease, time.monotonic()
    pk = lease.onboarding_id
    try:
        found = Reconciliation(lease, held)
        pause = found.run_until_held() / settings.PACE
        if alone := found.known.asked_alone:
            reading_ahead.keep(found.copy, found.desired, alone)
        found.copy.finish(after=pause, own_failures=0, time_outs=found.time_outs, not_before=found.not_before())
    except LeaseLost:
        log.info("onboarding %s: interrupted, or another worker took over", pk)
    except OUR_FAULTS as error:
        level = logging.ERROR if lease.own_failures >= LASTS else logging.WARNING
        log.log(level, "onboarding %s: a fault of ours: %s", pk, type(error).__name__)
        keeper.postpone(lease)
    except Exception:  # whatever it is: the next run is later, and others are not kept
        log.exception("onboarding %s failed", pk)
        keeper.postpone(lease)
    else:
        told = (pk, found.outcome, found.calls, time.monotonic() - started, short(pause))
        log.info("onboarding %s: %s, %s calls, %.2f s, next in %s", *told)


class Reconciliation:
    """One run through the steps of one onboarding, under one lease."""

    def __init__(self, lease: Lease, held: HeldLease | None = None) -> None:
        self.lease, self.held = lease, held or HeldLease(lease)
        self.copy = WorkingCopy(lease)
        self.known = Known(self.copy, self._before_each)
        self._began = time.monotonic()
        self.time_outs = 0
        self._asked_to_wait: timedelta | None = None
        self.live = self.copy.rows.onboarding.live_at is not None
        self._making: tuple[str, Change, int | None] | None = None
        self._sent = self.calls = 0
        self._again = False
        self.outcome = ""

    @property
    def desired(self) -> Desired:
        """What the steps go by now."""
        return self.known.desired

    def run_until_held(self) -> timedelta:
        """As `run`; a change that may not be made at this moment ends the run, and the next one says what it finds."""
        try:
            return self.run()
        except gate.Held as reason:
            self.outcome = f"held, {reason}"
            return RETRY_HELD_AFTER

    def run(self) -> timedelta:
        """Go through the steps until one is not done; through all on a live tenant. Returns the pause until the next
        run, before PACE. Raises `LeaseLost`, and what our own database raises.
        """
        if self.copy.rows.is_misfit:
            misfits.erase_under(self.copy)
        pause, current = self._enter_or_leave_read_only(), ""
        if self.copy.rows.onboarding.has_inquiries:
            self._asked_to_wait = answer_open(self.copy, self.known.tenant, self.desired) or self._asked_to_wait
        for step in STEPS:
            if self._must_end():
                return self._end_early(step, pause, current)
            pause_here, done = self._visit(step)
            pause = min(pause, pause_here)
            if done:
                continue
            current = current or step.key
            if ends_run(step, live=self.live):
                break
        return self._end(pause, current)

    def _end(self, pause: timedelta, current: str) -> timedelta:
        if not current:
            self._release_token(live=True)
        row = ledger.set_current(self.copy, current or STEPS[-1].key, live=not current)
        self.outcome = f"{row.key} → {row.kind} {row.code}".rstrip()
        return max(timedelta() if self._again else pause, self._wait_for_tenant())

    def _must_end(self) -> bool:
        """Whether the other steps are left to the next run: others wait for this place, or this worker is to end."""
        too_long = time.monotonic() - self._began > settings.RUN_SECONDS
        return bool(self.time_outs) or self._asked_to_wait is not None or too_long or keeper.is_draining

    def _end_early(self, following: Step[Any], pause: timedelta, current: str) -> timedelta:
        """What was done until now stays fresh, so the next run begins where this one ends."""
        if current:
            return self._end(pause, current)
        self.outcome = f"ended before {following.key}"
        return self._wait_for_tenant()

    def not_before(self) -> datetime | None:
        """When Microsoft wants to be called again for this tenant; None where it did not say.

        PACE does not shorten it: it is Microsoft's time, not ours.
        """
        return None if self._asked_to_wait is None else clock.now() + min(self._asked_to_wait, LONGEST_ASKED_WAIT)

    def _wait_for_tenant(self) -> timedelta:
        return after_time_outs(self.time_outs) if self.time_outs else timedelta()

    def _enter_or_leave_read_only(self) -> timedelta:
        """Judge the read-only mode first: it decides with which application of ours all other steps are read."""
        if self.copy.rows.read_only is None:
            return A_DAY
        pause, done = self._visit(READ_ONLY)
        seen = self.desired.read_only
        since = seen.reads_only_since if seen and not done else None
        if since and self.desired.now - since < REMOVAL_EXPECTED_WITHIN:
            return min(pause, A_MINUTE)
        return pause

    def _visit(self, step: Step[Any]) -> tuple[timedelta, bool]:
        fresh = still_fresh(self.copy.rows, step)
        if fresh is not None:
            return fresh, True
        verdict = self._examine(step)
        pause = self._pause_after(step, verdict)
        return min(pause, log_goes_on_in(self.copy.rows, step) or pause), isinstance(verdict, Done)

    def _examine(self, step: Step[Any]) -> Verdict:
        """Read and judge one step, and keep what follows from the verdict. The order of the effects matters.

        A tenant is bound before the verdict is recorded: `Done` must never be read of a tenant that belongs to another
        customer. The milestone comes after the verdict, which it deletes when the read-only mode ends. Intents are
        closed before the desired state is used again, because they are part of it, and whether the token is erased is
        judged by what is known then. Later steps are doubted together with the verdict that gives the reason, before
        anything is written: whoever goes on after a death of ours sees the new evidence, and no change.
        """
        self.held.sign_of_life()
        self.copy.rows.read_for(step)
        self._know_more()
        started, before, calls = time.monotonic(), self.desired.evidence.get(step.key), self.known.calls
        said, verdict = self.copy.state(step.key).code, self._converge_safely(step)
        cost = Cost(self.known.calls - calls, time.monotonic() - started)
        self.calls += cost.graph_calls
        if isinstance(verdict, Done):
            verdict = self._refused(step, verdict.evidence.to_json()) or verdict
        ledger.record(self.copy, step.key, verdict, cost)
        if isinstance(verdict, Done) and before is not None and verdict.evidence.differs_from(before):
            self._doubt_what_follows(step)
        self._again |= gone.follow(self.copy, step.key, verdict, said)
        if step.key in self.desired.approved:
            ledger.settle_approval(self.copy, step.key, self.desired.approved[step.key], verdict)
        if isinstance(verdict, Asking) and (keys := scope_reading.approved_on(step.key, self.desired)):
            ledger.withdraw_approvals(self.copy, *keys)
            self._know_more()
        if step is READ_ONLY and milestones.reach(self.copy, milestone(verdict)):
            self._know_more()
        if isinstance(verdict, Done):
            ledger.close_intents(self.copy, step.key)
            self._know_more()
            self._release_secret(step.key)
        return verdict

    def _refused(self, step: Step[Any], evidence: Mapping[str, Any]) -> Verdict | None:
        """What stands against `Done` on the side of other customers: they have the tenant, or the application."""
        if step.names_tenant:
            return neighbours.refusal_to_expect(self.lease.onboarding_id, evidence)
        if step.chooses_application:
            return tenant_binding.claim_application(self.copy, evidence)
        return tenant_binding.bind(self.copy, evidence) if step.gives_access else None

    def _doubt_what_follows(self, step: Step[Any]) -> None:
        """Have the steps that rest on this one examined anew: what they saw was another application or job."""
        ledger.doubt(self.copy, *(other.key for other in STEPS if step.key in other.rests_on))

    def _release_secret(self, key: str) -> None:
        """Erase the token once nobody has to send it again, unless Haiilo is asked with it until go-live."""
        if key in SEND_THE_TOKEN and set(self.desired.evidence) >= SEND_THE_TOKEN:
            self._release_token(live=self.live)

    def _release_token(self, *, live: bool) -> None:
        if self.copy.rows.secret is not None:
            haiilo_reading.release_token(self.copy, self.desired, live=live)

    def _before_each(self, method: str) -> None:
        """Before each request to Graph; before each that changes something, the gate is asked once more."""
        self.held.before_request(method)
        if self._making is not None and method.upper() not in READS:
            ledger.permitted(self.copy, *self._making)
            self._sent += 1
        elif self.copy.is_overdue:
            self.copy.write_back()

    def _know_more(self) -> None:
        """Go by what the working copy says now."""
        self.known.outdate()

    def _converge_safely(self, step: Step[Any]) -> Verdict:
        try:
            return self._converge(step)
        except StepFailed as failed:
            return failed.verdict
        except GraphError as error:
            gone.doubt(self.copy, error)
            if isinstance(error, NotAllowed):
                self.known.tenant.forget_token()  # a permission that is granted from now on is not in this token
            if isinstance(error, TryLater) and error.asks_to_wait:
                self._asked_to_wait = timedelta(seconds=error.retry_after or 0)
            if isinstance(error, TryLater) and self.held.silent_for() > HANGS:
                self.time_outs = self.lease.time_outs + 1
            return explained(self.copy, step.key, error, self.desired)
        except (LeaseLost, gate.Held, *OUR_FAULTS):
            raise
        except Exception as error:  # whatever it is: stop this customer with a reason, go on with others
            log.exception("onboarding %s: step %s failed", self.lease.onboarding_id, step.key)
            return our_failure(error)

    def _converge(self, step: Step[Any]) -> Verdict:
        """Read and assess; while a plan may be applied, apply it and read again. Raises what the step raises."""
        made: set[str] = set()
        while True:
            reading_ahead.ask(self.copy, self.known.tenant, self.desired, step, live=self.live)
            facts = self.known.read(step)
            self._read_people(step, facts)
            tried.keep(self.lease, self.copy.rows.onboarding, step.told_on_demand(self.desired))
            verdict = step.assess(self.desired, facts)
            if (plan := planned(verdict)) is None:
                return verdict
            if self.desired.unconfirmed.get(step.key):
                ledger.found_done(self.copy, step.key, plan.changes)
            self.copy.write_back()  # whether a plan may be applied, the rows say
            permit = self._permit(step, plan)
            if permit is None:
                return verdict
            if made & set(_keys(permit)):
                return Waiting(say(_("Saved. The change is taking effect at Microsoft.")), RETRY_SPREADING_AFTER)
            try:
                waits = self._apply(step, permit)
            except StepFailed as failed:
                return step.after_failure(self.desired, facts, failed.verdict)
            if waits is not None:
                return waits
            made |= set(_keys(permit))
            self._know_more()

    def _read_people(self, step: Step[Any], facts: Any) -> None:
        """What else the step goes by: the log, then Haiilo, whose word is newer; and who is assigned."""
        if step.reads_people:
            self._read_log(step)
        if step.asks_haiilo and haiilo_reading.is_due(self.copy.rows, self.desired, step.key, live=self.live):
            self._ask_haiilo(step)
        if step.reads_people:
            left_out_by = step.left_out_by(self.desired, facts)
            log_reading.keep_number(self.copy, step.in_haiilo(self.desired, facts), left_out_by)
        if step.reads_scope:
            self._read_scope(step, facts)

    def _read_log(self, step: Step[Any]) -> None:
        """After the job, because the job's own health must not wait for its log."""
        if not log_reading.is_due(self.copy, self.known.tenant.graph, self.desired):
            return
        trouble = log_reading.read(self.copy, self.known.tenant.graph, self.desired, step.key)
        if trouble is not None and not trouble.is_refusal and self.held.silent_for() > HANGS:
            self.time_outs = self.lease.time_outs + 1
        if trouble is not None and trouble.retry_at is not None:
            self._asked_to_wait = max(timedelta(), trouble.retry_at - clock.now())
        self.copy.rows.read_failures()
        self._know_more()

    def _read_scope(self, step: Step[Any], facts: Any) -> None:
        graph, goes_on = self.known.tenant.graph, lambda: not self._must_end()
        scope_reading.read(self.copy, graph, self.desired, step.key, facts, goes_on)
        self._know_more()

    def _ask_haiilo(self, step: Step[Any]) -> None:
        self.copy.write_back()
        haiilo_reading.read(self.copy, self.desired, step.key, alive=lambda: self.held.before_request("GET"))
        self.held.sign_of_life()
        self.copy.rows.read_failures()
        self._know_more()

    def _permit(self, step: Step[Any], plan: Todo | Remedy) -> gate.Permit | None:
        return gate.permit(step, plan, self.desired, onboarding_id=self.lease.onboarding_id, live=self.live)

    def _apply(self, step: Step[Any], permit: gate.Permit) -> Verdict | None:
        for change in permit.changes:
            waits = ledger.intend(self.copy, step.key, change, approval=permit.approval)
            if waits is not None:
                return waits
            self.held.renew()
            assert isinstance(step, ChangingStep)
            result = self._send(step, change, permit.approval)
            ledger.applied(self.copy, step.key, change, result, approval=permit.approval)
            self._know_more()
        return None

    def _send(self, step: ChangingStep[Any], change: Change, approval: int | None) -> Mapping[str, Any] | None:
        """What the step's `apply` returns; the gate is asked before each of its requests."""
        self._making, self._sent = (step.key, change, approval), 0
        try:
            return step.apply(self.known.tenant, self.desired, change)
        except (StepFailed, *NOT_CARRIED_OUT):
            if self._sent <= 1:  # of several requests, those before the refused one were carried out
                ledger.refused(self.copy, step.key, change)
            raise
        finally:
            self._making = None

    def _pause_after(self, step: Step[Any], verdict: Verdict) -> timedelta:
        applies = isinstance(verdict, Todo) and self._permit(step, verdict) is not None
        return pause_after(step, verdict, applies=applies)


def _keys(permit: gate.Permit) -> list[str]:
    return [ledger.intent_key(change) for change in permit.changes]
