"""Values that Haiilo keeps otherwise than the mapping makes them: how many people, who, and what of each."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from onboarding.models import Onboarding
from tests import builders

from .desk import people, read

OTHER = {"given": {"kept": "Evi", "made": "Eva"}, "country": {"kept": ""}}


def differing(made: Onboarding) -> None:
    people(made, 2)
    people(made, 1, differs=OTHER, differs_in="given,country", in_haiilo="active")
    people(made, 2, differs={"given": {"kept": "Ali"}}, differs_in="given", in_haiilo="active")


def page_of(client: Any, made: Onboarding, **query: str) -> Any:
    path = reverse("people", args=[made.pk])
    return read(client.get(path, query), path)


@pytest.mark.parametrize(("field", "count"), [("any", 3), ("given", 3), ("country", 1), ("family", 0), ("nonsense", 5)])
def test_filters_by_what_differs(alice, customer, field, count):
    differing(customer)
    page = page_of(alice, customer, differs=field)
    assert len(re.findall(r"p\d{4}@contoso\.example", page.text)) == count
    assert page.form(having="search").fields["differs"].value == field


def test_says_for_how_many_and_leads_to_them(alice, customer):
    assert "other values" not in page_of(alice, customer).text
    differing(customer)
    page = page_of(alice, customer)
    told = page.text[page.text.index("What keeps people from being as they should be") :]
    assert told.index("3 people") < told.index("Haiilo keeps other values") < told.index("We have to act")
    [href] = [href for href, text in page.links if text == "3 people" and "differs=any" in href]
    listed = read(alice.get(href)).text
    assert len(re.findall(r"p\d{4}@contoso\.example", listed)) == 3
    assert listed.count("Haiilo keeps other values") == 4, "the finding says it, and the row of each"


def story_of(client: Any, made: Onboarding) -> str:
    person = made.people.get(differs_in="given,country")
    text: str = read(client.get(reverse("person", args=[made.pk, person.pk]))).text
    return text[text.index("What Haiilo holds") :]


def test_tells_of_a_person_what_is_made_and_what_is_kept(alice, customer):
    differing(customer)
    told = story_of(alice, customer)
    still_open = told[told.index("What is open") :]
    assert still_open.index("open Haiilo keeps other values than the mapping makes.") < still_open.index(
        "We have to act"
    )
    assert told.count("Haiilo keeps other values") == 1
    assert "first name Eva Evi" in told
    assert "Open the steps" in told
    assert "country shown once the directory is read again nothing" in told


def test_hides_values_from_whoever_may_see_no_names(customer):
    builders.portfolio(builders.person("bob", sees_names=False))
    bob = Client()
    bob.force_login(builders.person("bob"))
    differing(customer)
    told = story_of(bob, customer)
    assert "first name (hidden) (hidden)" in told
    assert "Evi" not in told
