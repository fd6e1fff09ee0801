"""Each filter of the users page is answered from an index that has its people in the order of the list: of however many
people, no more rows are read than a page shows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.inside import crowd, customers
from onboarding.causes.forecast import Code
from onboarding.engine.load_desired import headcount
from onboarding.models import Onboarding, Person
from onboarding.people import roster
from onboarding.people.failures import failures
from onboarding.people.values import TARGETS
from onboarding.staff.people import queries
from onboarding.staff.people.wanted import Filter, Wanted, wanted_of

pytestmark = pytest.mark.django_db
PEOPLE = 2_000
PAGE = 101
END = ("zz", 0)
"""Behind everybody."""


@pytest.fixture
def made() -> Onboarding:
    """A customer of many people, beside one that has as many, and a planner that takes them for very many: what it has
    found of few, it sorts.
    """
    made, other = (customers.make(name) for name in ("many", "others"))
    for each in (other, made):
        crowd.people(each, PEOPLE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE onboarding_person")
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
    return Onboarding.objects.get(pk=made.pk)


def wanted(made: Onboarding, filter: Filter) -> Wanted:
    return wanted_of(made, filter, headcount(made))


def scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The parts of a plan that read the table."""
    if "Relation Name" in plan:
        yield plan
    for part in plan.get("Plans", ()):
        yield from scans(part)


def plan_of(found: Any) -> dict[str, Any]:
    sql, params = found.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        told = cursor.fetchone()[0]
    plan: dict[str, Any] = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    return plan


def rows_read(plan: dict[str, Any]) -> int:
    return sum(
        (each["Actual Rows"] + each.get("Rows Removed by Filter", 0)) * each["Actual Loops"] for each in scans(plan)
    )


def of_a_cause(made: Onboarding) -> Filter:
    return queries.filter_for(failures(made)[0])


BY_INDEX = [
    ("person_by_user_name", lambda _made: Filter()),
    ("person_by_standing", lambda _made: Filter(standing="failed")),
    ("person_by_cause", of_a_cause),
    ("person_by_finding", lambda _made: Filter(finding="guest")),
    ("person_by_finding", lambda _made: Filter(finding="blanks_around")),
    ("person_by_finding", lambda _made: Filter(finding="doubled_user_name")),
    ("person_by_difference", lambda _made: Filter(differs="given")),
    ("person_by_difference", lambda _made: Filter(differs="country")),
    ("person_by_difference", lambda _made: Filter(differs="any")),
]


@pytest.mark.parametrize("after", [None, ("p8", 0), END])
def test_reads_no_more_rows_than_a_page_shows(made, after):
    for index, filter_of in BY_INDEX:
        found = wanted(made, filter_of(made))
        plan = plan_of(found.named(PAGE, *queries.SHOWN, after=after))
        if after != END:  # where each index has nobody, whichever is smaller just now is read
            assert {each.get("Index Name") for each in scans(plan)} == {index}
        assert rows_read(plan) <= PAGE * max(1, len(found.words)), index


@pytest.mark.parametrize("after", [None, ("p8", 0), END])
def test_reads_a_list_with_the_orms_statement_and_rows(made, after):
    narrowed = [Filter(finding="guest", differs="given"), Filter(search="anna"), Filter(search="nobody")]
    for filter in (*(filter_of(made) for _index, filter_of in BY_INDEX), *narrowed):
        found = wanted(made, filter)
        with CaptureQueriesContext(connection) as sent:
            rows = found.rows(PAGE, *queries.SHOWN, after=after)
            plain = list(found.named(PAGE, *queries.SHOWN, after=after))
        statements = [each["sql"] for each in sent]
        assert statements[1:] == statements[:1]
        assert rows == plain
        assert [columns(each) for each in rows] == [columns(each) for each in plain]


def test_asks_for_nobody_where_no_word_is_wanted(made, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert wanted(made, Filter(differs="family")).rows(PAGE, *queries.SHOWN) == []


def columns(row: Person) -> dict[str, Any]:
    return {field.attname: vars(row).get(field.attname, "not read") for field in row._meta.concrete_fields}


def test_has_a_list_planned_for_what_it_is_asked_for(made):
    for filter in (Filter(), Filter(standing="failed"), Filter(search="anna")):
        for _run in range(2):
            assert queries.people(made, filter).rows
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%ORDER BY%user_name%LIMIT%'")
        lists = [row[0] for row in cursor.fetchall()]
    assert all("COALESCE" in each for each in lists)  # those of the causes, of one person each


def test_finds_who_was_erased_without_a_look_at_the_others(made):
    for index, filter_of in BY_INDEX:
        plan = plan_of(wanted(made, filter_of(made)).erased())
        assert rows_read(plan) == plan["Actual Rows"] > 0, index


def test_counts_who_was_erased_without_a_look_at_anybody(made, django_assert_num_queries):
    for index, filter_of in BY_INDEX:
        found = wanted(made, filter_of(made))
        with django_assert_num_queries(0):
            people = found.count_erased(made)
        assert people == found.erased().count() > 0, index


def test_lists_each_person_once_page_by_page_as_the_rows_are_sorted(made):
    for filter_of, people in (
        (Filter(finding="guest"), Q(finding_codes__contains="guest")),
        (Filter(differs="given"), Q(differs_in__contains="given")),
        (Filter(finding="guest", differs="given"), Q(finding_codes__contains="guest", differs_in__contains="given")),
        (Filter(finding="guest", standing="arrived"), Q(finding_codes__contains="guest", standing="arrived")),
    ):
        page = queries.people(made, filter_of)
        keys = [row.person.pk for row in page.rows]
        while page.next:
            page = queries.people(made, filter_of, after=page.next)
            keys += [row.person.pk for row in page.rows]
        expected = made.people.filter(people, erased_at=None).order_by("user_name", "pk")
        assert keys == list(expected.values_list("pk", flat=True))
        assert keys == [row.pk for row in queries.people_rows(made, filter_of) if row.erased_at is None]
        assert page.erased == made.people.filter(people).exclude(erased_at=None).count()
        assert page.erased > 0


def test_has_a_column_for_all_that_can_be_found_at_once():
    for column, words in (("finding_codes", sorted(Code)), ("differs_in", list(TARGETS))):
        field: Any = Person._meta.get_field(column)
        assert len(",".join(words)) <= field.max_length


@pytest.mark.parametrize("codes", [[], ["guest"], ["guest", "blanks_around", "guest"]])
def test_counts_people_by_what_is_found_of_them(codes):
    made = customers.make("few")
    row = Person(onboarding=made, source_id="a", at=timezone.now(), findings=[{"code": code} for code in codes])
    with transaction.atomic():
        held = Onboarding.objects.lock(made.pk)
        roster.write(held, {}, {"a": row}, ["findings", "finding_codes"])
    word = ",".join(sorted(set(codes)))
    assert made.people.get().finding_codes == word
    assert Onboarding.objects.get(pk=made.pk).findings == ({word: 1} if word else {})
