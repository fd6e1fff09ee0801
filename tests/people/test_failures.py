"""Groups of one cause: counted with the rows, and read by their index however many people there are."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count

from onboarding.domain.standings import Scope
from onboarding.models import Onboarding, Person, clock
from onboarding.people import roster
from onboarding.people.failures import MAX_GROUPS, cause_of, failures, word_of
from tests import builders

pytestmark = pytest.mark.django_db
COLUMNS = ["result", "code", "reason", "lacking", "scope", "at", "seen", "user_name"]


def told(made: Onboarding, ids: range, **columns: object) -> Onboarding:
    """Let the roster hear the same of these people."""
    at = clock.now()
    given = {"result": "failed", "seen": {"last": "failed"}, "scope": Scope.IN, "scope_at": at, "at": at, **columns}
    names = [f"{number:05d}" for number in ids]
    rows = {name: Person(onboarding=made, source_id=name, user_name=f"{name}@x.example", **given) for name in names}
    with transaction.atomic():
        held = Onboarding.objects.lock(made.pk)
        roster.write(held, roster.rows_of(held, names), rows, COLUMNS)
    return held


def grouped(made: Onboarding) -> dict[str, int]:
    found = made.people.exclude(cause="").order_by().values_list("cause").annotate(Count("pk"))
    return dict(found)


def test_counts_each_cause_with_the_rows_as_they_change():
    made = told(builders.onboarding(), range(5), code="EntryConflict")
    made = told(made, range(3, 7), code="BadRequest", reason="A body")
    made = told(made, range(2), result="created", seen={"last": "created", "created": 1.0})
    assert made.causes == grouped(made)
    assert [(each.count, each.code, each.reason) for each in failures(made)] == [
        (4, "BadRequest", "A body"),
        (1, "EntryConflict", ""),
    ]


def test_finds_in_a_group_whom_it_has_counted():
    made = told(builders.onboarding(), range(4), code="EntryConflict", lacking="x" * 300)
    made = told(made, range(4, 6), code="BadRequest")
    for each in failures(made):
        assert made.people.filter(cause=word_of(each)).count() == each.count


def test_tells_nobody_apart_whom_the_same_cause_keeps():
    rows = [Person(standing="failed", result="failed", code="BadRequest", reason=f"About {who}") for who in "ab"]
    assert cause_of(rows[0]) == cause_of(rows[1]) != ""
    assert cause_of(Person(standing="arrived", result="created", code="BadRequest")) == ""


def test_reads_as_often_for_many_groups_as_for_one(django_assert_num_queries):
    made = told(builders.onboarding(), range(3), code="EntryConflict")
    with django_assert_num_queries(1):
        assert len(failures(made)) == 1
    for number in range(MAX_GROUPS + 3):
        made = told(made, range(10 + number, 11 + number), code=f"Code{number}")
    with django_assert_num_queries(1):
        assert len(failures(made)) == MAX_GROUPS
    made.causes = {}
    with django_assert_num_queries(0):
        assert failures(made) == ()


def test_reads_one_person_of_each_group_by_its_index():
    made = told(builders.onboarding(), range(2000), code="EntryConflict")
    made = told(made, range(2000, 4000), code="BadRequest")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    asked: list[tuple[str, Any]] = []

    def note(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        failures(made)
    [(sql, params)] = asked
    explain = {"postgresql": "EXPLAIN", "sqlite": "EXPLAIN QUERY PLAN"}[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {sql}", params)
        plan = "\n".join(str(row) for row in cursor.fetchall())
    if (
        connection.vendor == "postgresql"
    ):  # SQLite takes an index with a condition for a condition of the same words only
        assert plan.count("person_by_cause") == 2
    assert "Seq Scan" not in plan
    assert "SCAN onboarding_person" not in plan
    assert "Aggregate" not in plan


WORDS = [
    ({"standing": "failed", "result": "failed", "code": "EntryConflict", "scope": "in"}, "db4e13b5ad4602af"),
    (
        {"standing": "failed", "result": "failed", "code": "X", "reason": "invalidFilter here", "lacking": "a" * 120},
        "a6723d32a93ff183",
    ),
    ({"standing": "failed", "in_haiilo": "absent", "scope": "in"}, "42028427633ff017"),
    ({"standing": "leaving", "result": "removed", "in_haiilo": "active", "code": "Told"}, "5aa77c7fba94e254"),
    ({"standing": "leaving", "result": "failed", "action": "delete", "code": "TooManyDeletes"}, "d0c8af99c4ba0820"),
    ({"standing": "twice", "code": "Untold", "scope": "in"}, "4754d3a34c004362"),
]


@pytest.mark.parametrize(("columns", "word"), WORDS)
def test_makes_the_word_that_rows_got_when_causes_were_first_counted(columns, word):
    """Rows of then are found by it; whoever makes it otherwise has to carry them over."""
    migration = import_module("onboarding.migrations.0043_causes_counted")
    assert migration.cause_of(Person(**columns)) == cause_of(Person(**columns)) == word
