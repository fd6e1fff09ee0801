"""Reconcile one onboarding: read the live systems, compare with the desired state, apply what was approved, read again.

The wake-up carries nothing but the key, and it may come never, twice or late. A worker that dies says nothing; its
lease ends and the sweep takes over.
"""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any, assert_never

from django.conf import settings
from django.utils.translation import gettext_noop as _

from graphclient import ConsentMissing, GraphError, NotAllowed, NotThere, OurCredentialRefused, TryLater
from onboarding.causes import access
from onboarding.causes.base import Cause
from onboarding.causes.index import lookup
from onboarding.domain.desired import SCIM_TOKEN, Desired
from onboarding.domain.durations import short
from onboarding.domain.lifecycle import State
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import (
    Asking,
    Broken,
    Court,
    Done,
    Kind,
    Todo,
    Verdict,
    Waiting,
    fingerprint,
)
from onboarding.engine import holds, ledger, load_desired
from onboarding.engine.graph_access import TenantSession
from onboarding.engine.ledger import Cost
from onboarding.models import Onboarding, StepState, clock
from onboarding.models.onboarding import Lease, LeaseLost
from onboarding.people import ingest
from onboarding.steps import BESIDE, STEPS
from onboarding.steps.base import ChangingStep, Step, StepFailed
from onboarding.steps.connection.evidence import job_id, token_is_saved
from onboarding.steps.enable.step import Enable
from onboarding.steps.read_only.step import milestone

log = logging.getLogger("onboarding.engine")

RETRY_SPREADING_AFTER = timedelta(seconds=20)
RETRY_ERROR_AFTER = timedelta(seconds=30)
RETRY_ABSENT_AFTER = timedelta(minutes=1)
RECHECK_WHILE_ASKING = timedelta(minutes=30)
RECHECK_WHEN_BROKEN = timedelta(hours=1)
SIGN_IN_CODES = "AADSTS"  # a refused token is named by the sign-in service, a refused request by Graph
A_DAY = timedelta(days=1)
A_MINUTE = timedelta(minutes=1)
REMOVAL_EXPECTED_WITHIN = timedelta(hours=1)  # so long the admin may be at it, and wait for our word
[READ_ONLY] = BESIDE
SEND_THE_TOKEN = frozenset(step.key for step in STEPS if step.sends_token)
GIVE_ACCESS = tuple(step.key for step in STEPS if step.gives_access)


def reconcile(pk: int) -> None:
    """Run through the steps of one onboarding, if it is due and no other worker does. One line goes to the log."""
    lease = Onboarding.objects.claim(pk)
    if lease is None:
        return
    started, found = time.monotonic(), Reconciliation(lease)
    try:
        pause = found.run() / settings.PACE
    except LeaseLost:
        log.info("onboarding %s: another worker took over, %s calls", pk, found.calls)
        return
    Onboarding.objects.release(lease, after=pause)
    log.info(
        "onboarding %s: %s, %s calls, %.1f s, next in %s",
        pk,
        found.outcome,
        found.calls,
        time.monotonic() - started,
        short(pause),
    )


