"""Signs of life and the rounds, by the database's clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onboarding import tasks
from onboarding.engine import bell, pulse
from onboarding.engine.pulse import Kind
from onboarding.models import Heartbeat, clock

pytestmark = pytest.mark.django_db
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def broker_answers(monkeypatch):
    monkeypatch.setattr(bell._Patience, "until", 0.0)


def sign(kind: str, *, ago: timedelta = timedelta(), begun: timedelta | None = None, offset: int = 0) -> None:
    Heartbeat.objects.update_or_create(
        name=kind if kind in tasks.ROUNDS else f"{kind}:host:1",
        defaults={
            "kind": kind,
            "at": clock.after(-ago),
            "begun_at": clock.after(-begun) if begun is not None else None,
            "clock_offset_ms": offset,
        },
    )


def test_looks_while_a_worker_lives_and_the_sweep_comes(django_assert_num_queries):
    sign(Kind.WORKER)
    sign(Kind.SWEEP)
    clock.now()
    with django_assert_num_queries(1):
        seen = pulse.watch()
    assert (seen.looking, seen.since, seen.missing) == (True, None, ())


@pytest.mark.parametrize(
    ("worker", "sweep", "missing"), [(60, 0, ("worker",)), (0, 90, ("sweep",)), (60, 90, ("worker", "sweep"))]
)
def test_says_since_when_nobody_looks(worker, sweep, missing):
    sign(Kind.WORKER, ago=timedelta(seconds=worker))
    sign(Kind.SWEEP, ago=timedelta(seconds=sweep))
    seen = pulse.watch()
    assert (seen.looking, seen.missing) == (False, missing)
    assert seen.since
    assert abs(clock.now() - seen.since - timedelta(seconds=max(worker, sweep))) < timedelta(seconds=5)


def test_knows_no_time_where_nobody_ever_looked():
    sign(Kind.SWEEP, ago=A_MINUTE)
    seen = pulse.watch()
    assert (seen.looking, seen.since, seen.missing) == (False, None, ("worker", "sweep"))


def test_takes_the_living_worker_of_two():
    sign(Kind.WORKER)
    Heartbeat.objects.create(name="worker:host:2", kind=Kind.WORKER, at=clock.now() - A_MINUTE, clock_offset_ms=90_000)
    found = pulse.signs()[Kind.WORKER]
    assert found.within(timedelta(seconds=5))
    assert found.clock_offset == timedelta()


def test_finds_the_worst_clock_of_those_that_live():
    sign(Kind.WORKER, offset=-45_000)
    Heartbeat.objects.create(name="worker:host:2", kind=Kind.WORKER, at=clock.now(), clock_offset_ms=20)
    assert pulse.signs()[Kind.WORKER].clock_offset == timedelta(seconds=-45)


def test_lets_one_of_many_begin_a_round():
    assert [Heartbeat.objects.begin(Kind.SWEEP, not_within=A_MINUTE) for _worker in range(3)] == [True, False, False]
    Heartbeat.objects.update(begun_at=clock.after(-2 * A_MINUTE))
    assert [Heartbeat.objects.begin(Kind.SWEEP, not_within=A_MINUTE) for _worker in range(2)] == [True, False]


def test_calls_every_round_overdue_that_never_came(broker_answers):
    assert [kind for kind, _limit in pulse.overdue()] == ["sweep", "mail", "reminders", "erasure"]


def test_waits_for_three_rounds_while_beat_lives_and_for_one_where_it_does_not(settings, broker_answers):
    for kind in tasks.ROUNDS:
        sign(kind, ago=2 * pulse.period(kind))
    sign(Kind.BEAT)
    assert list(pulse.overdue()) == []
    sign(Kind.BEAT, ago=A_MINUTE)
    assert [kind for kind, _limit in pulse.overdue()] == list(tasks.ROUNDS)
    sign(Kind.SWEEP, ago=A_MINUTE, begun=timedelta())
    assert "sweep" not in dict(pulse.overdue())


def test_notes_that_a_round_came_to_its_end():
    tasks.send_letters()
    found = pulse.signs()[Kind.MAIL]
    assert found.within(timedelta(seconds=5))


def test_says_nothing_of_a_round_that_failed(monkeypatch):
    def fails() -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(tasks, "ROUNDS", {Kind.SWEEP: tasks._round(Kind.SWEEP, fails)})
    with pytest.raises(RuntimeError):
        tasks.sweep()
    row = Heartbeat.objects.get(pk=Kind.SWEEP)
    assert row.begun_at
    assert row.at is None


def test_writes_one_row_for_each_process():
    for offset in (3, 7):
        Heartbeat.objects.beat("worker:host:1", Kind.WORKER, clock_offset_ms=offset)
    assert list(Heartbeat.objects.values_list("clock_offset_ms", flat=True)) == [7]
    assert pulse.signs()[Kind.WORKER].within(timedelta(seconds=5))
