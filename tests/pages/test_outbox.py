"""The outbox: drafts to read and release, what was sent, and what was not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as outgoing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from onboarding.customers import outbox
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Court
from onboarding.mail import delivery, letters
from onboarding.models import Letter, LetterCheck, Onboarding
from onboarding.web.stuck_mail import customers_with_stuck_mail
from tests import builders

from .desk import post, read, stand

pytestmark = pytest.mark.django_db

TENANT = "11111111-2222-4333-8444-555555555555"
NO_LINK = Asking(say("Send the link."), Court.CS, code="no_link")
FAULTS = [("Dear Eva", "no longer contains"), ("", "Enter a text")]
ACTS = ("letter_release", "letter_retry", "letter_settle", "letter_cancel")


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
    assert "Sends the text above." in page.text


def test_releases_a_draft_with_the_tenant_confirmed(alice, draft):
    page = post(alice, "letter_release", draft.onboarding_id, draft.pk, tenant=TENANT, confirmed="yes")
    assert "Being sent now" in page.text
    delivery.send_released()
    assert len(outgoing.outbox) == 1
    state = draft.onboarding.steps.get(key="customer")
    assert state.answer["confirmed_tenant"] == TENANT
    page = read(alice.get(reverse("letter", args=[draft.onboarding_id, draft.pk])))
    assert "sent" in page.text
    assert "Sends the text above." not in page.text


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


@pytest.mark.parametrize("name", ["letter", "letter_release"])
@pytest.mark.parametrize("typed", [True, False])
def test_takes_no_words_from_a_page_that_a_colleague_has_overtaken(alice, draft, name, typed):
    page = read(alice.get(reverse("letter", args=[draft.onboarding_id, draft.pk])))
    shown = {key: field.value for key, field in page.form(having="text").fields.items() if key in ("words", "subject")}
    text = "Dear Eva.\n\n[link]" if typed else draft.text
    builders.portfolio(builders.person("bob"))
    outbox.edit(draft, actor=builders.person("bob"), subject="Hello", text="Bob's words.\n\n[link]")
    data = {**shown, "text": text, "tenant": TENANT, "confirmed": "yes"}
    assert "The e-mail was changed meanwhile." in post(alice, name, draft.onboarding_id, draft.pk, **data).text
    draft.refresh_from_db()
    assert (draft.state, draft.text) == ("draft", "Bob's words.\n\n[link]")


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
    assert f"Draft to review: {draft.subject}" in page.text
    Letter.objects.filter(pk=draft.pk).update(state="sent")
    assert "Draft to review" not in read(alice.get(reverse("record", args=[draft.onboarding_id]))).text


def test_says_first_how_many_wait_to_be_read(alice, draft):
    assert "1 draft to review" in read(alice.get(reverse("outbox"))).text
    Letter.objects.filter(pk=draft.pk).update(state="sent")
    assert "draft to review" not in read(alice.get(reverse("outbox"))).text


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
    assert "no longer a draft" in page.text


@pytest.mark.parametrize(("state", "words"), [("failed", "Not sent."), ("unknown", "We cannot tell whether")])
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


def put_off(draft: Letter, hours: float = 2, **fields: object) -> None:
    """Let the mail server have put the letter off for so long."""
    now = timezone.now()
    given = {"state": "approved", "tries": 3, "trouble": "mail_later", "error": "451 greylisted", **fields}
    times = {"first_tried_at": now - timedelta(hours=hours), "next_try_at": now + timedelta(minutes=9)}
    Letter.objects.filter(pk=draft.pk).update(**given, **times)


def test_shows_when_a_letter_is_tried_again_and_tries_it_now(alice, draft):
    put_off(draft)
    page = read(alice.get(reverse("letter", args=[draft.onboarding_id, draft.pk])))
    for words in ("asks us to come back later", "Next try:", "tried 3 times", "451 greylisted", "Try now"):
        assert words in page.text
    post(alice, "letter_retry", draft.onboarding_id, draft.pk)
    draft.refresh_from_db()
    assert (draft.state, draft.tries, draft.next_try_at, draft.trouble) == ("approved", 0, None, "")


def test_sends_again_to_the_address_that_was_corrected(alice, draft):
    Letter.objects.filter(pk=draft.pk).update(state="failed", trouble="mail_address")
    page = read(alice.get(reverse("letter", args=[draft.onboarding_id, draft.pk])))
    assert "Not sent. The mail server takes no e-mail for this address." in page.text
    draft.onboarding.contacts.update(name="Eva Right", email="right@contoso.example")
    post(alice, "letter_retry", draft.onboarding_id, draft.pk)
    draft.refresh_from_db()
    assert (draft.to_name, draft.to_email) == ("Eva Right", "right@contoso.example")


@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_settles_a_letter_that_somebody_has_seen_to(alice, draft, state):
    Letter.objects.filter(pk=draft.pk).update(state=state)
    assert draft.subject in read(alice.get(reverse("outbox") + "?show=trouble")).text
    page = post(alice, "letter_settle", draft.onboarding_id, draft.pk)
    assert "Marked as settled." in page.text
    assert draft.subject not in read(alice.get(reverse("outbox") + "?show=trouble")).text
    assert draft.subject in read(alice.get(reverse("outbox"))).text
    draft.refresh_from_db()
    assert draft.state == state
    assert "Nothing is open about this e-mail." in post(alice, "letter_settle", draft.onboarding_id, draft.pk).text


@pytest.mark.parametrize(
    ("fields", "hours", "stuck"),
    [
        ({"state": "failed"}, 0, True),
        ({"state": "unknown"}, 0, True),
        ({}, 2, True),
        ({}, 0.5, False),
        ({"trouble": "mail_ours"}, 0, True),
        ({"state": "sent"}, 2, False),
        ({"state": "cancelled"}, 2, False),
        ({"state": "failed", "to_email": ""}, 2, False),
    ],
)
def test_says_everywhere_alike_what_is_stuck(alice, draft, fields, hours, stuck):
    put_off(draft, hours=hours, **fields)
    listed = draft.subject in read(alice.get(reverse("outbox") + "?show=trouble")).text
    on_board = "Problems with e-mails to 1 customer" in read(alice.get(reverse("board"))).text
    record = read(alice.get(reverse("record", args=[draft.onboarding_id])))
    address = "http://testserver" + reverse("letter", args=[draft.onboarding_id, draft.pk])
    assert (listed, on_board, (address, draft.subject) in record.links) == (stuck, stuck, stuck)


def test_says_nothing_of_stuck_letters_to_a_customer_at_rest(alice, draft):
    Letter.objects.filter(pk=draft.pk).update(state="failed")
    Onboarding.objects.filter(pk=draft.onboarding_id).update(state="paused")
    for name, args in (("board", []), ("record", [draft.onboarding_id])):
        text = read(alice.get(reverse(name, args=args))).text
        assert "Problems with e-mails" not in text
        assert "not sent" not in text.replace("perhaps not sent", "")


def test_tells_of_stuck_letters_to_members_only(charlie, draft):
    Letter.objects.filter(pk=draft.pk).update(state="failed")
    LetterCheck.objects.create(onboarding=draft.onboarding, code="KeyError", failing_since=timezone.now())
    assert "Problems with e-mails" not in read(charlie.get(reverse("board"))).text
    assert "KeyError" not in read(charlie.get(reverse("outbox"))).text


def test_says_where_we_fail_to_write_letters(alice, draft):
    Letter.objects.all().delete()
    LetterCheck.objects.create(onboarding=draft.onboarding, code="KeyError", failing_since=timezone.now())
    assert "Problems with e-mails to 1 customer" in read(alice.get(reverse("board"))).text
    for name, args in (("record", [draft.onboarding_id]), ("outbox", []), ("outbox", [draft.onboarding_id])):
        text = read(alice.get(reverse(name, args=args))).text
        assert "The dashboard itself fails when it writes e-mails to this customer" in text
        assert "KeyError" in text


def test_counts_each_customer_once_in_one_query(alice, draft):
    for number in range(3):
        Letter.objects.create(
            onboarding=draft.onboarding,
            kind="reminder",
            state="failed",
            to_email=f"e{number}@x.example",
            day="2027-01-01",
        )
    other = stand(builders.onboarding(name="Fabrikam"), "consent", NO_LINK)
    for made in (draft.onboarding, other):
        LetterCheck.objects.create(onboarding=made, code="KeyError", failing_since=timezone.now())
    mine = Onboarding.objects.for_user(builders.person())
    with CaptureQueriesContext(connection) as asked:
        assert customers_with_stuck_mail(mine) == 2
    assert len(asked) == 1


def test_tries_no_letter_again_that_was_sent(alice, draft):
    Letter.objects.filter(pk=draft.pk).update(state="sent")
    page = post(alice, "letter_retry", draft.onboarding_id, draft.pk)
    assert "Only an e-mail that was not sent" in page.text


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
    assert "No e-mails here" in sent


def test_pages_through_many_letters(alice, draft, django_assert_max_num_queries):
    Letter.objects.bulk_create(
        Letter(onboarding=draft.onboarding, to_name="Eva", to_email="e@x.example", kind="reminder", day="2027-01-01")
        for _number in range(70)
    )
    with django_assert_max_num_queries(8):
        page = read(alice.get(reverse("outbox")), reverse("outbox"))
    [older] = [href for href, text in page.links if text == "Older e-mails"]
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
