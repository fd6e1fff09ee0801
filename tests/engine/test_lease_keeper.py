"""A lease lasts as long as its run shows life, and ends with the process that held it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db import OperationalError

from onboarding.domain.verdicts import Done
from onboarding.engine import lanes, lease_keeper, process, reconcile
from onboarding.engine.lanes import Lanes
from onboarding.engine.lease_keeper import HeldLease, LeaseKeeper
from onboarding.models import Onboarding, clock
from onboarding.models.onboarding import LeaseLost
from tests import builders
from tests.narrow import present

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(monkeypatch) -> LeaseKeeper:
    """That of a process of its own; it looks when it is told to."""
    made = LeaseKeeper()
    monkeypatch.setattr(reconcile, "keeper", made)
    here = Lanes(8)
    monkeypatch.setattr(lanes, "here", lambda: here)
    return made


@pytest.fixture
def later(monkeypatch):
    """Let so many seconds pass on the monotonic clock, and forget after the test what was measured by it."""
    monkeypatch.setattr(clock, "_reading", None)

    def pass_by(seconds: float) -> None:
        now = time.monotonic() + seconds
        monkeypatch.setattr(time, "monotonic", lambda: now)

    return pass_by


def held(name: str = "") -> HeldLease:
    """A lease that was claimed just now, by the process of this name."""
    made = builders.onboarding()
    return HeldLease(present(Onboarding.objects.claim(made.pk, by=name or process.me())))


def row(each: HeldLease) -> Onboarding:
    return Onboarding.objects.get(pk=each.lease.onboarding_id)


def end_soon(each: HeldLease) -> None:
    """Only a moment is left of the lease."""
    Onboarding.objects.filter(pk=each.lease.onboarding_id).update(leased_until=clock.after(timedelta(seconds=1)))


def lasts(each: HeldLease) -> bool:
    """Whether it was prolonged."""
    long = clock.after(timedelta(seconds=30))
    return Onboarding.objects.filter(pk=each.lease.onboarding_id, leased_until__gt=long).exists()


def test_renews_while_one_call_takes_longer_than_a_lease(keeper, later):
    with keeper.holding(held()) as run:
        end_soon(run)
        keeper.look()
        assert not lasts(run)  # it is fresh
        later(100)
        keeper.look()
        assert lasts(run)


def test_lets_the_lease_of_a_run_end_that_shows_no_life(keeper, later):
    with keeper.holding(held()) as run:
        end_soon(run)
        later(200)
        keeper.look()
        assert not lasts(run)


def test_leaves_alone_what_is_not_held_any_more(keeper, later):
    with keeper.holding(held()) as run:
        pass
    end_soon(run)
    later(100)
    keeper.look()
    assert not lasts(run)


def test_never_takes_back_what_another_worker_has_claimed_meanwhile(keeper, later):
    with keeper.holding(held()) as run:
        Onboarding.objects.filter(pk=run.lease.onboarding_id).update(leased_until=clock.Now())
        successor = builders.claimed(run.lease.onboarding_id)
        later(100)
        keeper.look()
        with pytest.raises(LeaseLost):
            run.renew()
    assert row(run).lease_token == successor.token


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE"])
def test_sends_no_change_without_a_proof_of_the_lease_that_is_at_most_15_seconds_old(later, method):
    run = held()
    Onboarding.objects.interrupt(run.lease.onboarding_id)
    run.before_request(method)  # proved a moment ago
    later(16)
    with pytest.raises(LeaseLost):
        run.before_request(method)


def test_reads_on_until_a_third_of_the_lease_is_over(later):
    run = held()
    Onboarding.objects.interrupt(run.lease.onboarding_id)
    later(19)
    run.before_request("GET")
    later(3)
    with pytest.raises(LeaseLost):
        run.before_request("GET")


def gone() -> str:
    """The name of a process of this machine that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        pass
    return f"{socket.gethostname()}:{child.pid}:12345"


def test_gives_back_at_once_what_a_process_held_that_is_gone(keeper):
    run = held(gone())
    keeper.look()
    assert row(run).leased_until is None
    assert builders.claimed(run.lease.onboarding_id).token > run.lease.token
    assert not run.try_to_renew()


def test_takes_a_process_for_another_one_when_its_id_is_used_again(keeper):
    name = f"{socket.gethostname()}:{os.getpid()}:1"
    assert process.is_gone(name) == os.path.exists("/proc/self/stat")


@pytest.mark.parametrize("name", ["", "elsewhere:1:2", "nonsense"])
def test_knows_nothing_of_processes_of_another_machine(keeper, name):
    assert not process.is_gone(name)


def test_gives_back_nothing_of_a_process_that_is_there(keeper):
    run = held()
    keeper.look()
    assert row(run).leased_by == process.me()


def test_gives_back_at_the_end_of_its_time_what_a_process_still_holds_that_was_asked_to_end(keeper, later):
    with keeper.holding(held()) as run:
        keeper.drain()
        keeper.look()
        assert row(run).leased_until is not None  # it may finish its step
        later(lease_keeper.DRAIN_SECONDS + 1)
        keeper.look()
    assert row(run).leased_until is None
    with pytest.raises(LeaseLost):
        builders.found(run.lease, "customer", Done())


def test_begins_nothing_in_a_process_that_was_asked_to_end(keeper):
    made = builders.onboarding()
    keeper.drain()
    reconcile.reconcile(made.pk)
    assert Onboarding.objects.get(pk=made.pk).lease_token == made.lease_token


def test_has_a_run_that_hangs_give_its_lane_back(keeper, later):
    with lanes.here().entered() as lane, keeper.holding(HeldLease(held().lease, lane)) as run:
        keeper.look()
        assert not present(lane).is_slow
        later(3)
        keeper.look()
        assert present(lane).is_slow
        assert run.silent_for() > 2


def test_tells_the_database_of_a_fault_once_it_can_be_told(keeper, monkeypatch):
    run = held()

    def down(*_given, **_named):
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(lease_keeper, "_postpone", down)
        keeper.postpone(run.lease)
        with pytest.raises(OperationalError):
            keeper.look()
    assert row(run).own_failures == 0
    keeper.look()
    assert (row(run).own_failures, row(run).leased_until) == (1, None)
