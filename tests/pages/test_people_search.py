"""The search of the users page: whom it finds, and what it says of itself where it cannot find everybody."""

from __future__ import annotations

import pytest

from onboarding.models import Person
from onboarding.staff.people import search as search_module

from .desk import people
from .test_people import CONFLICT, export, page_of, search, shown


def test_searches_by_name_and_user_name(alice, customer):
    people(customer, 3)
    Person.objects.filter(user_name="p0001@contoso.example").update(name="Aino Korhonen")
    assert shown(search(alice, customer, "korho")) == ["p0001@contoso.example"]
    assert shown(search(alice, customer, "P0002")) == ["p0002@contoso.example"]


def test_searches_for_one_or_two_letters_at_the_beginning_of_words(alice, customer):
    people(customer, 3)
    Person.objects.filter(user_name="p0001@contoso.example").update(name="Aino Bo Korhonen")
    other = {"user_name": "anna.bo.p0002@contoso.example", "name": "Zoe"}
    Person.objects.filter(user_name="p0002@contoso.example").update(**other)
    assert shown(search(alice, customer, "BO")) == ["p0002@contoso.example", "p0001@contoso.example"]
    assert len(shown(search(alice, customer, "p0"))) == 3
    assert shown(page := search(alice, customer, "n")) == []
    assert "One or two letters are searched for at the beginning of words only." in page.text
    assert "at the beginning of words" not in search(alice, customer, "p00").text


@pytest.fixture
def many(monkeypatch, customer):
    """A customer of more people than a page looks through, where the database has no trigrams."""
    monkeypatch.setattr(search_module, "FEW", 2)
    monkeypatch.setattr(search_module, "MOST", 3)
    monkeypatch.setattr(search_module, "has_trigrams", lambda: False)
    people(customer, 3)
    people(customer, 2, name="Ärjä {Korhonen}", **CONFLICT)
    return customer


def test_searches_for_beginnings_where_many_cannot_be_looked_through_and_says_so(alice, many):
    says = "Of more than 2 people, this installation searches for the beginning of a name or user name only."
    for text, found in (("P0001@", [1]), ("ärjÄ {", [3, 4]), ("p000", []), ("Korhonen", []), ("person 0002", [2])):
        page = search(alice, many, text)
        assert says in page.text
        assert shown(page) == [f"p{number:04}@contoso.example" for number in found]
    assert shown(search(alice, many, "ärj", standing="failed")) == ["p0003@contoso.example", "p0004@contoso.example"]
    assert says not in page_of(alice, many).text


def test_shows_nobody_where_too_many_begin_alike(alice, many):
    page = search(alice, many, "p")
    assert "Too many names begin with “p”" in page.text
    assert "Type more letters of the name or the user name." in page.text
    assert "No users found" not in page.text
    kept = page.form(having="s").fields
    assert len(export(alice, many, s=kept["s"].value)[1]) == 1


def test_keeps_a_search_that_finds_nobody(alice, customer):
    people(customer, 1)
    page = search(alice, customer, "nobody\0 <b>")
    assert page.status == 200
    assert "No users found for “nobody <b>”" in page.text
    assert page.form(having="search").fields["search"].value == "nobody <b>"
