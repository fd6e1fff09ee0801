from datetime import timedelta

import pytest
from django.utils import timezone

from onboarding.domain.verdicts import Done
from onboarding.engine import reconcile
from onboarding.models import Event, Onboarding, clock
from onboarding.models.onboarding import LeaseLost
from tests import builders

from .conftest import customer_of, look

pytestmark = pytest.mark.django_db


def test_gives_the_lease_to_one_worker_only():
    made = builders.onboarding()
    assert Onboarding.objects.claim(made.pk) is not None
    assert Onboarding.objects.claim(made.pk) is None


def test_gives_the_lease_again_once_it_has_ended():
    made = builders.onboarding()
    first = builders.claimed(made.pk)
    Onboarding.objects.filter(pk=made.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    second = builders.claimed(made.pk)
    assert second.token == first.token + 1


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_gives_no_lease_on_an_onboarding_at_rest(state):
    made = builders.onboarding()
    Onboarding.objects.filter(pk=made.pk).update(state=state)
    assert Onboarding.objects.claim(made.pk) is None


def test_gives_no_lease_before_the_time_has_come():
    made = builders.onboarding()
    Onboarding.objects.filter(pk=made.pk).update(next_run_at=timezone.now() + timedelta(minutes=1))
    assert Onboarding.objects.claim(made.pk) is None


def test_writes_nothing_for_a_worker_whose_lease_was_taken_over():
    made = builders.onboarding()
    sleeper = builders.claimed(made.pk)
    Onboarding.objects.filter(pk=made.pk).update(leased_until=clock.now())
    Onboarding.objects.claim(made.pk)
    before = Event.objects.count()
    with pytest.raises(LeaseLost):
        builders.found(sleeper, "customer", Done())
    assert builders.state(made, "customer").kind == "new"
    assert Event.objects.count() == before
    assert not Onboarding.objects.renew(sleeper)


def test_sets_the_next_look_when_the_lease_is_released():
    made = builders.onboarding()
    lease = builders.claimed(made.pk)
    before = clock.now()
    Onboarding.objects.release(lease, after=timedelta(hours=1))
    made.refresh_from_db()
    assert timedelta(hours=1) <= made.next_run_at - before < timedelta(hours=1, minutes=1)
    assert (made.leased_until, made.leased_by) == (None, "")


def test_keeps_the_click_of_a_person_that_came_while_it_worked():
    made = builders.onboarding()
    lease = builders.claimed(made.pk)
    clicked = timezone.now()
    Onboarding.objects.filter(pk=made.pk).update(next_run_at=clicked)
    Onboarding.objects.release(lease, after=timedelta(hours=1))
    made.refresh_from_db()
    assert (made.next_run_at, made.leased_until) == (clicked, None)


def test_interrupts_whoever_is_at_it_and_has_the_next_run_begin_at_once():
    made = builders.onboarding()
    lease = builders.claimed(made.pk)
    Onboarding.objects.interrupt(made.pk)
    assert not Onboarding.objects.renew(lease)
    with pytest.raises(LeaseLost):
        builders.found(lease, "customer", Done())
    Onboarding.objects.release(lease, after=timedelta(hours=1))  # what the interrupted one still says is not heard
    assert builders.claimed(made.pk).token == lease.token + 2


def test_notes_which_process_holds_it():
    made = builders.onboarding()
    lease = Onboarding.objects.claim(made.pk, by="host:1:2")
    made.refresh_from_db()
    assert made.leased_by == "host:1:2"
    assert lease is not None
    Onboarding.objects.release(lease, after=timedelta())
    made.refresh_from_db()
    assert made.leased_by == ""


def test_locks_one_onboarding():
    made = builders.onboarding()
    assert Onboarding.objects.lock(made.pk) == made
    with pytest.raises(Onboarding.DoesNotExist):
        Onboarding.objects.lock(made.pk + 1)


def reading(far):
    """A visit of a customer whose tenant is known, and whose last sign of life is long ago."""
    made = look(customer_of(far))
    far.consent()
    Onboarding.objects.filter(pk=made.pk).update(next_run_at=clock.now())
    visit = reconcile.Reconciliation(builders.claimed(made.pk))
    visit.held.proved -= 1000
    return visit


def until(visit):
    return Onboarding.objects.get(pk=visit.lease.onboarding_id).leased_until


def test_prolongs_the_lease_while_a_step_reads_long(far):
    visit = reading(far)
    soon = timezone.now() + timedelta(seconds=1)
    Onboarding.objects.update(leased_until=soon)
    visit.known.tenant.graph.organization.get()
    prolonged = until(visit)
    assert prolonged > soon
    visit.known.tenant.graph.organization.get()
    assert until(visit) == prolonged  # not with every request


def test_sends_nothing_more_once_the_lease_was_taken_over(far):
    visit = reading(far)
    Onboarding.objects.update(leased_until=clock.now())
    Onboarding.objects.claim(visit.lease.onboarding_id)
    with pytest.raises(LeaseLost):
        visit.known.tenant.graph.organization.get()
    assert far.graph_calls("GET", "/organization") == []
