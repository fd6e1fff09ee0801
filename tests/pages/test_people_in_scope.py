"""The users page where the assignments were read person by person: who is on the way, and what is claimed of all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from onboarding.domain.standings import Scope
from onboarding.models import Onboarding, clock
from tests import builders

from .desk import people
from .test_people import page_of, shown

NOT_LOGGED = {"result": "", "action": "", "event_id": ""}


def in_scope(scope: str = Scope.IN, *, hours: int = -1) -> dict[str, Any]:
    """The columns of somebody whom the assignments tell of, read so many hours from now."""
    return {"scope": scope, "scope_at": clock.now() + timedelta(hours=hours), "paths": [{"by": "direct"}]}


EVERYBODY = "Everybody in scope has an account."


def scope_was_read(made):
    Onboarding.objects.filter(pk=made.pk).update(scope_read_at=clock.now())


def test_says_that_everyone_has_arrived_only_of_a_scope_that_was_read_person_by_person(alice, customer):
    builders.done(customer, scope={"total": 2})
    people(customer, 2, **in_scope())
    assert EVERYBODY not in page_of(alice, customer).text
    scope_was_read(customer)
    page = page_of(alice, customer)
    assert "2 of 2 people in scope are in Haiilo" in page.text
    assert EVERYBODY in page.text
    people(customer, 1, **NOT_LOGGED, **in_scope())
    page = page_of(alice, customer)
    assert "2 of 3 people in scope are in Haiilo" in page.text
    assert EVERYBODY not in page.text


def test_counts_nobody_among_those_in_scope_who_has_to_leave(alice, customer):
    people(customer, 2, **in_scope())
    people(customer, 1, **in_scope(Scope.OUT, hours=1))
    scope_was_read(customer)
    page = page_of(alice, customer)
    assert "2 of 2 people in scope are in Haiilo" in page.text
    assert "in Haiilo, to be removed 1" in page.text
    assert "3 accounts in all, with those that are to be removed" in page.text


def test_lists_who_is_in_scope_before_microsoft_reports(alice, customer):
    people(customer, 2, **in_scope())
    people(customer, 3, **NOT_LOGGED, **in_scope())
    scope_was_read(customer)
    page = page_of(alice, customer)
    assert len(shown(page)) == 5
    assert "on the way 3" in page.text
    assert shown(page_of(alice, customer, standing="coming")) == [
        f"p{number:04}@contoso.example" for number in (2, 3, 4)
    ]


def test_calls_nobody_missing_where_the_job_counts_and_no_log_names_anybody(alice, customer):
    people(customer, 3, **NOT_LOGGED, **in_scope())
    Onboarding.objects.filter(pk=customer.pk).update(in_haiilo=3, in_haiilo_at=clock.now(), scope_read_at=clock.now())
    page = page_of(alice, customer)
    assert "3 of 3 people in scope are in Haiilo" in page.text
    assert "By the job's own counters, without names" in page.text
    assert "not told 3" in page.text
    for claim in ("on the way", "0 of", EVERYBODY):
        assert claim not in page.text
    assert len(shown(page_of(alice, customer, standing="unknown"))) == 3
    assert shown(page_of(alice, customer, standing="coming")) == []


def test_says_who_tells_the_number_and_when(alice, customer):
    people(customer, 2)
    at = clock.now() - timedelta(hours=2)
    Onboarding.objects.filter(pk=customer.pk).update(in_haiilo=2, in_haiilo_at=at)
    page = page_of(alice, customer)
    assert "As Microsoft reports" in page.text
    assert f'<time datetime="{at.strftime("%Y-%m-%dT%H:%M")}' in page.html
    Onboarding.objects.filter(pk=customer.pk).update(haiilo_read_at=clock.now())
    assert "Confirmed by Haiilo" in page_of(alice, customer).text


def test_says_no_share_where_more_are_there_than_should_be(alice, customer):
    people(customer, 2, **in_scope())
    Onboarding.objects.filter(pk=customer.pk).update(in_haiilo=9, scope_read_at=clock.now())
    page = page_of(alice, customer)
    assert "9 people are in Haiilo" in page.text
    assert "In scope: 2" in page.text
    assert "9 of" not in page.text


def test_lets_the_verb_go_by_those_who_are_there(alice, customer):
    people(customer, 1, **in_scope())
    people(customer, 1, **NOT_LOGGED, **in_scope())
    scope_was_read(customer)
    assert "1 of 2 people in scope is in Haiilo" in page_of(alice, customer).text
