"""A fault of our own, and a tenant that does not answer, are waits that grow: no verdict, and no lease left behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import InterfaceError, OperationalError
from kombu.exceptions import OperationalError as BrokerError

from onboarding.engine import ledger, queue, reconcile, waits
from onboarding.engine.lease_keeper import HeldLease
from onboarding.engine.load_desired import load_desired
from onboarding.models import Event, Onboarding, clock
from onboarding.steps.customer.step import CustomerRecord
from tests import builders

from .conftest import answer_all, customer_of, look

pytestmark = pytest.mark.django_db


def left(made: Onboarding) -> float:
    """Seconds until the next run."""
    made.refresh_from_db()
    return (made.next_run_at - clock.now()).total_seconds()


def failing(monkeypatch, error: Exception) -> None:
    def fail(*_given: object, **_named: object) -> None:
        raise error

    monkeypatch.setattr(CustomerRecord, "read", fail)


@pytest.mark.parametrize("error", [OperationalError("disk full"), InterfaceError(), BrokerError(), OSError(28, "full")])
def test_waits_a_moment_for_what_is_ours_and_says_nothing_of_the_customer(far, monkeypatch, error):
    made = customer_of(far)
    with monkeypatch.context() as broken:
        failing(broken, error)
        look(made)
    assert builders.state(made, "customer").kind == "new"
    assert not Event.objects.filter(kind="broken").exists()
    assert (made.own_failures, made.leased_until) == (1, None)
    assert 3 < left(made) <= 5
    look(made)
    assert (made.own_failures, made.current_key) == (0, "consent")


def test_waits_longer_each_time(far, monkeypatch):
    made = customer_of(far)
    failing(monkeypatch, OperationalError())
    waited = []
    for _time in range(3):
        look(made)
        waited.append(round(left(made)))
    assert waited == [5, 10, 20]
    assert waits.after_our_faults(50) == timedelta(minutes=5)


def test_is_told_by_the_log_with_an_error_when_it_lasts(far, monkeypatch, caplog):
    made = customer_of(far)
    failing(monkeypatch, OperationalError("password=secret"))
    Onboarding.objects.filter(pk=made.pk).update(own_failures=reconcile.LASTS)
    look(made)
    [line] = [record for record in caplog.records if record.name == "onboarding.engine"]
    assert (line.levelname, "secret" in line.getMessage()) == ("ERROR", False)


def test_leaves_no_lease_behind_whatever_fails_outside_a_step(far, monkeypatch):
    made = customer_of(far)

    def fail(*_given: object, **_named: object) -> None:
        raise ValueError("a mistake of ours")

    monkeypatch.setattr(ledger, "set_current", fail)
    look(made)
    assert (made.own_failures, made.leased_until) == (1, None)
    assert 3 < left(made) <= 5


def test_begins_nothing_while_the_database_does_not_answer(far, monkeypatch):
    made = customer_of(far)

    def down(*_given: object, **_named: object) -> None:
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr("onboarding.models.onboarding.OnboardingQuerySet.claim", down)
        reconcile.reconcile(made.pk)
    look(made)
    assert made.current_key == "consent"


# A tenant that does not answer


def hangs(monkeypatch, far) -> None:
    far.chaos(fail=504)
    monkeypatch.setattr(HeldLease, "silent_for", lambda _held: 35.0)


def test_waits_longer_for_a_tenant_that_does_not_answer_until_it_does(consented, far, monkeypatch):
    with monkeypatch.context() as slow:
        hangs(slow, far)
        for wait in (30, 60, 120):
            made = look(consented)
            assert wait - 5 < left(made) <= wait
    assert (made.time_outs, made.current_kind, made.current_court) == (3, "waiting", "microsoft")
    far.chaos()
    assert look(made).time_outs == 0


def test_leaves_the_other_steps_of_a_live_customer_when_one_is_not_answered(consented, far, monkeypatch):
    made = answer_all(consented, far)
    assert made.state == "live"
    ledger.make_stale(made.pk)
    hangs(monkeypatch, far)
    calls = sum(state.graph_calls for state in made.steps.all())
    look(made)
    assert made.time_outs == 1
    assert [state.key for state in made.steps.filter(kind="waiting")] == ["consent"]
    assert sum(state.graph_calls for state in made.steps.all()) <= calls + 4  # one call and its retries


# A tenant for which Microsoft asks us to wait


def test_sends_nothing_before_the_time_that_microsoft_names_whoever_asks(consented, far, settings):
    settings.PACE = 30.0  # shortens our own pauses, not Microsoft's
    far.chaos(throttle=20)
    made = look(consented)
    assert made.not_before is not None
    assert 15 < (made.not_before - clock.now()).total_seconds() <= 20
    assert (made.current_kind, made.current_court) == ("waiting", "microsoft")
    far.chaos(throttle=0)
    before = len(far.journal())
    queue.enqueue(made.pk)  # as every act of a person does
    assert queue.due(5) == []
    reconcile.reconcile(made.pk)
    assert len(far.journal()) == before
    Onboarding.objects.filter(pk=made.pk).update(not_before=clock.now())
    reconcile.reconcile(made.pk)
    assert len(far.journal()) > before
    assert Onboarding.objects.filter(pk=made.pk, not_before=None, leased_until=None).exists()


def test_lets_the_steps_wait_by_the_pace_of_the_sandbox(consented, settings):
    assert load_desired(consented.pk).pace == 1
    settings.PACE = 30.0
    assert load_desired(consented.pk).pace == 30


def test_waits_no_longer_than_an_hour_whatever_is_asked_for(consented, far):
    far.chaos(throttle=20 * 3600)
    made = look(consented)
    assert made.not_before is not None
    assert 3500 < (made.not_before - clock.now()).total_seconds() <= 3600


def test_leaves_the_other_steps_of_a_live_customer_when_microsoft_asks_to_wait(consented, far):
    made = answer_all(consented, far)
    ledger.make_stale(made.pk)
    far.chaos(throttle=20)
    look(made)
    assert [state.key for state in made.steps.filter(kind="waiting")] == ["consent"]


def test_leaves_a_slow_customer_due_while_other_slow_ones_have_the_places(far, monkeypatch):
    made = customer_of(far)
    Onboarding.objects.filter(pk=made.pk).update(time_outs=1)
    due = Onboarding.objects.get(pk=made.pk).next_run_at
    monkeypatch.setattr("onboarding.engine.lanes.Lane.join_the_slow", lambda _lane: False)
    reconcile.reconcile(made.pk)
    made.refresh_from_db()
    assert (made.leased_until, made.next_run_at, made.current_key) == (None, due, "customer")


def test_rings_for_customers_whose_tenants_answer_however_many_hang():
    slow = [builders.onboarding() for _number in range(3)]
    Onboarding.objects.filter(pk__in=[made.pk for made in slow]).update(time_outs=1)
    well = builders.onboarding()
    assert queue.due(2 * queue.SLOW_SHARE) == [well.pk, *[made.pk for made in slow][:2]]
    assert queue.due(1) == [well.pk]
    assert queue.due(0) == []


def test_ends_a_run_that_takes_too_long_and_goes_on_where_it_ended(consented, far, settings):
    settings.RUN_SECONDS = -1
    made = look(consented)
    assert (made.current_key, left(made) <= 0) == ("consent", True)
    settings.RUN_SECONDS = 300
    assert look(made).current_key != "consent"
