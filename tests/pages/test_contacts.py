"""The customer's contacts and the personal link of each."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from onboarding.customers import base, contacts, links, records
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Court
from onboarding.mail import letters
from onboarding.models import Contact, Customer, Letter, Link
from onboarding.models.link import digest
from tests import builders

from .desk import TOKEN_NEEDED, post, read, stand

pytestmark = pytest.mark.django_db

TENANT = "11111111-2222-4333-8444-555555555555"
MAX = {"name": "Max Roth", "email": "max@contoso.example", "role": "approver", "language": "de", "note": "mornings"}
ADDRESS = re.compile(r"http://localhost:8000/l/([\w-]{20,})/")
NO_LINK = Asking(say("Send the link."), Court.CS, code="no_link")


def at_consent(made):
    return stand(made, "consent", NO_LINK, customer={"tenant_id": TENANT, "domain": made.customer.domains[0]})


def added(made, **fields) -> Contact:
    return contacts.add_contact(made, actor=builders.person(), **{**MAX, **fields})


def test_makes_the_person_of_the_record_the_first_contact(alice, customer):
    page = read(alice.get(reverse("contacts", args=[customer.pk])))
    contact = customer.contacts.get()
    assert (contact.name, contact.email, contact.role) == ("Eva Berg", customer.customer.contact_email, "it_admin")
    assert "Eva Berg" in page.text
    assert "No link has been created yet." in page.text


def test_adds_a_contact(alice, customer):
    page = post(alice, "contact_add", customer.pk, **MAX)
    contact = customer.contacts.get(name="Max Roth")
    assert (contact.email, contact.role, contact.language, contact.note) == (MAX["email"], "approver", "de", "mornings")
    assert "Contact added." in page.text
    assert customer.events.filter(kind="contact").count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Enter the person's name"),
        ({"email": "max"}, "This is not an e-mail address"),
        ({"role": "boss"}, "boss"),
        ({"language": "sv"}, "sv"),
    ],
)
def test_says_what_is_wrong_with_a_contact(alice, customer, wrong, words):
    page = post(alice, "contact_add", customer.pk, **{**MAX, **wrong})
    assert words in page.text
    assert customer.contacts.count() == 1


def test_takes_an_address_once(alice, customer):
    page = post(alice, "contact_add", customer.pk, **{**MAX, "email": customer.customer.contact_email})
    assert "has this e-mail address already" in page.text
    added(customer)
    other = customer.contacts.first()
    page = post(alice, "contact_change", customer.pk, other.pk, **MAX)
    assert "has this e-mail address already" in page.text


def test_keeps_the_record_and_the_first_contact_the_same(alice, customer):
    first = customer.contacts.get()
    post(alice, "contact_change", customer.pk, first.pk, **MAX)
    record = Customer.objects.get(pk=customer.customer_id)
    assert (record.contact_name, record.contact_email) == ("Max Roth", MAX["email"])
    customer.refresh_from_db()
    records.update_customer(customer, actor=builders.person(), contact_name="Ida", contact_email="ida@x.example")
    assert list(customer.contacts.values_list("name", "email")) == [("Ida", "ida@x.example")]


def test_refuses_a_record_whose_contact_is_another_one(customer):
    added(customer)
    with pytest.raises(base.Refused, match="has this e-mail"):
        records.update_customer(customer, actor=builders.person(), contact_name="X", contact_email=MAX["email"])


def test_removes_a_contact_with_the_open_link(alice, customer):
    contact = added(customer)
    link, _token = contacts.link_by_hand(contact, actor=builders.person())
    post(alice, "contact_remove", customer.pk, contact.pk)
    link.refresh_from_db()
    assert (link.condition(), link.contact, link.contact_name) == ("revoked", None, "Max Roth")
    assert customer.contacts.count() == 1


def test_passes_the_record_on_when_the_first_contact_leaves(alice, customer):
    added(customer)
    post(alice, "contact_remove", customer.pk, customer.contacts.first().pk)
    assert Customer.objects.get(pk=customer.customer_id).contact_name == "Max Roth"


def test_keeps_the_last_contact(alice, customer):
    page = post(alice, "contact_remove", customer.pk, customer.contacts.get().pk)
    assert "needs one contact" in page.text
    assert customer.contacts.count() == 1


def test_shows_a_new_link_once_and_keeps_it_nowhere(alice, customer):
    contact = added(customer)
    answer = alice.post(reverse("contact_link", args=[customer.pk, contact.pk]))
    [token] = set(ADDRESS.findall(answer.content.decode()))
    assert Link.objects.get(token_hash=digest(token)).contact == contact
    assert "no-store" in answer["Cache-Control"]
    assert token not in repr([*Link.objects.values(), *customer.events.values()])
    assert token not in alice.get(reverse("contacts", args=[customer.pk])).content.decode()


def test_ends_only_the_same_contacts_earlier_link(alice, customer):
    contact = added(customer)
    first, _token = links.issue_link(customer, actor=builders.person())
    old, _token = contacts.link_by_hand(contact, actor=builders.person())
    alice.post(reverse("contact_link", args=[customer.pk, contact.pk]))
    for link in (first, old):
        link.refresh_from_db()
    assert (first.condition(), old.condition()) == ("open", "revoked")


def test_shows_when_a_link_was_opened_and_used(alice, customer):
    first, _token = links.issue_link(customer, actor=builders.person())
    second, _token = contacts.link_by_hand(added(customer), actor=builders.person())
    Link.objects.filter(pk=first.pk).update(seen_at=timezone.now())
    Link.objects.filter(pk=second.pk).update(used_at=timezone.now())
    text = read(alice.get(reverse("contacts", args=[customer.pk]))).text
    assert "opened" in text
    assert "used" in text


def test_ends_the_links_of_an_address_that_was_wrong(alice, customer):
    contact = added(customer)
    link, _token = contacts.link_by_hand(contact, actor=builders.person())
    post(alice, "contact_change", customer.pk, contact.pk, **{**MAX, "email": "maximilian@contoso.example"})
    link.refresh_from_db()
    assert link.condition() == "revoked"


def test_drafts_the_first_letter_with_a_link(alice, customer):
    at_consent(customer)
    page = post(alice, "contact_link", customer.pk, customer.contacts.get().pk, how="letter")
    letter = customer.letters.get()
    assert letter.state == "draft"
    assert page.url.endswith(reverse("letter", args=[customer.pk, letter.pk]))


def test_sends_a_new_link_in_one_click_when_a_letter_was_released_before(alice, customer):
    at_consent(customer)
    contact = customer.contacts.get()
    letter = letters.write(customer, contact, "invitation", rule="test", draft=False)
    yesterday = timezone.localdate() - timedelta(days=1)
    Letter.objects.filter(pk=letter.pk).update(state="sent", day=yesterday, sent_on=yesterday)
    customer.steps.filter(key="customer").update(answer={"confirmed_tenant": TENANT})
    page = post(alice, "contact_link", customer.pk, contact.pk, how="letter")
    assert "being sent, with a new link" in page.text
    assert customer.letters.exclude(pk=letter.pk).get().state == "approved"


def test_writes_no_second_letter_that_day(alice, customer):
    at_consent(customer)
    contact = customer.contacts.get()
    letter = letters.write(customer, contact, "reminder", rule="test", draft=False)
    Letter.objects.filter(pk=letter.pk).update(state="sent", sent_on=timezone.localdate())
    page = read(alice.get(reverse("contacts", args=[customer.pk])))
    assert "already got an e-mail today" in page.text
    assert "E-mail a link" not in page.text
    assert "Create a link to send yourself" in page.text
    page = post(alice, "contact_link", customer.pk, contact.pk, how="letter")
    assert "already got an e-mail today" in page.text
    assert customer.letters.count() == 1


def test_writes_no_letter_with_a_link_when_there_is_nothing_to_approve(alice, customer):
    stand(customer, "connection", TOKEN_NEEDED)
    page = read(alice.get(reverse("contacts", args=[customer.pk])))
    assert "nothing to approve" in page.text
    assert "E-mail a link" not in page.text
    page = post(alice, "contact_link", customer.pk, customer.contacts.get().pk, how="letter")
    assert "nothing to approve" in page.text
    assert not customer.letters.exists()


def test_lets_a_stranger_see_and_do_nothing(charlie, customer):
    contact = customer.contacts.get()
    for method, name, args in [
        ("get", "contacts", []),
        ("post", "contact_add", []),
        ("get", "contact_change", [contact.pk]),
        ("post", "contact_change", [contact.pk]),
        ("post", "contact_remove", [contact.pk]),
        ("post", "contact_link", [contact.pk]),
    ]:
        answer = getattr(charlie, method)(reverse(name, args=[customer.pk, *args]), MAX)
        assert answer.status_code == 404, name
    assert customer.contacts.count() == 1
    assert not customer.links.exists()


def test_knows_no_contact_of_another_customer(alice, customer):
    other = builders.onboarding()
    foreign = other.contacts.get()
    for name in ("contact_change", "contact_remove", "contact_link"):
        assert alice.post(reverse(name, args=[customer.pk, foreign.pk]), MAX).status_code == 404
    assert not Link.objects.exists()
    assert Contact.objects.filter(pk=foreign.pk, name="Eva Berg").exists()


def test_escapes_what_was_typed(alice, customer):
    added(customer, name="<script>alert(1)</script>", note="<b>")
    html = alice.get(reverse("contacts", args=[customer.pk])).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html
