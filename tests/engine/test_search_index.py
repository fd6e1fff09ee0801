"""The search for people goes by what is indexed, where the database has trigrams."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onboarding.staff.people import queries
from onboarding.staff.people.wanted import Filter
from tests import builders

pytestmark = pytest.mark.django_db
MIGRATION: Any = importlib.import_module("onboarding.migrations.0032_search_people")


class Editor:
    """A schema editor at a database that has these extensions, and what it was told to execute."""

    def __init__(self, *extensions: str, vendor: str = "postgresql") -> None:
        self.connection, self.vendor, self.extensions = self, vendor, extensions
        self.told: list[str] = []

    def cursor(self) -> Editor:
        return self

    def __enter__(self) -> Editor:
        return self

    def __exit__(self, *_error: object) -> None: ...

    def execute(self, sql: str, given: tuple[str, ...] = ()) -> None:
        if given:
            self.found = given[0] in self.extensions
        else:
            self.told.append(sql)

    def fetchone(self) -> tuple[int] | None:
        return (1,) if self.found else None


def test_compares_as_the_index_does():
    with CaptureQueriesContext(connection) as sent:
        queries.people(builders.onboarding(), Filter(search="korho"))
    [sql] = [each["sql"] for each in sent if '"user_name"::text' in each["sql"] and "LIMIT" in each["sql"]]
    for column in MIGRATION.INDEXES.values():
        assert f'UPPER("onboarding_person"."{column}"::text) LIKE UPPER(' in sql


def test_looks_for_short_texts_where_trigrams_find_them():
    with CaptureQueriesContext(connection) as sent:
        queries.people(builders.onboarding(), Filter(search="ko"))
    [sql] = [each["sql"] for each in sent if '"user_name"::text' in each["sql"] and "LIMIT" in each["sql"]]
    assert "'%ko%'" not in sql  # no trigram is in it: all rows of the customer would be read
    for pattern in ("'ko%'", "'% ko%'", "'%.ko%'"):
        assert pattern in sql


def test_makes_the_indexes_only_where_there_are_trigrams():
    for editor in (Editor(), Editor("plpgsql"), Editor("pg_trgm", vendor="sqlite")):
        MIGRATION.index(None, editor)
        assert editor.told == []
    with_them = Editor("pg_trgm")
    MIGRATION.index(None, with_them)
    assert len(with_them.told) == 1 + len(MIGRATION.INDEXES)
