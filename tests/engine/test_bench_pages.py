"""What the bench fills the pages with is what the roster would have counted, and its SQL by hand fetches their rows."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from bench import pages
from bench.inside import crowd, customers, page_times
from onboarding.models import Onboarding
from onboarding.people import roster
from onboarding.staff.people import queries
from onboarding.staff.people.wanted import Filter

from .conftest import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    made = customers.make("crowd")
    crowd.people(made, 400)
    return Onboarding.objects.get(pk=made.pk)


def test_counts_whom_it_makes_as_the_roster_does(made):
    assert made.people.count() == 400
    assert made.people.exclude(erased_at=None).count() == 40
    for name, by in roster.COUNTED.items():
        assert getattr(made, name) == counted(made, by)


def test_fetches_by_hand_whom_the_page_shows(made):
    asked = page_times.pages_of(made, reader=1)["users page of who failed"]
    with connection.cursor() as cursor:
        cursor.execute(asked.sql, asked.given)
        keys = [row[0] for row in cursor.fetchall()]
    shown = queries.people(made, Filter(standing="failed"), limit=page_times.PAGE)
    assert keys == [row.person.pk for row in shown.rows]


def test_answers_with_each_page_at_each_size(monkeypatch):
    monkeypatch.setattr(page_times, "ROUNDS", 1)
    monkeypatch.setattr(crowd, "analyze", lambda: None)
    found = page_times.taken([2000, 4000])
    assert len(list(pages.measures(json.loads(json.dumps(found))))) == 11 * 5
    for sizes in found.values():
        assert sizes[2000]["statements"] == sizes[4000]["statements"]


def test_says_which_of_many_is_not_exceeded_by_95_in_100():
    assert page_times.p95(range(1, 101)) == 95
