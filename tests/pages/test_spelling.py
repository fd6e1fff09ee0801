# ruff: noqa: RUF001 - letters that look alike are what this is about
"""Names in other letters: shown in both spellings, and confirmed before they are kept (public case 13)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from onboarding.customers import base, links, records
from onboarding.mail import letters
from onboarding.models import Customer, Questionnaire
from onboarding.steps.connection.form import SettingsForm
from tests import builders
from tests.graphclient.entra import TENANT

from .desk import post, read
from .test_customer_form import create, edit_form, edited, made

pytestmark = pytest.mark.django_db

SZ = "xn--mabau-mqa.example"
BOTH = f"maßbau.example ({SZ})"


def test_shows_both_spellings_and_keeps_a_name_once_it_is_confirmed(alice):
    page = create(alice, domains="maßbau.example")
    assert not Customer.objects.exists()
    assert BOTH in page.text
    assert "Is this the name you mean?" in page.text
    page = create(alice, domains="maßbau.example", spelling=SZ)
    assert made(page).domains == [SZ]
    assert BOTH in page.text


def test_never_takes_ss_for_the_letter_that_stands_for_it_elsewhere(alice):
    create(alice, domains="maßbau.example", spelling="massbau.example")
    assert not Customer.objects.exists()
    assert made(create(alice, domains="massbau.example")).domains == ["massbau.example"]


@pytest.mark.parametrize("typed", [SZ, SZ.upper(), "MAẞBAU.example", "eva@maßbau.example", "https://maßbau.example/x"])
def test_asks_about_either_way_to_type_it(alice, typed):
    assert BOTH in create(alice, domains=typed).text
    assert made(create(alice, domains=typed, spelling=SZ)).domains == [SZ]


def test_asks_about_a_name_that_only_looks_like_what_was_typed(alice):
    page = create(alice, domains="ｃｏｎｔｏｓｏ。com")
    assert "contoso.com" in page.text
    assert not Customer.objects.exists()
    assert made(create(alice, domains="ｃｏｎｔｏｓｏ。com", spelling="contoso.com")).domains == ["contoso.com"]


def test_warns_of_letters_of_two_alphabets(alice):
    assert "letters of different alphabets" in create(alice, domains="с" + "ontoso.com").text


def test_asks_about_the_address_of_the_contact(alice):
    page = create(alice, contact_email="eva@müller.example")
    assert "müller.example (xn--mller-kva.example)" in page.text
    create(alice, contact_email="eva@müller.example", spelling="xn--mller-kva.example")
    assert Customer.objects.get().contact_email == "eva@xn--mller-kva.example"


def test_does_not_ask_again_about_what_stands_there(alice):
    customer = made(create(alice, domains="maßbau.example", spelling=SZ))
    form = edit_form(alice, customer.onboarding)
    assert form.fields["domains"].value.strip() == "maßbau.example"
    edited(alice, customer.onboarding, form, name="Maßbau AG")
    customer.refresh_from_db()
    assert (customer.name, customer.domains) == ("Maßbau AG", [SZ])


@pytest.mark.parametrize(
    "typed", ["xn--mabau-iqa.example", "xn--a.com", "con\u202etoso.com", "a_b.com", "127.0.0.1", "ü" * 64]
)
def test_refuses_what_is_no_name(alice, typed):
    assert "Not a domain" in create(alice, domains=typed).text


def test_asks_about_the_address_of_each_contact_and_keeps_it_in_one_spelling(alice, customer):
    given = {"name": "Max", "email": "max@müller.example", "role": "approver", "language": "en"}
    page = post(alice, "contact_add", customer.pk, **given)
    assert "müller.example (xn--mller-kva.example)" in page.text
    assert customer.contacts.count() == 1
    page = post(alice, "contact_add", customer.pk, **given, spelling="xn--mller-kva.example")
    assert "max@müller.example (max@xn--mller-kva.example)" in page.text
    assert customer.contacts.last().email == "max@xn--mller-kva.example"


ADMIN = "max@maßbau.example"


@pytest.fixture
def token(customer):
    builders.done(customer, customer={"tenant_id": TENANT, "domain": customer.customer.domains[0]})
    return links.issue_link(customer, actor=builders.person("alice"))[1]


def test_asks_who_names_an_approver(client, customer, token):
    given = {"name": "Max", "email": ADMIN}
    assert BOTH in post(client, "approver_by_link", token, **given).text
    assert customer.contacts.count() == 1
    post(client, "approver_by_link", token, **given, spelling=SZ)
    assert customer.contacts.last().email == f"max@{SZ}"


def test_asks_who_answers_the_kick_off_questions_by_link(client, customer, token):
    assert BOTH in post(client, "questionnaire_by_link", token, admin_email=ADMIN).text
    assert not Questionnaire.objects.exists()
    post(client, "questionnaire_by_link", token, admin_email=ADMIN, spelling=SZ)
    assert Questionnaire.objects.get().admin_email == f"max@{SZ}"
    post(client, "questionnaire_by_link", token, admin_email=ADMIN, admin_name="Max")
    assert Questionnaire.objects.get().admin_name == "Max"


def test_asks_staff_anew_about_what_came_by_link(alice, client, customer, token):
    post(client, "questionnaire_by_link", token, admin_email=ADMIN, spelling=SZ)
    assert f"max@{SZ}" in read(alice.get(reverse("questionnaire", args=[customer.pk]))).text
    assert BOTH in post(alice, "questionnaire", customer.pk, admin_email=ADMIN).text
    assert customer.contacts.count() == 1
    post(alice, "questionnaire", customer.pk, admin_email=ADMIN, spelling=SZ)
    assert customer.contacts.last().email == f"max@{SZ}"
    post(alice, "questionnaire", customer.pk, admin_email=ADMIN, admin_name="Max")
    assert Questionnaire.objects.get().admin_name == "Max"


def test_asks_about_the_address_that_microsoft_writes_to():
    typed = {"scope": "assigned", "recipients": ADMIN}
    form = SettingsForm(typed, offers={"settings": ["SyncAll"], "app": "a-1"})
    assert list(form.errors) == ["spelling"]
    form = SettingsForm({**typed, "spelling": [SZ]}, offers={"settings": ["SyncAll"], "app": "a-1"})
    assert form.is_valid()
    assert f"max@{SZ}" in str(form.answer())
    assert set(form.answer()) == {"settings"}


def test_shows_both_spellings_wherever_somebody_has_to_know_the_domain(alice, customer):
    Customer.objects.filter(pk=customer.customer_id).update(domains=[SZ])
    builders.done(customer, customer={"tenant_id": TENANT, "domain": SZ})
    for view in ("record", "contacts", "questionnaire"):
        assert BOTH in read(alice.get(reverse(view, args=[customer.pk]))).text
    letter = letters.write(customer, base.first_contact(customer), "invitation", rule="test", draft=True)
    assert BOTH in read(alice.get(reverse("letter", args=[customer.pk, letter.pk]))).text
    _link, token = links.issue_link(customer, actor=builders.person("alice"))
    assert BOTH in read(alice.get(reverse("link", args=[token]))).text


def test_says_in_the_timeline_which_name_it_was_and_is(alice, customer):
    records.update_customer(customer, actor=builders.person("alice"), domains=[SZ])
    assert f"→ {BOTH}" in str(customer.events.get(kind="changed").sentence)
