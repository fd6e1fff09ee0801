"""Reconcile one onboarding: read the world, compare with what is wanted, apply what was approved, read again.

The message that rang carries nothing but the key, and it may ring never, twice or late. A worker that dies says
nothing; its lease ends and the sweep takes over.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any, assert_never

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from graphclient import ConsentMissing, GraphError, NotAllowed, NotThere, OurCredentialRefused, TryLater
from onboarding.causes.catalogue import explain_code, is_known
from onboarding.domain.desired import SCIM_TOKEN
from onboarding.domain.lifecycle import State
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Broken, Court, Done, Kind, Todo, Verdict, Waiting, fingerprint
from onboarding.engine import holds as alarms
from onboarding.engine import ledger
from onboarding.engine import load_desired as wishes
from onboarding.engine.graph_access import Reach
from onboarding.engine.ledger import Cost
from onboarding.models import Onboarding, StepState
from onboarding.models.onboarding import Lease, LeaseLost
from onboarding.people import ingest as harvest
from onboarding.steps import STEPS
from onboarding.steps.base import Step, StepFailed
from onboarding.steps.read_only.step import SteppingDown, milestone

log = logging.getLogger(__name__)

SPREADING = timedelta(seconds=20)
AFTER_ERROR = timedelta(seconds=30)
ABSENT = timedelta(minutes=1)
LOOK_AGAIN_WHILE_ASKING = timedelta(minutes=30)
LOOK_AGAIN_WHEN_BROKEN = timedelta(hours=1)
A_DAY = timedelta(days=1)
A_MINUTE = timedelta(minutes=1)
SOON_REMOVED = timedelta(hours=1)  # so long the admin may be at it, and wait for our word
FOUNDATIONS = frozenset({"sso_application", "connection"})
STEPPING_DOWN = SteppingDown()
SEND_THE_TOKEN = frozenset({"connection", "enable"})


def reconcile(pk: int) -> None:
    """Look at one onboarding now, if it is due and nobody else does."""
    lease = Onboarding.objects.claim(pk)
    if lease is None:
        return
    try:
        pause = Visit(lease).walk()
    except LeaseLost:
        log.info("lease of onboarding %s was lost", pk)
        return
    Onboarding.objects.release(lease, look_at=timezone.now() + pause / settings.PACE)


class Visit:
    """One walk through the steps of one onboarding, under one lease."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.wanted = wishes.wanted_of(lease.onboarding_id)
        self.reach = Reach(self.wanted, before_each=self._renew_in_time)
        self._renewed = time.monotonic()
        self.states = {state.key: state for state in StepState.objects.filter(onboarding_id=lease.onboarding_id)}
        self.live = Onboarding.objects.filter(pk=lease.onboarding_id, state=State.LIVE).exists()

    def walk(self) -> timedelta:
        """Go through the steps until one is not done; on a live tenant look at all. Returns when to look next."""
        pause, standing = self._step_down(), ""
        for step in STEPS:
            pause_here, done = self._visit(step)
            pause = min(pause, pause_here)
            if done:
                continue
            standing = standing or step.key
            if not self.live or step.key == "consent":
                break
        ledger.stand(self.lease, standing or STEPS[-1].key, live=not standing)
        return pause

    def _step_down(self) -> timedelta:
        """First of all with which application of ours we look: where we are to watch only, or to set up again."""
        if self.wanted.step_down is None:
            return A_DAY
        pause, done = self._visit(STEPPING_DOWN)
        seen = self.wanted.step_down
        if seen and not done and seen.watching_since and self.wanted.now - seen.watching_since < SOON_REMOVED:
            return min(pause, A_MINUTE)
        return pause

    def _visit(self, step: Step[Any]) -> tuple[timedelta, bool]:
        fresh = self._still_fresh(step)
        if fresh is not None:
            return fresh, True
        verdict = self._look(step)
        return self._pause_after(step, verdict), isinstance(verdict, Done)

    def _still_fresh(self, step: Step[Any]) -> timedelta | None:
        """How long the last `Done` is still believed, or None when it is time to look."""
        state = self.states.get(step.key)
        if state is None or state.kind != Kind.DONE or state.checked_at is None:
            return None
        left = state.checked_at + step.fresh_for / settings.PACE - timezone.now()
        return left * settings.PACE if left > timedelta() else None

    def _look(self, step: Step[Any]) -> Verdict:
        self._renew()
        started, calls, before = time.monotonic(), self.reach.calls, self.wanted.evidence.get(step.key)
        verdict = self._settle_safely(step)
        cost = Cost(self.reach.calls - calls, time.monotonic() - started)
        if isinstance(verdict, Done) and step.key == "consent":
            verdict = ledger.bind(self.lease, verdict.evidence) or verdict
        ledger.record(self.lease, step.key, verdict, cost)
        if step is STEPPING_DOWN and ledger.step_down(self.lease, milestone(verdict)):
            self._look_with_another()
        if isinstance(verdict, Done):
            ledger.settle_intents(self.lease, step.key)
            self._know_more()
            self._release_secret(step.key)
            if step.key in FOUNDATIONS and before not in (None, verdict.evidence):
                self._doubt_what_follows(step)
        return verdict

    def _look_with_another(self) -> None:
        """Another application of ours looks from now on: what the former one saw is looked at anew."""
        self.states = {}
        self._know_more()

    def _doubt_what_follows(self, step: Step[Any]) -> None:
        """What later steps have seen was another application or job: look at them anew, however fresh they are."""
        for later in STEPS[STEPS.index(step) + 1 :]:
            ledger.make_stale(self.lease.onboarding_id, later.key)
            if later.key in self.states:
                self.states[later.key].checked_at = None

    def _release_secret(self, key: str) -> None:
        """Erase the token once nobody has to send it again (`enable` does once more, with the deletion guard)."""
        done = set(self.wanted.evidence) >= SEND_THE_TOKEN
        if key in SEND_THE_TOKEN and done and self.wanted.token_is_saved:
            ledger.release_secret(self.lease, SCIM_TOKEN)

    def _renew(self) -> None:
        if not Onboarding.objects.renew(self.lease):
            raise LeaseLost(f"onboarding {self.lease.onboarding_id}")
        self._renewed = time.monotonic()

    def _renew_in_time(self) -> None:
        """Of a large tenant one step alone may read longer than a lease lasts."""
        if time.monotonic() - self._renewed > settings.LEASE_SECONDS / 3:
            self._renew()

    def _know_more(self) -> None:
        self.wanted = wishes.wanted_of(self.lease.onboarding_id)
        self.reach.update(self.wanted)

    def _settle_safely(self, step: Step[Any]) -> Verdict:
        try:
            return self._settle(step)
        except StepFailed as failed:
            return failed.verdict
        except GraphError as error:
            if isinstance(error, ConsentMissing):
                ledger.make_stale(self.lease.onboarding_id, "consent")
            if isinstance(error, NotAllowed):
                self.reach.forget_token()  # a permission that is granted from now on is not in this token
            return explain(error)
        except LeaseLost:
            raise
        except Exception as error:  # whatever it is: stop this customer with a reason, go on with others
            log.exception("step %s of onboarding %s failed", step.key, self.lease.onboarding_id)
            return Broken(
                say(_("The dashboard itself failed here. Our engineers have to look at it.")),
                Court.HAIILO,
                code=type(error).__name__,
            )

    def _settle(self, step: Step[Any]) -> Verdict:
        """Read, assess; while something is to do and may be done: apply, then read and assess again."""
        if step.key in harvest.WATCHES_PEOPLE and "enable" in self.wanted.evidence:
            harvest.collect(self.lease, self.reach.graph, self.wanted.job_id, renew=self._renew)
            self._know_more()
        made: set[str] = set()
        while True:
            verdict = step.assess(self.wanted, step.read(self.reach, self.wanted))
            if not isinstance(verdict, Todo) or not self._may_apply(step, verdict):
                return verdict
            if made & set(_keys(verdict)):
                return Waiting(say(_("Saved. Microsoft is still spreading the change.")), SPREADING)
            held = self._apply(step, verdict)
            if held is not None:
                return held
            made |= set(_keys(verdict))
            self._know_more()

    def _may_apply(self, step: Step[Any], todo: Todo) -> bool:
        """Before go-live a step may act as its nature is; on a live tenant nothing is repaired unasked, and nothing at
        all while we only watch, or own more in the tenant than we may.
        """
        if not self.wanted.size.sets_up or alarms.owns_too_much(self.lease.onboarding_id):
            return False
        if not step.asks_first and not todo.asks and not self.live:
            return True
        return bool(self.wanted.answer(step.key, "approved_plan") == fingerprint(todo.changes))

    def _apply(self, step: Step[Any], todo: Todo) -> Verdict | None:
        for change in todo.changes:
            held = ledger.intend(self.lease, step.key, change)
            if held is not None:
                return held
            self._renew()
            result = step.apply(self.reach, self.wanted, change)
            ledger.applied(self.lease, step.key, change, result)
            self._know_more()
        return None

    def _pause_after(self, step: Step[Any], verdict: Verdict) -> timedelta:
        match verdict:
            case Done():
                return step.fresh_for
            case Waiting():
                return verdict.look_again_in
            case Todo():
                return timedelta() if self._may_apply(step, verdict) else A_DAY
            case Asking():
                return LOOK_AGAIN_WHILE_ASKING
            case Broken():
                return LOOK_AGAIN_WHEN_BROKEN
            case _:
                assert_never(verdict)


