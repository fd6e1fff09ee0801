"""The outbox: drafts to read and release, what was sent, and what was not."""

from __future__ import annotations

import pytest
from django.core import mail as outgoing
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Court
from onboarding.mail import delivery, letters
from onboarding.models import Letter, Onboarding
from tests import builders

from .desk import post, read, stand

pytestmark = pytest.mark.django_db

TENANT = "11111111-2222-4333-8444-555555555555"
NO_LINK = Asking(say("Send the link."), Court.CS, code="no_link")
FAULTS = [("Dear Eva", "has lost its"), ("", "A letter needs a text")]
ACTS = ("letter_release", "letter_retry", "letter_cancel")


@pytest.fixture
def draft(settings: Settings, customer: Onboarding) -> Letter:
    """The invitation of alice's customer."""
    settings.WEEKEND_MAIL = True
    stand(customer, "consent", NO_LINK, customer={"tenant_id": TENANT, "domain": customer.customer.domains[0]})
    [letter] = letters.write_due(customer.pk, now=timezone.now())
    return letter


def test_shows_the_draft_with_its_text_and_the_tenant(alice, draft):
    page = read(alice.get(reverse("letter", args=[draft.onboarding_id, draft.pk])))
    assert "[link]" in page.form(having="text").fields["text"].value
    assert TENANT in page.text
    assert "Release this letter" in page.text


def test_releases_a_draft_with_the_tenant_confirmed(alice, draft):
    page = post(alice, "letter_release", draft.onboarding_id, draft.pk, tenant=TENANT, confirmed="yes")
    assert "Released." in page.text
    delivery.send_released()
    assert len(outgoing.outbox) == 1
    state = draft.onboarding.steps.get(key="customer")
    assert state.answer["confirmed_tenant"] == TENANT
    page = read(alice.get(reverse("letter", args=[draft.onboarding_id, draft.pk])))
    assert "sent" in page.text
    assert "Release this letter" not in page.text


@pytest.mark.parametrize("data", [{}, {"tenant": TENANT}, {"tenant": "another", "confirmed": "yes"}])
def test_releases_nothing_without_the_tenant_confirmed(alice, draft, data):
    post(alice, "letter_release", draft.onboarding_id, draft.pk, **data)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_keeps_what_a_person_writes_into_the_draft(alice, draft):
    post(alice, "letter", draft.onboarding_id, draft.pk, subject="Hello", text="Dear Eva,\r\n\r\n[link]")
    draft.refresh_from_db()
    assert (draft.subject, draft.text, draft.state) == ("Hello", "Dear Eva,\n\n[link]", "draft")
    assert "Dear Eva," in draft.html


def test_releases_what_stands_on_the_page_saved_or_not(alice, draft):
    words = {"subject": "Hello", "text": "Dear Eva, one more thing.\r\n\r\n[link]"}
    post(alice, "letter_release", draft.onboarding_id, draft.pk, tenant=TENANT, confirmed="yes", **words)
    delivery.send_released()
    [sent] = outgoing.outbox
    assert sent.subject == "Hello"
    assert sent.body.startswith("Dear Eva, one more thing.")


@pytest.mark.parametrize(("text", "words"), FAULTS)
def test_releases_nothing_that_is_not_good_enough(alice, draft, text, words):
    data = {"tenant": TENANT, "confirmed": "yes", "subject": "Hello", "text": text}
    page = post(alice, "letter_release", draft.onboarding_id, draft.pk, **data)
    assert words in page.text
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_leads_from_the_record_and_the_contact_to_the_draft(alice, draft):
    address = "http://testserver" + reverse("letter", args=[draft.onboarding_id, draft.pk])
    for name in ("record", "contacts", "outbox"):
        page = read(alice.get(reverse(name, args=[draft.onboarding_id])))
        assert address in [href for href, _text in page.links], name


def test_says_on_any_step_that_a_letter_waits(alice, draft):
    stand(draft.onboarding, "connection", Asking(say("Enter the token."), Court.CS, code="token_needed"))
    page = read(alice.get(reverse("record", args=[draft.onboarding_id])))
    assert f"A letter waits for you to read it: {draft.subject}" in page.text
    Letter.objects.filter(pk=draft.pk).update(state="sent")
    assert "A letter waits" not in read(alice.get(reverse("record", args=[draft.onboarding_id]))).text


