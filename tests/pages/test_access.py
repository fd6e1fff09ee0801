"""Who may see what: members of the portfolio everything, strangers nothing at all, and nobody is led to the sign-in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from onboarding.customers import links
from onboarding.models import Event, Onboarding
from tests import builders

from .desk import HTMX, read

READ = ("record", "customer_edit", "people")
WRITE = ("customer_edit", "link_issue", "pause", "resume", "people", "people_csv")
STEP = ("step_approve", "step_recheck", "step")


def addresses(made: Onboarding, link_pk: int = 1) -> list[tuple[str, str]]:
    """Method and address of each page and act that belongs to one customer."""
    named = [("get", reverse(name, args=[made.pk])) for name in READ]
    named += [("post", reverse(name, args=[made.pk])) for name in WRITE]
    named += [("post", reverse(name, args=[made.pk, "connection"])) for name in STEP]
    named += [("get", reverse("step", args=[made.pk, "connection"]))]
    named += [("post", reverse("link_revoke", args=[made.pk, link_pk]))]
    return named


def test_lets_a_stranger_see_and_do_nothing(charlie, customer):
    link, _token = links.issue_link(customer, actor=builders.person())
    before = list(Event.objects.values_list("pk", flat=True))
    for method, path in addresses(customer, link.pk):
        assert getattr(charlie, method)(path).status_code == 404, path
    link.refresh_from_db()
    assert link.condition() == "open"
    assert list(Event.objects.values_list("pk", flat=True)) == before


def test_tells_a_stranger_the_same_as_for_a_customer_that_is_not_there(charlie, customer):
    answers = [charlie.get(reverse("record", args=[pk])) for pk in (customer.pk, customer.pk + 1000)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert read(answers[0]).text == read(answers[1]).text


def test_shows_a_stranger_an_empty_board(charlie, customer):
    assert customer.customer.name not in charlie.get(reverse("board")).content.decode()


def test_leads_nobody_to_the_sign_in_and_back(client, customer):
    for method, path in [*addresses(customer), ("get", reverse("board")), ("get", reverse("customer_new"))]:
        answer = getattr(client, method)(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith(reverse("sign_in"))


def test_says_signed_out_to_a_script_that_comes_after_the_session(client, customer):
    for method, path in addresses(customer):
        answer = getattr(client, method)(path, headers=HTMX)
        assert answer.status_code == 401, path
        assert not answer.content


def test_takes_nothing_without_the_csrf_token(alice, customer):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice.cookies
    for method, path in addresses(customer):
        if method == "post":
            assert strict.post(path, headers={"Origin": "http://testserver"}).status_code == 403, path
    assert not customer.links.exists()


@pytest.mark.parametrize("name", ["pause", "resume", "people_csv"])
def test_acts_on_post_only(alice, customer, name):
    assert alice.get(reverse(name, args=[customer.pk])).status_code == 405


def test_changes_nothing_by_reading(alice, customer):
    before = (list(Event.objects.values()), list(Onboarding.objects.values()), list(customer.steps.values()))
    for method, path in [*addresses(customer), ("get", reverse("link_issue", args=[customer.pk]))]:
        if method == "get":
            assert alice.get(path).status_code in (200, 302)
    assert (list(Event.objects.values()), list(Onboarding.objects.values()), list(customer.steps.values())) == before
    assert not customer.links.exists()


def test_keeps_a_link_of_another_customer(alice, customer):
    other = builders.onboarding()
    link, _token = links.issue_link(other, actor=builders.person())
    assert alice.post(reverse("link_revoke", args=[customer.pk, link.pk])).status_code == 404
    link.refresh_from_db()
    assert link.condition() == "open"


def test_lets_no_cache_keep_a_page_of_staff(alice, customer):
    for path in (reverse("board"), reverse("record", args=[customer.pk]), reverse("people", args=[customer.pk])):
        assert "no-store" in alice.get(path)["Cache-Control"]
