"""What goes on when beat, the broker or a worker stands still: real processes, stopped or never started."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from devtools.stack.processes import Child, wait_until
from onboarding.engine import bell, pulse
from onboarding.engine.pulse import Kind
from onboarding.models import Heartbeat, Onboarding, clock
from tests import builders
from tests.fixtures.processes import beat_program, broker_of_its_own, frozen, running, worker_program

pytestmark = [pytest.mark.broker, pytest.mark.django_db(transaction=True)]
OFTEN = {"SWEEP_SECONDS": "0.25"}
WITHIN = 120.0  # seconds; nobody waits for them but where it fails, on however busy a machine


@pytest.fixture
def database() -> str:
    """The address of this test's database, for processes."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    host = f"/{given['HOST']}" if str(given["HOST"]).startswith("/") else f"{given['HOST']}:{given['PORT'] or 5432}"
    return f"postgres://{given['USER']}:{given['PASSWORD']}@{host}/{given['NAME']}"


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[tuple[str, Child]]:
    with broker_of_its_own(tmp_path / "broker") as made:
        yield made


def is_taken_up(made: Onboarding) -> Callable[[], bool]:
    """Make it due and free; whether a worker has taken it up since."""
    before = Onboarding.objects.get(pk=made.pk).lease_token
    Onboarding.objects.filter(pk=made.pk).update(next_run_at=clock.Now(), leased_until=None)
    return lambda: Onboarding.objects.get(pk=made.pk).lease_token > before


def test_goes_on_without_beat_and_without_the_broker(own_broker, database, tmp_path):
    """No beat runs at all; then the broker stands still as well. Measured before: nothing moved, and nothing told."""
    made = builders.onboarding()
    address, broker = own_broker
    with running(worker_program(address, database, **OFTEN), tmp_path / "worker") as worker:
        assert wait_until(is_taken_up(made), WITHIN), worker.written()
        assert "sweep is overdue; this worker does it" in worker.written()
        assert wait_until(lambda: pulse.watch().looking, WITHIN)
        [row] = Heartbeat.objects.filter(kind=Kind.WORKER)
        assert abs(row.clock_offset_ms) < 1000
        with frozen(broker):
            assert wait_until(is_taken_up(made), WITHIN), worker.written()
            assert wait_until(lambda: "takes up itself who is due" in worker.written(), WITHIN), worker.written()
        assert wait_until(is_taken_up(made), WITHIN), worker.written()
    assert "Traceback" not in worker.written()


def test_goes_round_where_a_beat_rings(own_broker, database, tmp_path):
    address, broker = own_broker
    with (
        running(worker_program(address, database, SWEEP_SECONDS="1"), tmp_path / "worker") as worker,
        running(beat_program(address, database, SWEEP_SECONDS="1"), tmp_path / "beat") as beat,
    ):
        assert wait_until(lambda: "Task onboarding.tasks.sweep" in worker.written(), WITHIN), beat.written()
        assert wait_until(lambda: pulse.signs()[Kind.BEAT].at is not None, WITHIN), beat.written()
        with frozen(broker):
            assert wait_until(lambda: "sweep is not rung for" in beat.written(), WITHIN), beat.written()
        assert beat.running


def test_ends_a_worker_that_hears_nothing_though_messages_wait(own_broker, database, tmp_path, monkeypatch):
    """The same as a consumer that fell asleep: it listens, but not where the messages are."""
    address, _broker = own_broker
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", address)
    monkeypatch.setattr(bell._Patience, "until", 0.0)
    with running(worker_program(address, database, "-Q", "elsewhere", **OFTEN), tmp_path / "worker") as worker:
        bell.ring("onboarding.tasks.sweep")
        assert wait_until(lambda: not worker.running, WITHIN), worker.written()
        assert "this process ends, to be started anew" in worker.written()
        assert "Warm shutdown" in worker.written()
