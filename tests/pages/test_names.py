"""Names of people: in no address and no log, shown to those who may see them, and gone once they are old enough."""

from __future__ import annotations

import base64
import importlib
import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.models import Event, Onboarding
from onboarding.privacy import retention
from onboarding.web import hidden_text
from tests import builders

from .desk import HTMX, people, read
from .test_people import CONFLICT, export, page_of, search, shown

# Nothing of a person in addresses and logs


def addresses_in(html):
    return re.findall(r'(?:href|action|hx-post)="([^"]*)"', html)


def test_keeps_what_was_searched_for_and_who_was_last_out_of_all_addresses(alice, customer, caplog):
    people(customer, 120, name="Aino Korhonen")
    caplog.set_level("DEBUG")
    answer = alice.post(reverse("people", args=[customer.pk]), {"search": "korhonen"})
    followed = alice.get(answer["Location"])
    page = read(followed, answer["Location"])
    assert len(shown(page)) == 100
    seen = " ".join([answer["Location"], *addresses_in(followed.content.decode())])
    [following] = [href for href, text in page.links if text == "Next page"]
    values = [*parse_qs(urlsplit(following).query).values(), *parse_qs(urlsplit(answer["Location"]).query).values()]
    read_out = "".join(str(base64.urlsafe_b64decode(value + "===")) for [value] in values)
    for told in (seen, read_out, caplog.text):
        assert "korhonen" not in told.lower()
        assert "p0099" not in told
    assert not any("korhonen" in str(value).lower() for value in alice.session.values())


def test_finds_nothing_by_a_name_in_an_address(alice, customer):
    people(customer, 3)
    assert len(shown(page_of(alice, customer, search="p0001"))) == 3
    assert len(shown(page_of(alice, customer, s="p0001"))) == 3


def test_opens_an_address_for_its_reader_and_its_customer_only(alice, customer):
    people(customer, 3)
    query = alice.post(reverse("people", args=[customer.pk]), {"search": "p0001"})["Location"].partition("?")[2]
    other = builders.onboarding()
    people(other, 3)
    assert len(shown(read(alice.get(f"{reverse('people', args=[other.pk])}?{query}")))) == 3
    bob = Client()
    builders.portfolio(builders.person("bob"))
    bob.force_login(builders.person("bob"))
    assert len(shown(read(bob.get(f"{reverse('people', args=[customer.pk])}?{query}")))) == 3
    assert shown(read(alice.get(f"{reverse('people', args=[customer.pk])}?{query}"))) == ["p0001@contoso.example"]


@pytest.mark.django_db
@settings(max_examples=50)
@given(st.text(max_size=300))
def test_opens_nothing_that_was_made_up(text):
    made = Onboarding(pk=1)
    assert hidden_text.opened(text, onboarding=made, reader=1) == ""
    assert hidden_text.opened(hidden_text.hidden(text, onboarding=made, reader=1), onboarding=made, reader=1) == text


