"""Writing to the customer at once, from what they are asked for: to the right contact, in their language, once."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.core import mail as outgoing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from onboarding.customers import contacts, outbox, records
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Broken, Court
from onboarding.mail import delivery
from onboarding.models import Contact, Letter, Onboarding
from tests import builders

from .crowd import at_once
from .desk import TOKEN_NEEDED, open_record, post, stand

pytestmark = pytest.mark.django_db

TENANT = "11111111-2222-4333-8444-555555555555"
NOBODY = Asking(say("Nobody is in scope."), Court.CUSTOMER, code="nobody_in_scope")
LINK_SENT = Asking(say("Not opened yet."), Court.CUSTOMER, code="link_sent")


def waiting(customer: Onboarding, verdict: Asking | Broken = NOBODY, key: str = "scope") -> Onboarding:
    """It waits for the customer."""
    return stand(customer, key, verdict, customer={"tenant_id": TENANT, "domain": customer.customer.domains[0]})


def named(customer: Onboarding, name: str, role: str, language: str = "en") -> Contact:
    return contacts.add_contact(
        customer, actor=builders.person(), name=name, email=f"{name}@x.example".lower(), role=role, language=language
    )


def write(client, customer: Onboarding):
    return post(client, "letter_write", customer.pk)


def test_writes_from_the_cause_to_who_can_end_it_in_their_language(alice, customer):
    otto = named(customer, "Otto", "sso_owner", "de")
    waiting(customer)
    record = open_record(alice, customer)
    assert "Write to Otto" in record.text
    assert "owner of the SSO application · Deutsch" in record.text
    page = write(alice, customer)
    letter = customer.letters.get()
    assert page.url.endswith(reverse("letter", args=[customer.pk, letter.pk]))
    assert (letter.contact, letter.kind, letter.state, letter.language) == (otto, "request", "draft", "de")
    assert page.form(having="text").fields["text"].value.strip() == letter.text
    assert "Ihrer Haiilo-Anwendung ist noch niemand zugewiesen." in letter.text
    assert "Cloudanwendungsadministrator" in letter.text
    assert "[link]" not in letter.text
    assert outgoing.outbox == []


def test_sends_what_was_edited_and_says_so_in_the_timeline(alice, customer):
    waiting(customer)
    write(alice, customer)
    letter = customer.letters.get()
    post(alice, "letter_release", customer.pk, letter.pk, subject="Hello Eva", text="Please assign the group Sales.")
    delivery.send_released()
    [sent] = outgoing.outbox
    assert (sent.subject, sent.body) == ("Hello Eva", "Please assign the group Sales.")
    said = [(str(event.sentence), event.actor) for event in customer.events.filter(kind="letter").order_by("pk")]
    assert said[0] == ("Draft to Eva Berg: request", builders.person())
    assert said[-1] == ("Sent to Eva Berg: request", None)


def test_opens_the_draft_that_is_there_instead_of_a_second_one(alice, bob, customer):
    waiting(customer)
    first = write(alice, customer)
    assert write(bob, customer).url == first.url
    assert customer.letters.count() == 1
    record = open_record(bob, customer)
    assert "A draft to Eva Berg" in record.text
    assert "Write to" not in record.text
    assert record.text.count("Review the draft") == 1
    assert "Draft to review:" not in record.text


@pytest.mark.django_db(transaction=True)
def test_makes_one_draft_of_twenty_presses_by_two_people():
    made = waiting(builders.onboarding())
    builders.portfolio(builders.person("bob"))
    people = [builders.person(name) for name in ("alice", "bob")]
    results = at_once(*(partial(outbox.write_to, made, actor=people[number % 2]) for number in range(20)))
    letter = made.letters.get()
    assert results == [letter] * 20
    assert made.events.filter(kind="letter").count() == 1


def test_tells_when_and_to_whom_it_was_written_last(alice, customer):
    waiting(customer)
    write(alice, customer)
    letter = customer.letters.get()
    outbox.release(letter, actor=builders.person())
    assert "E-mail about this: Eva Berg · to be sent" in open_record(alice, customer).text
    delivery.send_released()
    assert "Last e-mail about this: Eva Berg ·" in open_record(alice, customer).text
    page = write(alice, customer)
    assert "An e-mail about this was sent today already." in page.text
    assert customer.letters.count() == 1
    yesterday = timezone.localdate() - timedelta(days=1)
    customer.letters.update(day=yesterday, sent_on=yesterday)
    write(alice, customer)
    assert sorted(customer.letters.values_list("state", flat=True)) == ["draft", "sent"]


def test_writes_about_another_cause_on_the_same_day(alice, customer):
    waiting(customer)
    write(alice, customer)
    outbox.release(customer.letters.get(), actor=builders.person())
    delivery.send_released()
    lost = Broken(say("No access."), Court.CUSTOMER, "ConsentMissing")
    waiting(customer, lost, "mappings")
    write(alice, customer)
    letter = customer.letters.get(state="draft")
    assert letter.waiting_on == "mappings:ConsentMissing"
    assert "[link]" in letter.text
    assert "Last e-mail about this" not in open_record(alice, customer).text


def test_writes_again_what_was_discarded(alice, customer):
    waiting(customer)
    write(alice, customer)
    outbox.cancel(customer.letters.get(), actor=builders.person())
    assert "Write to Eva Berg" in open_record(alice, customer).text
    write(alice, customer)
    assert customer.letters.get().state == "draft"


def test_says_where_no_contact_has_the_role_and_leads_to_adding_one(alice, customer):
    waiting(customer)
    customer.contacts.update(role="sponsor")
    record = open_record(alice, customer)
    assert "None of the contacts has the role for this." in record.text
    assert "owner of the SSO application, IT admin." in record.text
    assert (f"http://testserver{reverse('contacts', args=[customer.pk])}", "Add a contact") in record.links
    assert "Write to" not in record.text
    assert "None of the contacts has the role for this." in write(alice, customer).text
    assert not customer.letters.exists()


def test_invites_first_and_asks_from_then_on(alice, customer):
    waiting(customer, LINK_SENT, "consent")
    write(alice, customer)
    letter = customer.letters.get()
    assert (letter.kind, "[link]" in letter.text) == ("invitation", True)
    outbox.release(letter, actor=builders.person(), tenant=TENANT)
    delivery.send_released()
    waiting(customer, LINK_SENT, "consent")
    write(alice, customer)
    again = customer.letters.get(state="draft")
    assert again.kind == "request"
    assert "this one replaces it" in again.text


def test_offers_nothing_where_it_is_our_turn_or_nothing_goes_on(alice, customer):
    stand(customer, "connection", TOKEN_NEEDED)
    assert "Write to" not in open_record(alice, customer).text
    assert "Nothing is asked of the customer at the moment." in write(alice, customer).text
    waiting(customer)
    records.pause(customer, actor=builders.person())
    assert "Write to" not in open_record(alice, customer).text
    write(alice, customer)
    assert not customer.letters.exists()


def test_is_for_members_and_by_post_only(alice, charlie, customer):
    waiting(customer)
    address = reverse("letter_write", args=[customer.pk])
    assert alice.get(address).status_code == 405
    assert charlie.post(address).status_code == 404
    assert not Letter.objects.exists()


def test_costs_the_same_however_much_was_written(alice, customer):
    waiting(customer)
    path = reverse("record", args=[customer.pk])
    alice.get(path)
    with CaptureQueriesContext(connection) as few:
        alice.get(path)
    for number in range(12):
        day = timezone.localdate() - timedelta(days=number + 1)
        about = {"waiting_on": "scope:nobody_in_scope", "contact": customer.contacts.get(), "kind": "request"}
        at = timezone.now() - timedelta(days=number + 1)
        Letter.objects.create(onboarding=customer, state="sent", day=day, to_email="e@x.example", sent_at=at, **about)
    with CaptureQueriesContext(connection) as many:
        alice.get(path)
    assert len(many) == len(few)


@pytest.mark.parametrize(("verdict", "key", "told"), [(NOBODY, "scope", False), (LINK_SENT, "consent", True)])
def test_explains_the_place_of_the_link_only_where_there_is_one(alice, customer, verdict, key, told):
    waiting(customer, verdict, key)
    assert ("[link] stands for the personal link" in write(alice, customer).text) == told
