"""How one step is settled in one look: read, assess, apply, again. The step is made up; the engine is the real one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import ClassVar

import pytest

from graphclient import (
    ConsentMissing,
    NotAllowed,
    NotThere,
    OurCredentialRefused,
    Rejected,
    RoleMissing,
    Throttled,
    TokenRefused,
    TooLarge,
    Unreadable,
)
from onboarding.customers import records
from onboarding.domain import consent_sizes
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Broken, Change, Done, Todo, Waiting
from onboarding.engine.explain import explain
from onboarding.engine.gate import Held
from onboarding.engine.graph_access import TenantSession
from onboarding.engine.reconcile import Reconciliation
from onboarding.models import Onboarding, Stop, clock
from onboarding.models.onboarding import LeaseLost
from onboarding.steps.base import ChangingStep, Tenant
from tests import builders
from tests.narrow import instance
from tests.steps import facts
from tests.stored import Stored

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def seen_at(now: datetime, **more: object) -> Desired:
    return facts.desired(now=now, **more)


pytestmark = pytest.mark.django_db


class Staged(ChangingStep[list[str]]):
    """Wants `desired` changes, one after the other; the far side takes those in `takes`."""

    key: ClassVar[str] = "mappings"
    title: ClassVar[str] = "Staged"
    fresh_for: ClassVar[timedelta] = timedelta(days=1)

    def __init__(self, desired, *, takes="ab", asks=False, fails=None):
        self.desired, self.takes, self.asks, self.fails = desired, takes, asks, fails
        self.made, self.sent = [], []

    def read(self, tenant: Tenant, desired: Desired) -> list[str]:
        if self.fails:
            raise self.fails
        return list(self.made)

    def assess(self, desired, made):
        left = [key for key in self.desired if key not in made]
        if not left:
            return Done(Stored({"made": made}))
        return Todo(say("To do."), [Change(left[0], say("Do."))], say("Do it"), asks=self.asks)

    def apply(self, tenant, desired, change):
        self.sent.append(change.key)
        if change.key in self.takes:
            self.made.append(change.key)
        return {"at": "now"}


class AsksFirst(Staged):
    """Each of its changes needs a person's yes."""

    asks_first: ClassVar[bool] = True


@pytest.fixture
def run() -> Reconciliation:
    return Reconciliation(builders.claimed(builders.onboarding().pk))


def converge(run, step):
    return run._converge_safely(step)


def test_makes_one_stage_after_the_other_in_one_look(run):
    step = Staged("ab")
    assert isinstance(converge(run, step), Done)
    assert step.sent == ["a", "b"]


def test_sends_nothing_twice_in_one_look_when_it_has_no_effect(run):
    step = Staged("ab", takes="a")
    assert isinstance(converge(run, step), Waiting)
    assert step.sent == ["a", "b"]


def test_gives_up_when_it_never_has_an_effect(run):
    step = Staged("a", takes="")
    verdicts = [converge(run, step) for _look in range(4)]
    assert isinstance(verdicts[-1], Broken)
    assert step.sent == ["a"] * 3


@pytest.mark.parametrize("staged", [AsksFirst, partial(Staged, asks=True)])
def test_applies_nothing_that_a_person_has_to_approve_first(run, staged):
    step = staged("a")
    assert isinstance(converge(run, step), Todo)
    assert step.sent == []


@pytest.mark.parametrize("staged", [AsksFirst, partial(Staged, asks=True)])
def test_applies_the_plan_that_was_approved_and_no_other(run, staged):
    step = staged("ab")
    plan = converge(run, step)
    made = Onboarding.objects.get(pk=run.lease.onboarding_id)
    builders.approved(made, step.key, plan)
    run.copy.reload()
    run._know_more()
    assert isinstance(converge(run, step), Todo)
    assert step.sent == ["a"]


class MadeInPart(Staged):
    """Its change can be made in part only."""

    def apply(self, tenant, desired, change):
        return {**super().apply(tenant, desired, change), "partly": say("Half of it was done.")}


def test_tells_in_the_timeline_which_part_of_a_change_was_made(run):
    converge(run, MadeInPart("a"))
    run.copy.write_back()
    [line] = run.copy.rows.onboarding.events.filter(kind="applied")
    assert (line.message["text"], line.detail) == ("Half of it was done.", {"change": "a", "partly": True})
    assert run.copy.state("mappings").intents["a"]["result"] == {"at": "now"}


class InTwoRequests(Staged):
    """Each of its changes takes two requests; between them `meanwhile` happens."""

    def __init__(self, run, meanwhile):
        super().__init__("a")
        self.run, self.meanwhile = run, meanwhile

    def apply(self, tenant, desired, change):
        for request in ("first", "second"):
            self.run._before_each("PUT")
            self.sent.append(request)
            self.meanwhile()
        return super().apply(tenant, desired, change)


def test_sends_no_second_request_once_all_changes_are_stopped():
    run = Reconciliation(builders.claimed(builders.onboarding().pk))
    step = InTwoRequests(run, lambda: Stop.objects.create(at=clock.now(), by="alice", reason="Look first."))
    with pytest.raises(Held):
        converge(run, step)
    assert step.sent == ["first"]


