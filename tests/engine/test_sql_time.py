"""A time that SQL has written is the same when Python has read it and asks for it again; on SQLite it is a text."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from django.db import connection

from onboarding.engine import queue
from onboarding.models import Onboarding, clock
from tests import builders

pytestmark = pytest.mark.django_db


def test_puts_off_the_next_run_of_an_onboarding_that_was_made_due_in_sql():
    pk = builders.onboarding().pk
    queue.enqueue(pk)
    lease = Onboarding.objects.claim(pk)
    assert lease is not None
    Onboarding.objects.release(lease, after=timedelta(minutes=1))
    assert Onboarding.objects.get(pk=pk).next_run_at > clock.now() + timedelta(seconds=50)


def test_finds_the_time_that_sql_has_written_by_what_python_has_read():
    pk = builders.onboarding().pk
    Onboarding.objects.filter(pk=pk).update(next_run_at=clock.Now())
    assert Onboarding.objects.filter(pk=pk, next_run_at=Onboarding.objects.get(pk=pk).next_run_at).exists()


@pytest.mark.parametrize("milliseconds", [0, 1, 20, 924])
def test_writes_the_text_that_django_writes(milliseconds):
    told = datetime(2026, 11, 30, 5, 42, 58, milliseconds * 1000)  # noqa: DTZ001 - SQLite keeps no zone
    compiler = Onboarding.objects.all().query.get_compiler(connection=connection)
    statement, _parameters = clock.Now().as_sqlite(compiler, connection)
    at_that_time = (statement % ()).replace("'NOW'", f"'{told}'")
    with closing(sqlite3.connect(":memory:")) as database:
        assert database.execute(f"SELECT {at_that_time}").fetchone() == (str(told),)
