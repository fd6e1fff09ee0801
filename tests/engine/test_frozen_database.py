"""A database that has stopped: nobody waits for it for long."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from django.urls import reverse

from config import database
from tests import builders

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has no server that could stop"),
]


@contextmanager
def stopped(line: BaseDatabaseWrapper) -> Iterator[None]:
    """The server's process at the other end stands still, as the whole server would."""
    with line.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, settings) -> Iterator[None]:
    """Half a second, in the place of twenty."""
    with monkeypatch.context() as patch:
        patch.setattr(database, "SPARE_SECONDS", 0.5)
        patch.setattr(settings, "DATABASE_SECONDS", 0)
        yield
    connection.close_if_unusable_or_obsolete()


@pytest.fixture
def line() -> Iterator[BaseDatabaseWrapper]:
    made = connections.create_connection("default")
    yield made
    made.close()


def test_gives_up_a_line_whose_server_stands_still(line, impatient):
    with stopped(line):
        started = time.monotonic()
        with pytest.raises(OperationalError), line.cursor() as cursor:
            cursor.execute("SELECT 1")
        assert time.monotonic() - started < 15
    line.close_if_unusable_or_obsolete()
    with line.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_answers_with_a_page_meanwhile(impatient):
    alice = Client()
    alice.force_login(builders.owner_of(builders.onboarding()))
    assert alice.get(reverse("board")).status_code == 200
    with stopped(connection):
        answer = alice.get(reverse("board"))
    assert answer.status_code == 503
    assert "We cannot reach our database" in answer.content.decode()
    connection.close_if_unusable_or_obsolete()  # as at the end of each request, but for the test client
    assert alice.get(reverse("board")).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [("statement_timeout", "15s"), ("lock_timeout", "10s"), ("idle_in_transaction_session_timeout", "1min")],
)
def test_tells_the_server_how_long_it_may_take(line, name, value):
    line.settings_dict = {**line.settings_dict, "OPTIONS": database.options(15)}
    with line.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        assert cursor.fetchone() == (value,)
    assert line.get_connection_params()["connect_timeout"] == 5


def test_lets_a_migration_take_its_time(impatient):
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.8)")
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
    connection.close()