def test_says_first_how_many_wait_to_be_read(alice, draft):
    assert "One letter waits for you to read it" in read(alice.get(reverse("outbox"))).text
    Letter.objects.filter(pk=draft.pk).update(state="sent")
    assert "waits for you to read it" not in read(alice.get(reverse("outbox"))).text


@pytest.mark.parametrize(("text", "words"), FAULTS)
def test_says_what_is_wrong_with_the_draft(alice, draft, text, words):
    page = post(alice, "letter", draft.onboarding_id, draft.pk, subject="Hello", text=text)
    assert words in page.text
    draft.refresh_from_db()
    assert "[link]" in draft.text


def test_withdraws_a_draft(alice, draft):
    post(alice, "letter_cancel", draft.onboarding_id, draft.pk)
    draft.refresh_from_db()
    assert draft.state == "cancelled"
    page = post(alice, "letter_release", draft.onboarding_id, draft.pk, tenant=TENANT, confirmed="yes")
    assert "no draft any more" in page.text


@pytest.mark.parametrize(("state", "words"), [("failed", "It was not sent"), ("unknown", "Nobody knows whether")])
def test_shows_the_reason_and_tries_again(alice, draft, state, words):
    Letter.objects.filter(pk=draft.pk).update(state=state, error="550 <b>no such mailbox</b>")
    answer = alice.get(reverse("letter", args=[draft.onboarding_id, draft.pk]))
    page = read(answer)
    assert words in page.text
    assert "550 <b>no such mailbox</b>" in page.text
    assert "<b>no such" not in answer.content.decode()
    post(alice, "letter_retry", draft.onboarding_id, draft.pk)
    draft.refresh_from_db()
    assert (draft.state, draft.error) == ("approved", "")


def test_tries_no_letter_again_that_was_sent(alice, draft):
    Letter.objects.filter(pk=draft.pk).update(state="sent")
    page = post(alice, "letter_retry", draft.onboarding_id, draft.pk)
    assert "Only a letter that was not sent" in page.text


def test_lists_the_letters_of_one_customer_and_of_all(alice, draft):
    other = stand(builders.onboarding(name="Fabrikam"), "consent", NO_LINK)
    letters.write(other, other.contacts.get(), "reminder", rule="test", draft=True)
    everywhere = read(alice.get(reverse("outbox"))).text
    assert "Fabrikam" in everywhere
    assert draft.subject in everywhere
    here = read(alice.get(reverse("outbox", args=[draft.onboarding_id]))).text
    assert draft.subject in here
    assert "Fabrikam" not in here
    sent = read(alice.get(reverse("outbox") + "?show=sent")).text
    assert "No letters here" in sent


def test_pages_through_many_letters(alice, draft, django_assert_max_num_queries):
    Letter.objects.bulk_create(
        Letter(onboarding=draft.onboarding, to_name="Eva", to_email="e@x.example", kind="reminder", day="2027-01-01")
        for _number in range(70)
    )
    with django_assert_max_num_queries(8):
        page = read(alice.get(reverse("outbox")), reverse("outbox"))
    [older] = [href for href, text in page.links if text == "Older letters"]
    assert draft.subject not in page.text
    assert draft.subject in read(alice.get(older)).text


def test_lets_a_stranger_see_and_do_nothing(charlie, draft):
    args = [draft.onboarding_id, draft.pk]
    assert charlie.get(reverse("outbox", args=[draft.onboarding_id])).status_code == 404
    assert charlie.get(reverse("letter", args=args)).status_code == 404
    assert charlie.post(reverse("letter", args=args), {"subject": "x", "text": "[link]"}).status_code == 404
    for name in ACTS:
        assert charlie.post(reverse(name, args=args), {"tenant": TENANT, "confirmed": "yes"}).status_code == 404
    assert draft.subject not in charlie.get(reverse("outbox")).content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_knows_no_letter_of_another_customer(alice, draft):
    other: Onboarding = builders.onboarding()
    assert alice.get(reverse("letter", args=[other.pk, draft.pk])).status_code == 404
    for name in ACTS:
        assert alice.post(reverse(name, args=[other.pk, draft.pk])).status_code == 404


@pytest.mark.parametrize("name", ACTS)
def test_acts_on_post_only(alice, draft, name):
    assert alice.get(reverse(name, args=[draft.onboarding_id, draft.pk])).status_code == 405