def test_sends_no_second_request_once_it_is_paused():
    made = builders.onboarding()
    run = Reconciliation(builders.claimed(made.pk))
    step = InTwoRequests(run, lambda: records.pause(made, actor=builders.owner_of(made)))
    with pytest.raises(LeaseLost):
        converge(run, step)
    assert step.sent == ["first"]


def test_takes_back_no_right_to_read_by_the_gate():
    run = Reconciliation(builders.claimed(builders.onboarding().pk))
    Stop.objects.create(at=clock.now(), by="alice", reason="Look first.")
    run._before_each("GET")
    assert isinstance(converge(run, Staged("a")), Todo)


def test_repairs_nothing_unasked_on_a_live_tenant(run):
    run.live = True
    step = Staged("a")
    assert isinstance(converge(run, step), Todo)
    assert step.sent == []


class CountingSession(TenantSession):
    """Counts how often a token was dropped."""

    forgotten = 0

    def forget_token(self):
        self.forgotten += 1


@pytest.mark.parametrize(("error", "times"), [(RoleMissing(), 1), (ConsentMissing(), 1), (Throttled(), 0)])
def test_has_a_new_token_fetched_after_something_was_not_allowed(run, error, times):
    session = run.known._tenant = CountingSession(run.desired)
    converge(run, Staged("a", fails=error))
    assert session.forgotten == times


def test_stops_with_a_reason_when_a_step_has_a_fault(run):
    verdict = converge(run, Staged("a", fails=KeyError("evidence")))
    assert isinstance(verdict, Broken)
    assert verdict.code == "KeyError"


@pytest.mark.parametrize(
    ("error", "kind", "court"),
    [
        (Throttled(retry_after=7.0), Waiting, "microsoft"),
        (NotThere(), Waiting, "microsoft"),
        (RoleMissing(), Asking, "customer"),
        (ConsentMissing(code="AADSTS700016"), Asking, "customer"),
        (TokenRefused(code="AADSTS53003"), Asking, "customer"),
        (TokenRefused(code="AADSTS90002"), Asking, "cs"),
        (Rejected(code="SomethingNew"), Broken, "haiilo"),
        (OurCredentialRefused(code="AADSTS7000222"), Broken, "haiilo"),
        (Unreadable("x"), Waiting, "microsoft"),
        (TooLarge("x"), Waiting, "microsoft"),
        (NotAllowed(status=401, code="UnknownError"), Asking, "haiilo"),
        (NotAllowed(status=401, code="Unauthorized"), Asking, "haiilo"),
        (NotAllowed(status=401, code="InvalidAuthenticationToken"), Asking, "haiilo"),
        (RoleMissing(status=401, code="UnknownError"), Asking, "customer"),
    ],
)
def test_says_what_an_error_of_graph_means_and_who_acts(error, kind, court):
    verdict = explain(error, seen_at(NOW))
    assert isinstance(verdict, kind)
    assert verdict.court == court


JOBS = "/v1.0/servicePrincipals/5c1a/synchronization/jobs"


@pytest.mark.parametrize(
    ("method", "path", "size", "named"),
    [
        ("GET", JOBS, consent_sizes.STANDARD, "Synchronization.ReadWrite.All"),
        ("GET", JOBS, consent_sizes.MONITOR, "Synchronization.Read.All"),
        ("GET", "/v1.0/auditLogs/provisioning", consent_sizes.STANDARD, "ProvisioningLog.Read.All"),
        ("GET", JOBS, consent_sizes.SCOPED, ""),  # there it may as well be the ownership
        ("GET", "/v1.0/somethingNew", consent_sizes.STANDARD, ""),
    ],
)
def test_names_the_permission_that_is_refused_by_the_call(method, path, size, named):
    error = RoleMissing(status=401, code="UnknownError", method=method, path=path)
    verdict = instance(Asking, explain(error, seen_at(NOW, size=size)))
    assert (verdict.code == "PermissionRefused") == bool(named)
    assert named in str(verdict.question)
    assert (verdict.court, verdict.offers["detail"]) == ("customer", "UnknownError")


def test_asks_ever_more_seldom_for_an_answer_that_cannot_be_read_and_says_when_that_lasts():
    error = Unreadable("Resource not found.", status=200, code="BadRequest", request_id="c1d2")
    looks, now = [instance(Waiting, explain(error, seen_at(NOW)))], NOW
    while looks[-1].court == "microsoft":
        now += looks[-1].recheck_in
        looks.append(instance(Waiting, explain(error, seen_at(now), before=looks[-1].offers)))
    pauses = [each.recheck_in for each in looks]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(seconds=30), timedelta(minutes=15))
    assert timedelta(hours=1) <= now - NOW < timedelta(minutes=80)
    assert looks[-1].court == "haiilo"
    assert "open a support case" in str(looks[-1].why)
    for each in looks:
        assert (each.code, each.request_id) == ("BadRequest", "c1d2")
        assert (each.offers["detail"], each.offers["reason"]) == ("HTTP 200", "Resource not found.")


def test_waits_as_long_as_microsoft_says():
    assert instance(Waiting, explain(Throttled(retry_after=7.0), seen_at(NOW))).recheck_in == timedelta(seconds=7)
