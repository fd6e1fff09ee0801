"""`manage.py forget`: what it would erase, then what it erases."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from onboarding.models import Event, Onboarding, Person
from tests import builders
from tests.pages.desk import people

from .test_retention import KEPT_DAYS, dump

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exact_counts")]


@pytest.fixture(autouse=True)
def _kept_days(settings: Settings) -> None:
    settings.RETENTION_DAYS = KEPT_DAYS


@pytest.fixture
def made() -> Onboarding:
    return builders.onboarding()


def told(*arguments, **options):
    out = StringIO()
    call_command("forget", *arguments, stdout=out, **options)
    return out.getvalue()


def test_counts_first_and_erases_then_by_command(made):
    people(made, 2, at=timezone.now() - timedelta(days=KEPT_DAYS, hours=1))
    assert "Would be erased: people 2, letters 0" in told("--dry-run")
    assert "p0001@" in dump(Person)
    assert "Erased: people 2, letters 0" in told()
    assert "Erased: people 0" in told()


def test_erases_a_person_at_all_customers_or_at_one_by_command(made):
    other = builders.onboarding()
    for each in (made, other):
        people(each, 1, source_id="abc")
    assert "Would be erased at 2 customers." in told("--person", "ABC", "--dry-run")
    assert "Erased at 1 customers." in told("--person", "ABC", customer=other.pk)
    assert '"abc"' in dump(Person, made)
    assert '"abc"' not in dump(Person, other)
    assert "abc" not in json.dumps(list(Event.objects.values_list("message", flat=True)))


def test_refuses_a_customer_that_is_not_there(made):
    with pytest.raises(CommandError):
        told("--person", "abc", customer=made.pk + 1000)
    with pytest.raises(CommandError):
        told(customer=made.pk)


def test_says_that_nothing_is_erased_by_itself(settings):
    settings.RETENTION_DAYS = 0
    assert "RETENTION_DAYS is 0" in told()
