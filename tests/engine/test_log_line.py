"""Whoever reads the log sees one line for each run of the engine, and in it where the onboarding stands and why."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import F

from onboarding.engine import queue, reconcile
from onboarding.models import Onboarding, StepState

from .conftest import answer_all, customer_of, look

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What the engine has logged since it was asked last."""
    caplog.set_level(logging.INFO, "onboarding.engine")

    def taken() -> list[str]:
        told = [record.getMessage() for record in caplog.records if record.name == "onboarding.engine"]
        caplog.clear()
        return told

    return taken


def test_tells_a_run_through_several_steps_in_one_line(consented, far, lines):
    made = answer_all(consented, far, until="connection")
    lines()
    queue.enqueue(made.pk)
    StepState.objects.filter(onboarding=made).update(checked_at=None)
    look(made)
    [line] = lines()
    told = rf"onboarding {made.pk}: connection → asking token_needed, (\d+) calls, \d+\.\d\d s, next in 30 min"
    assert (found := re.fullmatch(told, line))
    assert int(found[1]) > 5


def test_tells_of_a_customer_who_is_live(consented, far, lines):
    made = answer_all(consented, far)
    lines()
    look(made)
    assert [re.sub(r"\d+\.\d\d s", "0.00 s", line) for line in lines()] == [
        f"onboarding {made.pk}: live → done, 0 calls, 0.00 s, next in 20 min"
    ]


def test_tells_when_the_next_run_really_is(far, lines, settings):
    settings.PACE = 60
    made = look(customer_of(far))
    [line] = lines()
    assert line.startswith(f"onboarding {made.pk}: consent → asking no_link, ")
    assert line.endswith("next in 30 s")


def test_says_nothing_where_nothing_is_due(far, lines):
    made = look(customer_of(far))
    lines()
    reconcile.reconcile(made.pk)
    assert lines() == []


def test_tells_that_another_worker_took_over(far, lines):
    made = customer_of(far)

    def take_over(execute, sql, *given):
        if sql.startswith("SELECT") and StepState._meta.db_table in sql:  # its run has begun
            Onboarding.objects.filter(pk=made.pk).update(lease_token=F("lease_token") + 1)
        return execute(sql, *given)

    with connection.execute_wrapper(take_over):
        reconcile.reconcile(made.pk)
    assert lines() == [f"onboarding {made.pk}: interrupted, or another worker took over"]
