"""The questions of the kick-off: staff's answers steer at once, a link's answers only once staff has used them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onboarding.customers import answers, kickoff, links
from onboarding.models import Event, Link, Onboarding, Questionnaire
from tests import builders

from .desk import post, read

pytestmark = pytest.mark.django_db

TENANT = "11111111-2222-4333-8444-555555555555"
APP = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
ANSWERS = {
    "has_p1": "no",
    "admin_name": "Greta Admin",
    "admin_email": "greta@contoso.example",
    "existing_users": "12",
    "app_id": "{" + APP.upper() + "}",
    "pilot_person": "pilot@contoso.example",
    "pilot_group": "Marketing",
    "remark": "Not on Fridays.",
}


@pytest.fixture
def linked(customer: Onboarding) -> tuple[Link, str]:
    builders.done(customer, customer={"tenant_id": TENANT, "domain": customer.customer.domains[0]})
    return links.issue_link(customer, actor=builders.person())


def answers_of(made, key):
    return made.steps.get(key=key).answer


def by_link(token: str, client: Client | None = None, **changes):
    return (client or Client()).post(reverse("questionnaire_by_link", args=[token]), {**ANSWERS, **changes})


def test_lets_the_answers_of_staff_steer_at_once(alice, customer):
    page = post(alice, "questionnaire", customer.pk, **ANSWERS)
    assert "Saved. Checking now…" in page.text
    assert answers_of(customer, "readiness")["has_p1"] == "no"
    assert answers_of(customer, "sso_application")["app_id"] == APP
    assert answers_of(customer, "pilot")["person"] == "pilot@contoso.example"
    approver = customer.contacts.get(role="approver")
    assert (approver.name, approver.email) == ("Greta Admin", "greta@contoso.example")
    row = customer.questionnaire
    assert (row.existing_users, row.pilot_group, row.used_by) == (12, "Marketing", builders.person())


def test_names_the_same_approver_once(alice, customer):
    for _time in range(2):
        post(alice, "questionnaire", customer.pk, **{**ANSWERS, "admin_email": "Greta@contoso.example"})
    assert customer.contacts.filter(role="approver").count() == 1


def test_overwrites_no_pilot_person_that_was_chosen(alice, customer):
    answers.answer(customer, "pilot", actor=builders.person(), answer={"person": "eva@contoso.example"})
    post(alice, "questionnaire", customer.pk, **ANSWERS)
    assert answers_of(customer, "pilot")["person"] == "eva@contoso.example"


def test_says_what_is_wrong_with_an_answer(alice, customer):
    wrong = {"app_id": "haiilo", "admin_email": "greta", "existing_users": "-3", "has_p1": "maybe"}
    text = post(alice, "questionnaire", customer.pk, **{**ANSWERS, **wrong}).text
    for words in ("This is not an application ID", "This is not an e-mail address", "0 or more", "maybe"):
        assert words in text
    assert not Questionnaire.objects.exists()


def test_asks_nothing_that_must_be_answered(alice, customer):
    post(alice, "questionnaire", customer.pk)
    assert customer.questionnaire.used_at
    assert customer.contacts.count() == 1
    assert answers_of(customer, "pilot") == {}


# By the link


def test_takes_answers_by_the_link_without_a_sign_in(customer, linked):
    link, token = linked
    answer = by_link(token)
    assert answer.status_code == 302
    assert customer.questionnaire.filled_by_link == link
    page = read(Client().get(reverse("questionnaire_by_link", args=[token])))
    assert "your answers have arrived" in page.text
    assert customer.events.filter(kind="answered", actor_name="Eva Berg").exists()


def test_lets_nothing_steer_that_came_by_the_link(customer, linked):
    _link, token = linked
    by_link(token)
    assert customer.contacts.count() == 1
    assert [answers_of(customer, key) for key in ("readiness", "sso_application", "pilot")] == [{}, {}, {}]
    assert customer.questionnaire.used_at is None


def test_uses_the_answers_once_staff_says_so(alice, customer, linked):
    _link, token = linked
    by_link(token)
    page = read(alice.get(reverse("questionnaire", args=[customer.pk])))
    assert "Answered through the link of Eva Berg" in page.text
    post(alice, "questionnaire", customer.pk, act="use")
    assert answers_of(customer, "sso_application")["app_id"] == APP
    assert customer.contacts.filter(role="approver").exists()
    customer.questionnaire.refresh_from_db()
    assert customer.questionnaire.used_at


def test_waits_anew_when_the_answers_change_by_the_link(alice, customer, linked):
    _link, token = linked
    by_link(token)
    post(alice, "questionnaire", customer.pk, act="use")
    by_link(token, pilot_person="mallory@contoso.example")
    assert Questionnaire.objects.get().used_at is None
    assert answers_of(customer, "pilot")["person"] == "pilot@contoso.example"


def test_neither_uses_the_link_up_nor_changes_anything_by_reading(customer, linked):
    link, token = linked
    path = reverse("questionnaire_by_link", args=[token])
    Client().head(path)
    link.refresh_from_db()
    assert link.seen_at is None
    before = list(Event.objects.values())
    for _scanner in range(20):
        assert Client().get(path).status_code == 200
    link.refresh_from_db()
    assert (link.condition(), link.used_at) == ("open", None)
    assert list(Event.objects.values()) == before
    by_link(token)
    link.refresh_from_db()
    assert link.condition() == "open"


def test_shows_whoever_has_the_link_nothing_that_others_said(alice, customer, linked):
    _link, token = linked
    post(alice, "questionnaire", customer.pk, **ANSWERS)
    answers.answer(
        customer,
        "connection",
        actor=builders.person(),
        answer={"token_saved": True},
        secrets={"scim_token": "CANARY-SECRET-TOKEN"},
    )
    text = Client().get(reverse("questionnaire_by_link", args=[token])).content.decode()
    for said in ("greta@contoso.example", "pilot@contoso.example", APP, "Not on Fridays", "CANARY", TENANT):
        assert said not in text


@pytest.mark.parametrize("change", ["revoked_at", "used_at", "expires_at"])
def test_takes_no_answers_by_a_link_that_is_over(customer, linked, change):
    link, token = linked
    Link.objects.filter(pk=link.pk).update(**{change: timezone.now()})
    assert Client().get(reverse("questionnaire_by_link", args=[token])).status_code == 410
    assert by_link(token).status_code == 410
    assert not Questionnaire.objects.exists()


def test_takes_no_answers_by_a_link_that_ends_meanwhile(customer, linked):
    link, _token = linked
    Link.objects.filter(pk=link.pk).update(revoked_at=timezone.now())
    assert not kickoff.fill_in_by_link(link, dict.fromkeys(kickoff.FIELDS, ""))
    assert not Questionnaire.objects.exists()


def test_does_not_know_a_link_that_was_made_up(db):
    assert Client().get(reverse("questionnaire_by_link", args=["x" * 43])).status_code == 404
    assert by_link("x" * 43).status_code == 404


def test_takes_nothing_without_the_csrf_token(linked):
    _link, token = linked
    strict = Client(enforce_csrf_checks=True)
    assert by_link(token, strict).status_code == 403
    assert not Questionnaire.objects.exists()


def test_keeps_the_page_in_no_cache(linked):
    _link, token = linked
    assert Client().get(reverse("questionnaire_by_link", args=[token]))["Cache-Control"] == "no-store"


def test_escapes_what_came_by_the_link(alice, customer, linked):
    _link, token = linked
    by_link(token, remark="</textarea><script>alert(1)</script>", admin_name='"><img src=x>')
    for client, name, key in ((alice, "questionnaire", customer.pk), (Client(), "questionnaire_by_link", token)):
        html = client.get(reverse(name, args=[key])).content.decode()
        assert "<script>alert" not in html
        assert "<img" not in html


# The tenant


def test_confirms_the_tenant_that_the_domains_lead_to(alice, customer, linked):
    page = read(alice.get(reverse("questionnaire", args=[customer.pk])))
    assert TENANT in page.text
    post(alice, "questionnaire", customer.pk, act="confirm", tenant=TENANT)
    assert answers_of(customer, "customer")["confirmed_tenant"] == TENANT
    assert customer.events.filter(kind="confirmed").count() == 1


@pytest.mark.parametrize("tenant", ["", "99999999-2222-4333-8444-555555555555"])
def test_confirms_no_other_tenant(alice, customer, linked, tenant):
    page = post(alice, "questionnaire", customer.pk, act="confirm", tenant=tenant)
    assert "now lead to another tenant" in page.text
    assert "confirmed_tenant" not in answers_of(customer, "customer")


def test_lets_a_stranger_see_and_do_nothing(charlie, customer, linked):
    path = reverse("questionnaire", args=[customer.pk])
    assert charlie.get(path).status_code == 404
    for data in (ANSWERS, {"act": "use"}, {"act": "confirm", "tenant": TENANT}):
        assert charlie.post(path, data).status_code == 404
    assert not Questionnaire.objects.exists()
    assert "confirmed_tenant" not in answers_of(customer, "customer")
