"""One clock for all machines: the database's, whatever a machine's own one says."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from onboarding.models import Onboarding, clock
from onboarding.models.onboarding import Lease
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unmeasured(monkeypatch):
    """A process that has never asked; afterwards the one that it was."""
    monkeypatch.setattr(clock, "_reading", None)


@pytest.fixture
def machine(monkeypatch):
    """Set this machine's clock so far ahead."""

    def ahead(offset: timedelta) -> None:
        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.now(tz) + offset

        monkeypatch.setattr(clock, "datetime", Clock)

    return ahead


@pytest.mark.parametrize("seconds", [-45, 45, 3600])
def test_tells_the_database_time_on_a_machine_whose_clock_is_wrong(machine, seconds):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no clock but the machine's")
    machine(timedelta(seconds=seconds))
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert abs(clock.host_offset() - timedelta(seconds=seconds)) < timedelta(seconds=5)


def test_is_never_ahead_of_the_database():
    made = builders.onboarding()
    Onboarding.objects.filter(pk=made.pk).update(next_run_at=clock.now())
    if connection.vendor == "postgresql":  # SQLite's own clock counts whole milliseconds
        assert Onboarding.objects.filter(pk=made.pk, next_run_at__lte=clock.Now()).exists()


def test_asks_past_whatever_counts_queries_and_then_keeps_the_answer(monkeypatch):
    with CaptureQueriesContext(connection) as queries:
        clock.now()
    assert len(queries) == 0
    monkeypatch.setattr(clock, "_database_time", lambda: pytest.fail("asked again"))
    clock.now()


def test_asks_again_after_half_a_minute(monkeypatch):
    clock.now()
    later = time.monotonic() + clock.MEASURED_FOR + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    told = datetime(2030, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(clock, "_database_time", lambda: told)
    assert clock.now() == told


def test_goes_on_by_the_last_answer_while_the_database_is_down(machine, monkeypatch):
    before = clock.now()
    machine(timedelta(hours=1))

    def down():
        raise OperationalError

    monkeypatch.setattr(clock, "_database_time", down)
    later = time.monotonic() + clock.MEASURED_FOR + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert timedelta(seconds=30) < clock.now() - before < timedelta(minutes=2)


def test_says_once_that_a_machine_s_clock_is_wrong_and_when_it_is_right(machine, monkeypatch, caplog):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no clock but the machine's")
    caplog.set_level("INFO", logger="onboarding.clock")
    for offset in (45, 45, 0):
        machine(timedelta(seconds=offset))
        clock.now()
        clock._reading = present_but_old(clock._reading)
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]
    assert "+45.0 s" in caplog.records[0].getMessage()


def present_but_old(reading):
    return clock._Reading(reading.told, reading.at, reading.host_offset, good_until=0.0)


def test_claims_and_renews_by_the_database_clock(machine):
    machine(timedelta(minutes=10))
    made = builders.onboarding()
    lease = builders.claimed(made.pk)
    assert isinstance(lease, Lease)
    assert Onboarding.objects.filter(pk=made.pk, leased_until__gt=clock.Now()).exists()
    assert Onboarding.objects.renew(lease)
