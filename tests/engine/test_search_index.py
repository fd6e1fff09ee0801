"""The search for people goes by what is indexed: by trigrams, or by beginnings where the database has none."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.inside import crowd, customers
from onboarding.staff.people import queries, search
from onboarding.staff.people.wanted import Filter
from tests import builders

from .test_lists_by_index import plan_of, rows_read, scans

pytestmark = pytest.mark.django_db
MIGRATION: Any = importlib.import_module("onboarding.migrations.0032_search_people")
BEGINNINGS: Any = importlib.import_module("onboarding.migrations.0047_search_by_beginning")


class Editor:
    """A schema editor at a database that has these extensions or indexes, and what it was told to execute."""

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


@pytest.fixture
def without_trigrams(monkeypatch):
    """The database as it is made where there are none."""
    monkeypatch.setattr(BEGINNINGS, "lacks_trigrams", lambda _editor: True)
    monkeypatch.setattr(search, "has_trigrams", lambda: False)
    with connection.schema_editor() as editor:
        MIGRATION.drop(None, editor)
        BEGINNINGS.drop(None, editor)
        BEGINNINGS.index(None, editor)


@pytest.mark.parametrize(("column", "text"), [("name", "anna"), ("user_name", "P"), ("user_name", "p0"), ("name", "x")])
def test_reads_no_more_than_so_many_by_their_beginning(without_trigrams, monkeypatch, column, text):
    monkeypatch.setattr(search, "MOST", 20)
    made = customers.make("many")
    crowd.people(made, 2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE onboarding_person")
    plan = plan_of(search.beginning(made.people.all(), column, text))
    assert {each.get("Index Name") for each in scans(plan)} == {f"person_by_beginning_of_{column}"}
    assert rows_read(plan) == (0 if text == "x" else 21)


def test_makes_the_indexes_of_beginnings_only_where_there_are_no_trigrams():
    for editor, made in ((Editor(), 2), (Editor(search.INDEX), 0), (Editor(vendor="sqlite"), 0)):
        BEGINNINGS.index(None, editor)
        assert len(editor.told) == made


@pytest.mark.parametrize("has", [True, False])
def test_sees_whether_there_are_trigrams(has):
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {search.INDEX}")
        if has:
            cursor.execute(f"CREATE INDEX {search.INDEX} ON onboarding_person (name)")
    assert search.has_trigrams.__wrapped__() is has
