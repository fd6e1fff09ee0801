"""The record's form: forgiving about how things are pasted, strict about what they are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from onboarding.models import Customer, Event
from tests import builders

from .desk import post, read

GOOD = {
    "name": "Contoso AG",
    "product": "advocacy",
    "haiilo_host": "contoso.smarpshare.com",
    "domains": "contoso.com",
    "contact_name": "Eva Berg",
    "contact_email": "eva@contoso.com",
}


def create(client, **changed):
    return post(client, "customer_new", **{**GOOD, **changed})


def made(page) -> Customer:
    customer = Customer.objects.get()
    assert page.url.endswith(reverse("record", args=[customer.onboarding.pk]))
    return customer


def test_creates_the_customer_and_opens_it(alice):
    customer = made(create(alice))
    assert customer.owner == builders.person("alice")
    assert customer.domains == ["contoso.com"]
    assert customer.onboarding.steps.count() == 11
    assert customer.onboarding.events.get(kind="created").actor == builders.person("alice")


@pytest.mark.parametrize(
    "typed",
    [
        "https://contoso.smarpshare.com/",
        "  Contoso.SmarpShare.com. ",
    ],
)
def test_takes_an_address_as_it_was_pasted(alice, typed):
    assert made(create(alice, haiilo_host=typed)).haiilo_host == "contoso.smarpshare.com"


@pytest.mark.parametrize(
    "typed",
    [
        "contoso",
        "not an address",
        "127.0.0.1",
        "https://",
        "contoso.smarpshare.com.evil.example",
        "[::1",
        "a..b",
        "-.com",
        "contoso.smarpshare.com:443",
        "user@contoso.smarpshare.com",
        "contoso.haiilo.app",
        "people.contoso.com",
    ],
)
def test_refuses_an_address_that_is_none_of_the_product(alice, typed):
    page = create(alice, haiilo_host=typed)
    assert Customer.objects.count() == 0
    form = page.form(having="haiilo_host")
    assert form.fields["haiilo_host"].value == typed
    assert "address" in page.text
    assert form.fields["name"].value == GOOD["name"]


def test_takes_addresses_of_the_other_product(alice):
    customer = made(create(alice, product="home", haiilo_host="contoso.haiilo.app"))
    assert customer.haiilo_host == "contoso.haiilo.app"


def test_takes_the_address_of_another_customer_from_nobody(alice):
    create(alice)
    page = create(alice, name="Contoso Group")
    assert "Another customer has the address contoso.smarpshare.com already." in page.text
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("contoso.com, contoso.de\ncontoso.fi", ["contoso.com", "contoso.de", "contoso.fi"]),
        ("eva@contoso.com; @contoso.com", ["contoso.com"]),
        ("https://www.contoso.com/", ["www.contoso.com"]),
        ("contoso.com\r\n\r\n", ["contoso.com"]),
    ],
)
def test_takes_domains_in_any_manner(alice, typed, kept):
    assert made(create(alice, domains=typed)).domains == kept


def test_names_the_domains_that_are_none(alice):
    page = create(alice, domains="contoso.com, contoso, .de")
    assert "Not a domain: contoso, .de" in page.text
    assert page.form(having="domains").fields["domains"].value.strip() == "contoso.com, contoso, .de"


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", " \u200b ", "Enter the customer's name"),
        ("name", "x" * 201, "200"),
        ("product", "chat", "Choose one of the products"),
        ("haiilo_host", "", "Enter the customer's Haiilo address"),
        ("domains", " ,; ", "Enter at least one domain"),
        ("contact_name", "", "Enter the name of the customer's IT admin"),
        ("contact_email", "", "Enter the e-mail address"),
        ("contact_email", "eva at contoso", "This is not an e-mail address"),
        ("target_date", "tomorrow", "Enter the date as"),
        ("target_date", "2020-01-01", "This date is in the past"),
        ("tenant_hint", "contoso.onmicrosoft.com", "This is not a tenant ID"),
        ("name", "a\0b", ""),
    ],
)
def test_says_what_to_do_beside_the_field(alice, field, typed, said):
    answer = alice.post(reverse("customer_new"), {**GOOD, field: typed})
    if not said:
        assert Customer.objects.get().name == "ab"
        return
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    page = read(answer)
    assert said in page.text
    assert page.form(having="contact_name").fields["contact_email"].value == (
        typed if field == "contact_email" else GOOD["contact_email"]
    )
    assert f'aria-describedby="id_{field}' in page.html
    assert 'aria-invalid="true"' in page.html
    assert Customer.objects.count() == 0


def test_keeps_date_and_tenant(alice):
    day = timezone.localdate() + timedelta(days=30)
    customer = made(create(alice, target_date=day.isoformat(), tenant_hint="{3F0E0D0C-0000-4000-8000-00000000000A}"))
    assert customer.target_date == day
    assert customer.tenant_hint == "3f0e0d0c-0000-4000-8000-00000000000a"


def test_refuses_a_second_record_of_the_same_customer(alice):
    create(alice)
    page = create(alice, haiilo_host="contoso2.smarpshare.com")
    assert "Open that one." in page.text
    assert page.form(having="name").fields["name"].value == "Contoso AG"
    assert Customer.objects.count() == 1


def test_asks_for_the_portfolio_only_where_there_are_several(alice):
    assert "portfolio" not in read(alice.get(reverse("customer_new"))).form(having="name").fields
    second = builders.portfolio(builders.person("alice"), name="Nordics")
    foreign = builders.portfolio(builders.person("charlie"), name="Another team")
    form = read(alice.get(reverse("customer_new"))).form(having="name")
    assert sorted(form.fields["portfolio"].choices) == sorted(
        str(each.pk) for each in builders.person("alice").portfolios.all()
    )
    assert "Choose one of your teams." in create(alice, portfolio=foreign.pk).text
    assert made(create(alice, portfolio=second.pk)).portfolio == second


def test_creates_nothing_for_a_person_without_a_portfolio(client, db):
    client.force_login(builders.person("dora"))
    page = create(client)
    assert "not in a team yet" in page.text
    assert Customer.objects.count() == 0


def test_changes_the_record_and_looks_anew(alice):
    customer = made(create(alice))
    builders.done(customer.onboarding, customer={"tenant_id": "t"})
    form = read(alice.get(reverse("customer_edit", args=[customer.onboarding.pk]))).form(having="name")
    assert form.fields["domains"].value.strip() == "contoso.com"
    page = post(
        alice, "customer_edit", customer.onboarding.pk, **{**GOOD, "domains": "contoso.de", "name": "Contoso SE"}
    )
    customer.refresh_from_db()
    assert (customer.name, customer.domains) == ("Contoso SE", ["contoso.de"])
    assert builders.state(customer.onboarding, "customer").checked_at is None
    assert "Contoso SE" in page.text
    assert Event.objects.filter(onboarding=customer.onboarding, kind="changed").count() == 1


def edited(client, customer, form, **typed):
    """Send the form of the record back, as it was read at some time, with something typed."""
    sent = {name: field.value for name, field in form.fields.items() if name != "csrfmiddlewaretoken"}
    return post(client, "customer_edit", customer.pk, **{**sent, **typed})


def edit_form(client, customer):
    return read(client.get(reverse("customer_edit", args=[customer.pk]))).form(having="name")


def test_keeps_what_two_people_change_in_different_fields(alice, bob, customer):
    hers, his = edit_form(alice, customer), edit_form(bob, customer)
    edited(alice, customer, hers, contact_name="Anna Ek")
    edited(bob, customer, his, domains="contoso.de, contoso.fi")
    customer.customer.refresh_from_db()
    assert customer.customer.contact_name == "Anna Ek"
    assert customer.customer.domains == ["contoso.de", "contoso.fi"]


def test_tells_the_second_one_what_the_first_changed_in_the_same_field(alice, bob, customer):
    hers, his, before = edit_form(alice, customer), edit_form(bob, customer), customer.customer.contact_name
    edited(alice, customer, hers, contact_name="Anna Ek")
    page = edited(bob, customer, his, contact_name="Bo Ek", domains="contoso.de")
    assert f"Somebody else changed this meanwhile: Contact: {before} → Anna Ek." in page.text
    customer.customer.refresh_from_db()
    assert customer.customer.contact_name == "Anna Ek"
    assert customer.customer.domains != ["contoso.de"]
    again = page.form(having="name")
    assert again.fields["contact_name"].value == "Bo Ek"
    edited(bob, customer, again)
    customer.customer.refresh_from_db()
    assert customer.customer.contact_name == "Bo Ek"
    assert customer.customer.domains == ["contoso.de"]


def test_agrees_when_both_type_the_same(alice, bob, customer):
    hers, his = edit_form(alice, customer), edit_form(bob, customer)
    edited(alice, customer, hers, contact_name="Anna Ek")
    assert edited(bob, customer, his, contact_name="Anna Ek").url.endswith(reverse("record", args=[customer.pk]))


@pytest.mark.parametrize("seen", ["", "[1, 2]", '{"name": 7}', "{not json"])
def test_loses_nothing_to_a_form_that_does_not_say_what_it_showed(alice, customer, seen):
    edited(alice, customer, edit_form(alice, customer), contact_name="Anna Ek", seen=seen)
    customer.customer.refresh_from_db()
    assert customer.customer.contact_name == "Anna Ek"


def test_keeps_an_old_target_date_when_something_else_is_changed(alice, customer):
    day = timezone.localdate() - timedelta(days=3)
    Customer.objects.filter(pk=customer.customer_id).update(target_date=day)
    page = post(alice, "customer_edit", customer.pk, **{**GOOD, "target_date": day.isoformat()})
    assert page.url.endswith(reverse("record", args=[customer.pk]))


def test_refuses_the_name_of_another_customer_and_changes_nothing(alice, customer):
    other = builders.onboarding(name="Taken")
    page = post(alice, "customer_edit", customer.pk, **{**GOOD, "name": "Taken"})
    assert "already" in page.text
    customer.customer.refresh_from_db()
    assert customer.customer.name != other.customer.name
    assert customer.customer.name in page.text


def test_asks_for_no_size_where_one_application_is_registered(alice, settings):
    settings.ENTRA_SCOPED_CLIENT_ID = ""
    assert 'name="consent_size"' not in alice.get(reverse("customer_new")).content.decode()
    assert made(create(alice, consent_size="scoped")).consent_size == "standard"


def test_offers_the_sizes_that_are_registered(alice, settings):
    settings.ENTRA_SCOPED_CLIENT_ID, settings.ENTRA_MONITOR_CLIENT_ID = "scoped", "monitor"
    page = alice.get(reverse("customer_new")).content.decode()
    assert 'value="scoped"' in page
    assert 'value="monitor"' not in page
    assert made(create(alice, consent_size="scoped")).consent_size == "scoped"


def test_keeps_the_size_that_a_customer_has(alice, settings):
    settings.ENTRA_CLIENT_ID, settings.ENTRA_SCOPED_CLIENT_ID = "standard", ""
    onboarding = builders.onboarding(consent_size="scoped")
    page = alice.get(reverse("customer_edit", args=[onboarding.pk])).content.decode()
    assert '<option value="scoped" selected>' in page
    post(alice, "customer_edit", onboarding.pk, **GOOD)
    onboarding.customer.refresh_from_db()
    assert onboarding.customer.consent_size == "scoped"