class Reconciliation:
    """One run through the steps of one onboarding, under one lease."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.desired = load_desired.load_desired(lease.onboarding_id)
        self.tenant = TenantSession(self.desired, before_each=self._renew_in_time)
        self._renewed = time.monotonic()
        self.states = {state.key: state for state in StepState.objects.filter(onboarding_id=lease.onboarding_id)}
        self.live = Onboarding.objects.filter(pk=lease.onboarding_id, state=State.LIVE).exists()
        self.calls = 0
        self.outcome = ""

    def run(self) -> timedelta:
        """Go through the steps until one is not done; through all on a live tenant. Returns the pause until the next
        run, before PACE. Raises `LeaseLost`.
        """
        pause, current = self._enter_or_leave_read_only(), ""
        for step in STEPS:
            pause_here, done = self._visit(step)
            pause = min(pause, pause_here)
            if done:
                continue
            current = current or step.key
            if ends_run(step, live=self.live):
                break
        row = ledger.set_current(self.lease, current or STEPS[-1].key, live=not current)
        self.outcome = f"{row.key} → {row.kind} {row.code}".rstrip()
        return pause

    def _enter_or_leave_read_only(self) -> timedelta:
        """Judge the read-only mode first: it decides with which application of ours all other steps are read."""
        if self.desired.read_only is None:
            return A_DAY
        pause, done = self._visit(READ_ONLY)
        seen = self.desired.read_only
        if (
            seen
            and not done
            and seen.reads_only_since
            and self.desired.now - seen.reads_only_since < REMOVAL_EXPECTED_WITHIN
        ):
            return min(pause, A_MINUTE)
        return pause

    def _visit(self, step: Step[Any]) -> tuple[timedelta, bool]:
        fresh = self._still_fresh(step)
        if fresh is not None:
            return fresh, True
        verdict = self._examine(step)
        return self._pause_after(step, verdict), isinstance(verdict, Done)

    def _still_fresh(self, step: Step[Any]) -> timedelta | None:
        """How long the last `Done` is still believed, or None when it is time to read again."""
        state = self.states.get(step.key)
        if state is None or state.kind != Kind.DONE or state.checked_at is None:
            return None
        left = state.checked_at + step.fresh_for / settings.PACE - clock.now()
        return left * settings.PACE if left > timedelta() else None

    def _examine(self, step: Step[Any]) -> Verdict:
        """Read and judge one step, and keep what follows from the verdict. The order of the effects matters.

        The lease is renewed first, so that the longest call fits into it. A tenant is bound before the verdict is
        recorded: `Done` must never be read of a tenant that belongs to another customer. The milestone comes after the
        verdict, which it deletes when the read-only mode ends. Intents are closed before the desired state is loaded
        again, because they are part of it, and whether the token is erased is judged by what was loaded then. Later
        steps are doubted once the new evidence is stored: this same run reads them by it.
        """
        self._renew()
        started, calls, before = time.monotonic(), self.tenant.calls, self.desired.evidence.get(step.key)
        verdict = self._converge_safely(step)
        cost = Cost(self.tenant.calls - calls, time.monotonic() - started)
        self.calls += cost.graph_calls
        if isinstance(verdict, Done) and step.gives_access:
            verdict = ledger.bind(self.lease, verdict.evidence.to_json()) or verdict
        ledger.record(self.lease, step.key, verdict, cost)
        if step is READ_ONLY and ledger.reach_milestone(self.lease, milestone(verdict)):
            self._switch_application()
        if isinstance(verdict, Done):
            ledger.close_intents(self.lease, step.key)
            self._know_more()
            self._release_secret(step.key)
            if before not in (None, verdict.evidence.to_json()):
                self._doubt_what_follows(step)
        return verdict

    def _switch_application(self) -> None:
        """Another application of ours reads from now on: what the former one saw no longer counts."""
        self.states = {}
        self._know_more()

    def _doubt_what_follows(self, step: Step[Any]) -> None:
        """Have the steps that rest on this one examined anew: what they saw was another application or job."""
        for later in (other for other in STEPS if step.key in other.rests_on):
            ledger.make_stale(self.lease.onboarding_id, later.key)
            if later.key in self.states:
                self.states[later.key].checked_at = None

    def _release_secret(self, key: str) -> None:
        """Erase the token once nobody has to send it again (`enable` does once more, with the deletion guard)."""
        done = set(self.desired.evidence) >= SEND_THE_TOKEN
        if key in SEND_THE_TOKEN and done and token_is_saved(self.desired):
            ledger.release_secret(self.lease, SCIM_TOKEN)

    def _renew(self) -> None:
        if not Onboarding.objects.renew(self.lease):
            raise LeaseLost(f"onboarding {self.lease.onboarding_id}")
        self._renewed = time.monotonic()

    def _renew_in_time(self) -> None:
        """Renew the lease once a third of it is over: one step of a large tenant may read longer than it lasts."""
        if time.monotonic() - self._renewed > settings.LEASE_SECONDS / 3:
            self._renew()

    def _know_more(self) -> None:
        self.desired = load_desired.load_desired(self.lease.onboarding_id)
        self.tenant.update(self.desired)

    def _converge_safely(self, step: Step[Any]) -> Verdict:
        try:
            return self._converge(step)
        except StepFailed as failed:
            return failed.verdict
        except GraphError as error:
            if isinstance(error, ConsentMissing):
                for key in GIVE_ACCESS:
                    ledger.make_stale(self.lease.onboarding_id, key)
            if isinstance(error, NotAllowed):
                self.tenant.forget_token()  # a permission that is granted from now on is not in this token
            return explain(error)
        except LeaseLost:
            raise
        except Exception as error:  # whatever it is: stop this customer with a reason, go on with others
            log.exception("onboarding %s: step %s failed", self.lease.onboarding_id, step.key)
            return our_failure(error)

    def _converge(self, step: Step[Any]) -> Verdict:
        """Read and assess; while a plan may be applied, apply it and read again. Raises what the step raises."""
        if step.reads_people and Enable.key in self.desired.evidence:
            ingest.ingest(self.lease, self.tenant.graph, job_id(self.desired), renew=self._renew)
            self._know_more()
        made: set[str] = set()
        while True:
            verdict = step.assess(self.desired, step.read(self.tenant, self.desired))
            if not isinstance(verdict, Todo) or not self._may_apply(step, verdict):
                return verdict
            if made & set(_keys(verdict)):
                return Waiting(say(_("Saved. The change is taking effect at Microsoft.")), RETRY_SPREADING_AFTER)
            held = self._apply(step, verdict)
            if held is not None:
                return held
            made |= set(_keys(verdict))
            self._know_more()

    def _may_apply(self, step: Step[Any], todo: Todo) -> bool:
        return may_apply(step, todo, self.desired, onboarding_id=self.lease.onboarding_id, live=self.live)

    def _apply(self, step: Step[Any], todo: Todo) -> Verdict | None:
        for change in todo.changes:
            held = ledger.intend(self.lease, step.key, change)
            if held is not None:
                return held
            self._renew()
            assert isinstance(step, ChangingStep)
            result = step.apply(self.tenant, self.desired, change)
            ledger.applied(self.lease, step.key, change, result)
            self._know_more()
        return None

    def _pause_after(self, step: Step[Any], verdict: Verdict) -> timedelta:
        return pause_after(step, verdict, applies=isinstance(verdict, Todo) and self._may_apply(step, verdict))


def ends_run(step: Step[Any], *, live: bool) -> bool:
    """Whether later steps are left alone while `step` is not done: on a live tenant only without access to it."""
    return not live or step.gives_access


def may_apply(step: Step[Any], todo: Todo, desired: Desired, *, onboarding_id: int, live: bool) -> bool:
    """Whether the engine applies this plan now.

    Before go-live a step acts as its nature is; on a live tenant nothing is repaired unasked, and nothing at all while
    we only watch, or own more in the tenant than we may.
    """
    if not desired.size.sets_up or holds.owns_too_much(onboarding_id):
        return False
    if not step.asks_first and not todo.asks and not live:
        return True
    return bool(desired.answer(step.key, "approved_plan") == fingerprint(todo.changes))


def pause_after(step: Step[Any], verdict: Verdict, *, applies: bool) -> timedelta:
    """How long after this verdict the step is read again, before PACE; `applies`: its plan is applied at once."""
    match verdict:
        case Done():
            return step.fresh_for
        case Waiting():
            return verdict.recheck_in
        case Todo():
            return timedelta() if applies else A_DAY
        case Asking():
            return RECHECK_WHILE_ASKING
        case Broken():
            return RECHECK_WHEN_BROKEN
        case _:
            assert_never(verdict)


def _keys(todo: Todo) -> list[str]:
    return [ledger.intent_key(change) for change in todo.changes]


def our_failure(error: Exception) -> Broken:
    """The verdict where our own code failed; its class is the code, its message may hold anything and is left out."""
    return Broken(
        say(_("The dashboard itself failed here. Our engineers have to look into it.")),
        Court.HAIILO,
        code=type(error).__name__,
    )


def explain(error: GraphError) -> Verdict:
    """What an error of the Graph client means for an onboarding: the entry of Microsoft's code, else of its kind."""
    known = lookup(error.code, error.message) if error.code else None
    match error:
        case TryLater():
            pause = timedelta(seconds=error.retry_after) if error.retry_after else RETRY_ERROR_AFTER
            return Waiting(access.BUSY.for_staff({}), pause)
        case ConsentMissing():
            return _asked(known or access.ACCESS_LOST, error)
        case NotAllowed() if error.code.startswith(SIGN_IN_CODES):
            return _asked(access.POLICY_BLOCKS, error)
        case NotAllowed():
            return _asked(known or access.PERMISSION_MISSING, error)
        case OurCredentialRefused():
            return _broken(access.CREDENTIAL_REFUSED, error)
        case NotThere():
            return Waiting(access.ABSENT.for_staff({}), RETRY_ABSENT_AFTER)
        case _:
            return _broken(known or access.REFUSED, error)


def _asked(cause: Cause, error: GraphError) -> Asking:
    """By Microsoft's own code where it leads to this entry; else that code stands in the detail line."""
    if error.code and lookup(error.code) is cause:
        return replace(cause.asking(), code=error.code)
    return cause.asking(offers={"detail": error.code} if error.code else None)


def _broken(cause: Cause, error: GraphError) -> Broken:
    """Our engineers look for Microsoft's code, so that is the one to keep."""
    return replace(cause.broken(request_id=error.request_id or ""), code=error.code or type(error).__name__)
