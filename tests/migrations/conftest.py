"""The schema is moved to and fro in a database of its own, which no other test sees.

It begins empty, and each test leaves its schema where it came to. The files are named by the migration that they begin
at, so that the whole suite walks through the migrations once; any one test alone gets there all the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management.color import no_style
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="session")
def empty_database(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BaseDatabaseWrapper]:
    """A connection to an empty database beside that of the other tests."""
    made = connections.create_connection("default")
    made.settings_dict = {**connection.settings_dict, "NAME": f"moved_{os.getpid()}"}
    if connection.vendor == "sqlite":
        made.settings_dict["NAME"] = str(tmp_path_factory.mktemp("moved") / "moved.sqlite3")
        yield made
        made.close()
        return
    name = connection.ops.quote_name(made.settings_dict["NAME"])
    with django_db_blocker.unblock():
        _execute(f"CREATE DATABASE {name}")
        yield made
        made.close()
        _execute(f"DROP DATABASE {name}")


@pytest.fixture
def migrated(
    empty_database: BaseDatabaseWrapper, django_db_blocker: DjangoDbBlocker
) -> Iterator[Callable[..., Callable[[str], Any]]]:
    """Move the schema to these migrations; returns the models as they were there, by name."""

    def to(targets: list[tuple[str, str]]) -> Callable[[str], Any]:
        MigrationExecutor(connection).migrate(targets)
        models = MigrationExecutor(connection).loader.project_state(targets).apps
        return lambda name: models.get_model("onboarding", name)

    usual = connections["default"]
    with django_db_blocker.unblock():
        connections["default"] = empty_database
        try:
            yield to
        finally:
            _forget_rows(empty_database)
            connections["default"] = usual


def _execute(statement: str) -> None:
    """Outside of any test, so that nobody else closes the connection: the database behind it could not be dropped."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def _forget_rows(database: BaseDatabaseWrapper) -> None:
    if database.vendor == "sqlite":  # whose flush remembers the tables that there were
        database.close()
        Path(database.settings_dict["NAME"]).unlink()
        return
    tables = [name for name in database.introspection.table_names() if name != "django_migrations"]
    flush = database.ops.sql_flush(no_style(), tables, reset_sequences=True, allow_cascade=True)
    database.ops.execute_sql_flush(flush)
