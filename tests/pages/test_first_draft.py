"""The first e-mail to a customer is drafted with the customer, and stays until the approval is there."""

from __future__ import annotations

import pytest
from django.core import mail as outgoing
from django.urls import reverse
from pytest_django import Settings

from onboarding import tasks
from onboarding.causes.clouds import OTHER_CLOUD
from onboarding.customers import outbox
from onboarding.customers.base import Refused
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Court, Done, Verdict
from onboarding.mail import compose, delivery
from onboarding.models import Letter, Onboarding
from tests import builders
from tests.stored import Stored

from .desk import open_record, post, read, stand
from .test_customer_form import GOOD

pytestmark = pytest.mark.django_db

TENANT = "11111111-2222-4333-8444-555555555555"
NO_LINK = Asking(say("Send the link."), Court.CS, code="no_link")
UNKNOWN_DOMAINS = Asking(say("No tenant is known."), Court.CS, code="domains_unknown")


@pytest.fixture
def made(settings: Settings) -> Onboarding:
    """A new customer of alice's; no step was looked at yet."""
    settings.WEEKEND_MAIL = True
    return builders.onboarding(drafted=True)


def at(made: Onboarding, key: str, verdict: Verdict) -> Onboarding:
    return stand(made, key, verdict, customer={"tenant_id": TENANT, "domain": made.customer.domains[0]})


def test_is_there_as_soon_as_the_customer_is(alice):
    page = post(alice, "customer_new", **GOOD)
    letter = Letter.objects.get()
    assert (letter.kind, letter.state, letter.to_email) == ("invitation", "draft", GOOD["contact_email"])
    assert "Please open your personal link" in letter.text
    assert "Global Administrator or Privileged Role Administrator" in letter.text
    assert (f"http://testserver{reverse('letter', args=[letter.onboarding_id, letter.pk])}", letter.title) in page.links
    assert outgoing.outbox == []


@pytest.mark.parametrize("verdict", [None, UNKNOWN_DOMAINS])
def test_waits_for_the_tenant_to_be_known(alice, made, verdict):
    if verdict is not None:
        stand(made, "customer", verdict)
    tasks.remind()
    letter = made.letters.get()
    assert letter.state == "draft"
    assert "Please open your personal link" in letter.text
    assert "is not known yet" in read(alice.get(reverse("letter", args=[made.pk, letter.pk]))).text
    with pytest.raises(Refused, match="Confirm first"):
        outbox.release(letter, actor=builders.person())


def test_goes_nowhere_while_the_tenant_is_in_another_cloud(alice, made):
    stand(made, "customer", Asking(say("The tenant is in Azure China."), Court.CS, code=OTHER_CLOUD.code))
    letter = made.letters.get()
    page = post(alice, "letter_release", made.pk, letter.pk, tenant=TENANT, confirmed="yes")
    assert "The domains now lead to another tenant." in page.text
    with pytest.raises(Refused, match="Azure China"):
        outbox.release(letter, actor=builders.person())


def test_is_the_one_letter_about_the_approval(alice, made):
    at(made, "consent", NO_LINK)
    tasks.remind()
    letter = made.letters.get()
    record = open_record(alice, made)
    assert "A draft to Eva Berg" in record.text
    assert "Draft to review:" not in record.text
    outbox.release(letter, actor=builders.person(), tenant=TENANT)
    delivery.send_released()
    tasks.remind()
    assert made.letters.get().state == "sent"
    [sent] = outgoing.outbox
    assert "/l/" in str(sent.body)


def test_goes_once_the_tenant_is_confirmed_though_the_approval_was_not_looked_at_yet(made):
    builders.done(made, customer={"tenant_id": TENANT, "domain": made.customer.domains[0]})
    outbox.release(made.letters.get(), actor=builders.person(), tenant=TENANT)
    delivery.send_released()
    assert len(outgoing.outbox) == 1


def test_is_discarded_once_the_approval_is_there_and_keeps_no_other_letter_back(made):
    at(made, "live", Done(Stored({"created": 1}), say("It runs.")))
    tasks.remind()
    assert made.letters.get(kind="invitation").state == "cancelled"
    tasks.remind()
    assert made.letters.get(kind="completion").state == "draft"


def test_stays_as_a_person_has_changed_it(made):
    letter = made.letters.get()
    outbox.edit(letter, actor=builders.person(), subject="Hello", text="Dear Eva,\n\n[link]")
    at(made, "consent", NO_LINK)
    tasks.remind()
    letter.refresh_from_db()
    assert (letter.state, letter.text) == ("draft", "Dear Eva,\n\n[link]")


def test_keeps_no_customer_from_being_created_where_it_cannot_be_written(monkeypatch):
    monkeypatch.setitem(compose.SUBJECTS, "invitation", "%(nobody)s")
    made = builders.onboarding(drafted=True)
    letter = made.letters.get()
    assert (letter.state, letter.is_unwritten) == ("failed", True)
