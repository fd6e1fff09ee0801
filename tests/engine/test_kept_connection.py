"""A worker's thread keeps its connection to the database from task to task, as long as it is of any use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from celery.fixups.django import DjangoWorkerFixup  # type: ignore[attr-defined]  # the stubs do not know it
from celery.signals import task_postrun, task_prerun
from django.db import connection

from config.celery import app
from onboarding import tasks
from onboarding.models import Onboarding

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def as_in_a_worker() -> Iterator[None]:
    """What Celery does in a worker around each task; its signals forget it with the test."""
    fixup = DjangoWorkerFixup(app).install()
    yield
    for signal, does in ((task_prerun, fixup.on_task_prerun), (task_postrun, fixup.on_task_postrun)):
        signal.disconnect(does)


def seen_by_a_task() -> Any:
    """The driver's connection on which a task has asked something."""
    task_prerun.send(sender=tasks.reconcile)
    Onboarding.objects.exists()
    used = connection.connection
    task_postrun.send(sender=tasks.reconcile)
    return used


def test_asks_on_the_same_connection_in_the_next_task():
    assert seen_by_a_task() is seen_by_a_task()


def test_asks_on_a_fresh_connection_after_the_line_was_cut():
    first = seen_by_a_task()
    if connection.vendor == "postgresql":
        first.pgconn.finish()
    second = seen_by_a_task()
    assert (second is first) is (connection.vendor != "postgresql")
