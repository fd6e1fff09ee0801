"""What a run has found waits in its working copy, and is written together: all of it, in order, or nothing."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from onboarding.customers import answers, records
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Change, Court, Done, Todo
from onboarding.engine import gate, ledger, queue, working_copy
from onboarding.engine.ledger import Cost
from onboarding.engine.reconcile import Reconciliation
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import Event, Onboarding, Stop, clock
from onboarding.models.onboarding import LeaseLost
from onboarding.steps import STEPS
from onboarding.steps.shared.owner_causes import OWNS_TOO_MUCH
from tests import builders
from tests.narrow import present
from tests.stored import Stored

from .test_settling import Staged

pytestmark = pytest.mark.django_db

CHANGE = Change("save", say("Save the mapping."))


@pytest.fixture
def made() -> Onboarding:
    return builders.onboarding()


@pytest.fixture
def copy(made) -> WorkingCopy:
    return WorkingCopy(builders.claimed(made.pk))


@pytest.fixture
def later(monkeypatch):
    """Let so many seconds pass on the monotonic clock, and forget after the test what was measured by it."""
    monkeypatch.setattr(clock, "_reading", None)

    def pass_by(seconds: float) -> None:
        now = time.monotonic() + seconds
        monkeypatch.setattr(time, "monotonic", lambda: now)

    return pass_by


def found(copy, key, verdict=None):
    ledger.record(copy, key, verdict or Done(Stored({"seen": key}), say("Seen.")), Cost(1, 0.5))


def kinds(made):
    return {key: kind for key, kind in made.steps.values_list("key", "kind") if kind != "new"}


def lines(made):
    return [(line.step, line.kind) for line in Event.objects.filter(onboarding=made).order_by("pk")][1:]


def test_knows_at_once_what_it_found_and_writes_it_at_the_end(made, copy):
    found(copy, "customer")
    assert copy.rows.desired().evidence == {"customer": {"seen": "customer"}}
    assert kinds(made) == {}
    copy.finish(after=timedelta(hours=1), own_failures=0)
    state = builders.state(made, "customer")
    assert (state.kind, state.evidence, state.graph_calls) == ("done", {"seen": "customer"}, 1)
    made.refresh_from_db()
    assert made.leased_until is None
    assert made.next_run_at > timezone.now() + timedelta(minutes=50)


def test_writes_of_a_verdict_that_is_kept_already_that_it_was_found_again(made, copy):
    found(copy, "customer")
    copy.finish(after=timedelta())
    before = builders.state(made, "customer")
    again = WorkingCopy(builders.claimed(made.pk))
    made.steps.filter(key="customer").update(message={"text": "A name was erased."})  # while the run goes on
    found(again, "customer")
    again.finish(after=timedelta())
    state = builders.state(made, "customer")
    assert (state.message, state.graph_calls, state.seconds) == ({"text": "A name was erased."}, 2, 1.0)
    assert present(state.checked_at) > present(before.checked_at)
    assert (state.since, state.done_at, state.evidence) == (before.since, before.done_at, before.evidence)


@pytest.mark.parametrize(
    "verdict",
    [
        Done(Stored({"seen": "another"}), say("Seen.")),
        Done(Stored({"seen": "customer"}), say("Seen."), (say("With a remark."),)),
        Asking(say("Which?"), Court.CS, {"names": ["a"]}, "code"),
    ],
)
def test_writes_all_of_a_verdict_that_says_anything_else(made, copy, verdict):
    found(copy, "customer")
    copy.write_back()
    found(copy, "customer", verdict)
    copy.finish(after=timedelta())
    kept, state = copy.state("customer"), builders.state(made, "customer")
    for name in ledger.OF_A_VERDICT + ledger.OF_A_LOOK:
        assert getattr(state, name) == getattr(kept, name), name


def test_finds_the_same_again_after_it_was_killed_before(made, copy):
    found(copy, "customer")
    Onboarding.objects.interrupt(made.pk)  # as is done for a dead worker
    again = WorkingCopy(builders.claimed(made.pk))
    assert again.rows.desired().evidence == {}
    found(again, "customer")
    again.finish(after=timedelta())
    assert lines(made) == [("customer", "done")]


def test_writes_all_or_nothing_once_the_lease_is_lost(made, copy):
    found(copy, "customer")
    Onboarding.objects.interrupt(made.pk)
    for write in (copy.write_back, lambda: copy.finish(after=timedelta())):
        with pytest.raises(LeaseLost):
            write()
    assert (kinds(made), lines(made)) == ({}, [])


def test_writes_what_waits_before_a_change_is_begun_and_keeps_the_order_of_lines(made, copy):
    found(copy, "customer")
    found(copy, "consent")
    assert ledger.intend(copy, "mappings", CHANGE) is None
    assert kinds(made) == {"customer": "done", "consent": "done"}
    ledger.applied(copy, "mappings", CHANGE, {"ok": True})
    found(copy, "mappings")
    copy.finish(after=timedelta())
    assert lines(made) == [("customer", "done"), ("consent", "done"), ("mappings", "applied"), ("mappings", "done")]
    times = list(Event.objects.filter(onboarding=made).order_by("pk").values_list("at", flat=True))
    assert times == sorted(times)


def test_keeps_what_waits_when_a_change_may_not_be_begun(made, copy):
    found(copy, "customer")
    Stop.objects.create(at=timezone.now(), by="alice", reason="x")
    with pytest.raises(gate.Held):
        ledger.intend(copy, "mappings", CHANGE)
    assert copy.state("mappings").intents == {}
    copy.finish(after=timedelta())
    assert kinds(made) == {"customer": "done"}
    assert builders.state(made, "mappings").intents == {}


def test_leaves_the_rows_in_memory_as_they_were_when_nothing_could_be_written(copy):
    ledger.intend(copy, "mappings", CHANGE)
    unfit = {"backup": object()}
    with pytest.raises(TypeError):
        ledger.applied(copy, "mappings", CHANGE, unfit)
    assert copy.rows.desired().unconfirmed["mappings"] == {CHANGE.intent}


def test_writes_no_answer_of_a_person(made, copy):
    found(copy, "customer")
    made.steps.filter(key="customer").update(answer={"said": "meanwhile"})
    copy.write_back()
    assert builders.state(made, "customer").answer == {"said": "meanwhile"}


@pytest.mark.parametrize("act", ["recheck", "enqueue"])
def test_believes_nothing_for_long_that_it_read_before_somebody_asked_for_a_run(made, copy, act):
    found(copy, "customer")
    if act == "recheck":
        answers.recheck(made, actor=builders.owner_of(made), step_key="customer")
    else:
        queue.enqueue(made.pk)
    asked = Onboarding.objects.get(pk=made.pk).next_run_at
    copy.finish(after=timedelta(hours=1))
    state = builders.state(made, "customer")
    assert (state.kind, state.checked_at) == ("done", None)
    made.refresh_from_db()
    assert (made.next_run_at, made.leased_until) == (asked, None)


@pytest.fixture
def calm(made, copy) -> WorkingCopy:
    """A run that has found one step as the run before did, so that it has no line to tell."""
    found(copy, "customer")
    copy.finish(after=timedelta())
    again = WorkingCopy(builders.claimed(made.pk))
    found(again, "customer")
    return again


def test_writes_a_calm_run_with_its_end_in_one_statement(made, calm, django_assert_num_queries):
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 4):  # else a savepoint around two
        calm.finish(after=timedelta(hours=1), own_failures=0, in_haiilo=7)
    state = builders.state(made, "customer")
    assert (state.kind, state.graph_calls) == ("done", 2)
    made.refresh_from_db()
    assert (made.leased_until, made.leased_by, made.in_haiilo) == (None, "", 7)
    assert made.next_run_at > timezone.now() + timedelta(minutes=50)


def test_ends_a_run_that_has_found_nothing_in_one_statement(made, django_assert_num_queries):
    copy = WorkingCopy(builders.claimed(made.pk))
    with django_assert_num_queries(1):
        copy.finish(after=timedelta(hours=1))
    assert Onboarding.objects.get(pk=made.pk).leased_until is None


def test_believes_nothing_of_a_calm_run_before_which_somebody_asked_for_one(made, calm):
    queue.enqueue(made.pk)
    asked = Onboarding.objects.get(pk=made.pk).next_run_at
    calm.finish(after=timedelta(hours=1))
    state = builders.state(made, "customer")
    assert (state.graph_calls, state.checked_at) == (2, None)
    made.refresh_from_db()
    assert (made.next_run_at, made.leased_until) == (asked, None)


def test_writes_nothing_of_a_calm_run_whose_lease_is_lost(made, calm):
    Onboarding.objects.interrupt(made.pk)
    with pytest.raises(LeaseLost):
        calm.finish(after=timedelta(), in_haiilo=7)
    made.refresh_from_db()
    assert (builders.state(made, "customer").graph_calls, made.in_haiilo) == (1, None)


def test_goes_live_with_the_end_of_the_run_and_not_once_it_was_paused(made, copy):
    for step in STEPS:
        found(copy, step.key)
    ledger.set_current(copy, "live", live=True)
    records.pause(made, actor=builders.owner_of(made))
    with pytest.raises(LeaseLost):
        copy.finish(after=timedelta())
    made.refresh_from_db()
    assert (made.state, made.live_at) == ("paused", None)


def test_writes_nothing_but_what_has_changed(copy, django_assert_num_queries):
    with django_assert_num_queries(0):
        copy.write_back()


def test_shows_a_verdict_within_a_second_while_a_longer_run_goes_on(made, later):
    run = Reconciliation(builders.claimed(made.pk))
    found(run.copy, "consent")
    run._before_each("GET")
    assert kinds(made) == {}
    later(working_copy.VISIBLE_WITHIN + 0.1)
    run._before_each("GET")
    assert kinds(made) == {"consent": "done"}


def test_sees_what_it_found_a_moment_ago_before_it_applies_a_plan(made):
    """No change while we own too much in the tenant, also when this very run has found it."""
    run = Reconciliation(builders.claimed(made.pk))
    found(run.copy, "readiness", OWNS_TOO_MUCH.asking())
    step = Staged("a")
    assert isinstance(run._converge_safely(step), Todo)
    assert step.sent == []


def test_closes_what_was_begun_with_the_verdict_that_says_so(made, copy):
    ledger.intend(copy, "mappings", CHANGE)
    ledger.applied(copy, "mappings", CHANGE, {"ok": True})
    found(copy, "mappings")
    ledger.close_intents(copy, "mappings")
    assert copy.state("mappings").intents[CHANGE.intent]["tries"] == 0
    assert builders.state(made, "mappings").intents[CHANGE.intent]["tries"] == 1
    copy.write_back()
    assert builders.state(made, "mappings").intents[CHANGE.intent]["tries"] == 0


def test_asks_again_where_the_verdict_changes(made, copy):
    found(copy, "customer", Asking(say("Which?"), Court.CS, code="x"))
    since = present(copy.state("customer").since)
    found(copy, "customer", Asking(say("Which?"), Court.CS, code="x"))
    assert copy.state("customer").since == since
    copy.finish(after=timedelta())
    assert lines(made) == [("customer", "asking")]