def _keys(todo: Todo) -> list[str]:
    return [ledger.intent_key(change) for change in todo.changes]


def explain(error: GraphError) -> Verdict:
    """One table: what an error of the Graph client means for an onboarding."""
    code = error.code or type(error).__name__
    request_id = error.request_id or ""
    match error:
        case TryLater():
            pause = timedelta(seconds=error.retry_after) if error.retry_after else AFTER_ERROR
            return Waiting(say(_("Microsoft is busy or did not answer. We try again by ourselves.")), pause)
        case NotAllowed() if is_known(code):
            sentence, court = explain_code(code)
            return Asking(sentence, court, code=code)
        case ConsentMissing():
            return Asking(
                say(_("We have no access to the tenant. The admin has to consent again by a new link.")),
                Court.CUSTOMER,
                code=code,
            )
        case NotAllowed():
            return Asking(
                say(
                    _("A permission is missing in the tenant. The admin has to open a new link and accept all of them.")
                ),
                Court.CUSTOMER,
                code=code,
            )
        case OurCredentialRefused():
            return Broken(
                say(_("Microsoft refuses our own credential. Our engineers have to look at it at once.")),
                Court.HAIILO,
                code,
                request_id,
            )
        case NotThere():
            return Waiting(
                say(_("Microsoft does not find what it had before, perhaps only for a moment. We look again.")), ABSENT
            )
        case _ if is_known(code):
            sentence, court = explain_code(code, error.message)
            return Broken(sentence, court, code, request_id)
        case _:
            return Broken(
                say(_("Microsoft refused the request. Our engineers have to look at it.")),
                Court.HAIILO,
                code,
                request_id,
            )