def test_searches_as_a_part_and_tells_the_browser_the_address(alice, customer):
    people(customer, 3)
    answer = alice.post(reverse("people", args=[customer.pk]), {"search": "p0001"}, headers=HTMX)
    part = answer.content.decode()
    assert part.lstrip().startswith('<div id="people"')
    assert "p0002@" not in part
    assert shown(read(alice.get(answer["HX-Push-Url"]))) == ["p0001@contoso.example"]
    back = alice.get(answer["HX-Push-Url"], headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert "<html" in back.content.decode()
    assert "no-store" in back["Cache-Control"]
    assert "no-store" in answer["Cache-Control"]


# Names take a permission


@pytest.fixture
def bob(customer: Onboarding) -> Client:
    """Of the portfolio, without the permission."""
    builders.portfolio(builders.person("bob", sees_names=False))
    client = Client()
    client.force_login(builders.person("bob"))
    return client


TELLING = {"result": "failed", "code": "NewCode", "reason": "Person 0000 exists twice"}


def test_shows_numbers_causes_and_results_without_names(bob, customer):
    people(customer, 2, **TELLING)
    people(customer, 1, **CONFLICT)
    page = page_of(bob, customer)
    for text in ("2 people failed", "Microsoft gives the code NewCode", "Haiilo has another account", "(hidden)"):
        assert text in page.text
    for text in ("Person 0", "exists twice", "p0001@", ">s0<"):
        assert text not in page.html
    assert "Search users" not in page.text


def test_answers_no_search_without_names(bob, customer):
    people(customer, 3)
    path = reverse("people", args=[customer.pk])
    answer = bob.post(path, {"search": "p0001"}, follow=True)
    assert answer.content.decode().count("(hidden)") == 6
    assert answer.redirect_chain == [(path, 302)]


def test_exports_without_names(bob, customer):
    people(customer, 2, **TELLING)
    _answer, rows = export(bob, customer)
    assert rows[1][:3] == ["(hidden)", "(hidden)", "failed"]
    assert not any("Person" in cell or "p000" in cell for row in rows for cell in row)
    assert "without names" in str(Event.objects.get(onboarding=customer, kind="export").sentence)


def seen_lines(made):
    return Event.objects.filter(onboarding=made, kind="names_seen")


def test_notes_once_a_day_who_looked_at_names(alice, bob, customer):
    page_of(alice, customer)
    assert not seen_lines(customer).exists()
    people(customer, 1)
    page_of(bob, customer)
    alice.head(reverse("people", args=[customer.pk]))
    assert not seen_lines(customer).exists()
    page_of(alice, customer)
    search(alice, customer, "p0000")
    assert seen_lines(customer).get().actor == builders.person("alice")
    seen_lines(customer).update(at=timezone.now() - timedelta(days=1))
    page_of(alice, customer)
    assert seen_lines(customer).count() == 2
    assert "p0000" not in str(list(seen_lines(customer).values("message", "detail")))


# Names that have been erased


def test_says_how_many_are_only_counted(alice, customer):
    people(customer, 3, at=timezone.now() - timedelta(days=400))
    people(customer, 1)
    retention.erase_old(timezone.now())
    page = page_of(alice, customer)
    assert "4 people are in Haiilo" in page.text
    assert shown(page) == ["p0003@contoso.example"]
    assert "3 people are only counted: their names have been erased." in page.text
    assert "No users found" in search(alice, customer, "p0001").text
    _answer, rows = export(alice, customer)
    assert [row[:3] for row in rows[1:]] == [
        ["Person 0003", "p0003@contoso.example", "in Haiilo"],
        *[["(erased)", "(erased)", "in Haiilo"]] * 3,
    ]


def counting(queries) -> list[str]:
    """Those that count or group people."""
    over = [each["sql"] for each in queries if "onboarding_person" in each["sql"]]
    return [each for each in over if "COUNT(" in each or "GROUP BY" in each]


def test_counts_all_of_the_erased_without_asking_for_them(alice, customer):
    people(customer, 1002, at=timezone.now() - timedelta(days=400))
    people(customer, 2)
    retention.erase_old(timezone.now())
    with CaptureQueriesContext(connection) as asked:
        page = page_of(alice, customer)
    assert "1,002 people are only counted: their names have been erased." in page.text
    assert counting(asked) == []


def test_counts_the_erased_on_the_last_page_only(alice, customer):
    people(customer, 3, at=timezone.now() - timedelta(days=400))
    people(customer, 102)
    retention.erase_old(timezone.now())
    with CaptureQueriesContext(connection) as first:
        page = page_of(alice, customer)
    assert counting(first) == []
    assert "are only counted" not in page.text
    with CaptureQueriesContext(connection) as searched:
        search(alice, customer, "p0050")
    assert counting(searched) == []
    [following] = [href for href, text in page.links if text == "Next page"]
    assert "3 people are only counted" in read(alice.get(following), following).text


# Who of staff may see them


@pytest.fixture
def add_staff(db: None, tmp_path: Path) -> Callable[..., bool]:
    """Run the command for carol; whether she may see names then."""
    path = tmp_path / "password"
    path.write_text("correct horse battery staple")

    def run(*flags):
        call_command("add_staff", *flags, user_name="carol", password_file=path, portfolio="Team", stdout=StringIO())
        return builders.person("carol").has_perm("onboarding.see_people")

    return run


def test_lets_new_staff_see_names_unless_told_otherwise(add_staff):
    assert add_staff()
    assert not add_staff("--without-names")
    assert not add_staff()  # a new password brings nothing back
    assert add_staff("--with-names")


def test_makes_staff_without_names(add_staff):
    assert not add_staff("--without-names")


def test_lets_those_go_on_who_were_staff_before_there_was_a_permission(db):
    before = builders.person("dave", sees_names=False)
    stranger = builders.person("erin", sees_names=False)
    builders.portfolio(before)
    importlib.import_module("onboarding.migrations.0010_retention").let_staff_see_people(apps, None)
    assert type(before).objects.get(pk=before.pk).has_perm("onboarding.see_people")
    assert not type(stranger).objects.get(pk=stranger.pk).has_perm("onboarding.see_people")
