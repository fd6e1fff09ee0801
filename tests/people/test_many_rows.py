"""Rows of people found and written by the thousand: as each by itself would be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from onboarding.models import Person
from onboarding.people import many_rows
from onboarding.people.many_rows import having, upsert
from tests import builders

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
INDEX = {"postgresql": "one_row_per_person", "sqlite": "sqlite_autoindex_onboarding_person_1"}


def person(made, number, **told) -> Person:
    return Person(onboarding=made, source_id=f"{number:08d}", **{"at": NOON, **told})


ODD = {
    "name": "Zoë \x00\ud800 😀 \\u0000",
    "user_name": "é" * 300,
    "reason": "x" * 12_000,
    "paths": [{"by": "group", "group": "a\x00b\udfff"}],
    "seen": {"last": "created", "created": 1.5},
    "scope_at": NOON,
    "certain_to_fail": False,
    "is_guest": True,
}


def test_writes_each_value_as_the_orm_does():
    made = builders.onboarding()
    upsert([person(made, 1, **ODD), person(made, 2)], ["name"])
    Person.objects.bulk_create([person(made, 3, **ODD), person(made, 4)])
    names = [field.attname for field in Person._meta.concrete_fields if field.attname not in ("id", "source_id")]
    ours_odd, ours, orm_s_odd, orm_s = Person.objects.order_by("source_id").values_list(*names)
    assert (ours_odd, ours) == (orm_s_odd, orm_s)
    assert len(dict(zip(names, ours_odd, strict=True))["user_name"]) == 256


@pytest.mark.parametrize("same", [{}, ODD, {"paths": [{"no_access": True}]}, {"at": NOON, "certain_to_fail": True}])
def test_writes_what_is_alike_in_all_rows_as_the_orm_does(same):
    made = builders.onboarding()
    names = [field.attname for field in Person._meta.concrete_fields if field.attname not in ("id", "source_id")]
    for count in (1, 3):
        rows = [person(made, number, **same) for number in range(count)]
        upsert(rows, names)
        ours = list(Person.objects.values_list(*names))
        Person.objects.all().delete()
        Person.objects.bulk_create(rows)
        assert ours == list(Person.objects.values_list(*names))
        Person.objects.all().delete()


def test_takes_true_in_a_document_for_no_number():
    made = builders.onboarding()
    upsert([person(made, 1, seen={"a": True}), person(made, 2, seen={"a": 1})], ["seen"])
    assert [repr(each.seen) for each in Person.objects.order_by("source_id")] == ["{'a': True}", "{'a': 1}"]


def test_makes_a_row_of_which_nothing_is_known_as_the_orm_does():
    made = builders.onboarding()
    blank, plain = Person.blank(made.pk, "s"), Person(onboarding_id=made.pk, source_id="s")
    for field in Person._meta.concrete_fields:
        assert getattr(blank, field.attname) == getattr(plain, field.attname)
    assert blank._state.adding
    blank.seen["last"] = "created"
    assert Person.blank(made.pk, "t").seen == {}


def test_writes_only_these_columns_of_those_that_there_are(monkeypatch):
    monkeypatch.setattr(many_rows, "BATCH", 2)
    made = builders.onboarding()
    upsert([person(made, number, name="A", code="a") for number in range(3)], ["name"])
    upsert([person(made, number, name="B", code="b") for number in range(5)], ["name"])
    found = Person.objects.order_by("source_id").values_list("name", "code")
    assert list(found) == [("B", "a")] * 3 + [("B", "b")] * 2


def test_finds_the_customer_s_own_people_by_id():
    made, other = builders.onboarding(), builders.onboarding()
    upsert([person(made, 1), person(made, 2), person(other, 2), person(other, 3)], ["name"])
    assert [(each.onboarding, each.source_id) for each in having(made.pk, ["00000002", "00000003", "x\x00"])] == [
        (made, "00000002")
    ]


def test_finds_them_by_their_key_before_the_database_knows_how_many_there_are():
    before, made = builders.onboarding(), builders.onboarding()
    upsert([person(before, number) for number in range(500)], ["name"])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    upsert([person(made, number) for number in range(3000)], ["name"])
    plan = having(made.pk, [f"{number:08d}" for number in range(50)]).explain()
    assert INDEX[connection.vendor] in plan
    assert "person_by" not in plan
