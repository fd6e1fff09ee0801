"""Letters from the draft to the mail server: at most once, with a fresh link kept nowhere, and only while due."""

from __future__ import annotations

import re
import smtplib
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.message import Message

import pytest
from django.core import mail as outgoing
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.utils import timezone

from onboarding import invitations, letters, mail, outbox, services, standings, tasks
from onboarding.models import ConsentAttempt, Contact, Event, Letter, Link, Onboarding, StepState
from onboarding.models.link import digest
from onboarding.verdicts import Asking, Court, Done, Waiting
from onboarding.words import say
from tests import builders
from tests.pages.desk import people, stand

pytestmark = pytest.mark.django_db

TENANT = "11111111-2222-4333-8444-555555555555"
ADDRESS = re.compile(r"http://localhost:8000/l/([\w-]{20,})/")
HOSTILE = "<img src=x onerror=alert(1)>\"'&[link]"
NO_LINK = Asking(say("Send the link."), Court.CS, code="no_link")
LINK_SENT = Asking(say("Not opened yet."), Court.CUSTOMER, code="link_sent")
NOBODY = Asking(say("Nobody is in scope."), Court.CUSTOMER, code="nobody_in_scope")
State = Letter.State


@pytest.fixture(autouse=True)
def every_day(settings):
    """These tests run on Sundays, too."""
    settings.WEEKEND_MAIL = True


def at_consent(verdict=NO_LINK, **fields) -> Onboarding:
    made = builders.onboarding(**fields)
    return stand(made, "consent", verdict, customer={"tenant_id": TENANT, "domain": made.customer.domains[0]})


def drafted(made: Onboarding) -> Letter:
    [letter] = letters.write_due(made.pk, now=timezone.now())
    return letter


def released(made: Onboarding) -> Letter:
    letter = drafted(made)
    outbox.release(letter, actor=made.customer.owner, tenant=TENANT)
    return fresh(letter)


def fresh(letter: Letter) -> Letter:
    return Letter.objects.get(pk=letter.pk)


def tokens(message: Message | outgoing.EmailMessage) -> list[str]:
    return ADDRESS.findall(message.body)


def long_ago(made: Onboarding, days: int) -> None:
    """As if nothing had moved, and nothing been written, for some days."""
    made.refresh_from_db()
    made.current_since -= timedelta(days=days)
    made.save()
    for letter in made.letters.all():
        letter.day -= timedelta(days=days)
        letter.sent_on = letter.sent_on and letter.sent_on - timedelta(days=days)
        letter.save()


# The words


def test_drafts_the_invitation_for_customer_success_to_read():
    made = at_consent()
    tasks.remind()
    letter = made.letters.get()
    assert (letter.kind, letter.state, letter.to_email) == ("invitation", "draft", made.customer.contact_email)
    assert "[link]" in letter.text
    assert "Global Administrator or Privileged Role Administrator" in letter.text
    mail.send_released()
    assert outgoing.outbox == []


@pytest.mark.parametrize("language", ["en", "de", "fi"])
@pytest.mark.parametrize("kind", Letter.Kind.values)
def test_writes_each_kind_in_each_language(kind, language):
    made = at_consent(LINK_SENT)
    contact = invitations.add_contact(
        made, actor=made.customer.owner, name="Max", email="max@contoso.example", role="sponsor", language=language
    )
    letter = letters.write(made, contact, kind, rule="test", draft=True)
    assert letter.language == language
    assert f'lang="{language}"' in letter.html
    assert made.customer.name in letter.subject
    assert "Max" in letter.text
    assert "%(" not in letter.subject + letter.text
    assert "{" not in letter.text


def test_tells_in_a_letter_who_must_do_what_with_which_right():
    made = stand(builders.onboarding(), "scope", NOBODY)
    services.update_customer(made, actor=made.customer.owner, name="Contoso")
    owner = invitations.add_contact(
        made, actor=made.customer.owner, name="Otto", email="otto@contoso.example", role="sso_owner"
    )
    long_ago(made, 4)
    letter = drafted(made)
    assert (letter.contact, letter.kind) == (owner, "reminder")
    assert "Nobody is assigned to your Haiilo application yet" in letter.text
    assert "Cloud Application Administrator" in letter.text
    assert "[link]" not in letter.text


def test_asks_the_sponsor_and_names_whom_we_asked():
    made = at_consent()
    sponsor = invitations.add_contact(
        made, actor=made.customer.owner, name="Sara", email="sara@contoso.example", role="sponsor"
    )
    released(made)
    mail.send_released()
    stand(made, "consent", LINK_SENT)
    long_ago(made, 8)
    Letter.objects.filter(onboarding=made).update(day=timezone.localdate() - timedelta(days=1))
    Letter.objects.filter(onboarding=made).update(sent_on=timezone.localdate() - timedelta(days=1))
    letter = drafted(made)
    assert (letter.contact, letter.kind, letter.state) == (sponsor, "escalation", "approved")
    assert made.customer.contact_email in letter.text
    assert "[link]" not in letter.text


def test_reports_the_numbers_at_live():
    made = stand(builders.onboarding(), "live", Done(), scope={"total": 5})
    people(made, 3)
    people(made, 1, result="failed")
    letter = drafted(made)
    assert letter.kind == "completion"
    assert "3 of 5 people" in letter.text
    assert "Not created yet: 1" in letter.text
    assert "3 people" in letter.subject


def test_escapes_what_customers_and_tenants_wrote():
    made = at_consent(LINK_SENT, contact_name=HOSTILE, name=HOSTILE)
    verdict = Asking(say("%(app)s is missing.", app=HOSTILE), Court.CUSTOMER, code="no_application")
    stand(made, "sso_application", verdict)
    letter = letters.write(made, services.first_contact(made), "reminder", rule="test", draft=True)
    assert "<img" in letter.text
    assert "<img" not in letter.html
    assert "&lt;img" in letter.html
    assert "[link]" not in letter.text
    assert "\n" not in letter.subject


def test_loads_nothing_from_anywhere_and_counts_no_readers():
    letter = drafted(at_consent())
    assert not re.search(r"(?i)<(img|link|script|style|iframe|object)|src=|style=|url\(|background=", letter.html)


# Sending


def test_sends_a_released_letter_with_a_fresh_link():
    made = at_consent()
    letter = released(made)
    mail.send_released()
    [message] = outgoing.outbox
    [token] = set(tokens(message))
    link = Link.objects.get(token_hash=digest(token))
    assert message.to == [f"Eva Berg <{made.customer.contact_email}>"]
    assert message.reply_to == [made.customer.owner.email]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    assert f'href="http://localhost:8000/l/{token}/"' in html
    assert (link.contact, link.condition()) == (letter.contact, "open")
    assert fresh(letter).state == "sent"
    assert fresh(letter).link == link


def test_keeps_the_token_nowhere(caplog):
    made = at_consent()
    released(made)
    caplog.set_level("DEBUG")
    mail.send_released()
    [token] = set(tokens(outgoing.outbox[0]))
    kept = [
        list(model.objects.values()) for model in (Letter, Link, Event, StepState, Onboarding, Contact, ConsentAttempt)
    ]
    assert token not in repr(kept)
    assert token not in caplog.text
    letter = made.letters.get()
    assert "••••••" in letter.html
    assert "[link]" in letter.text


def test_ends_the_earlier_link_of_this_contact_and_of_no_other():
    made = at_consent()
    owner = made.customer.owner
    other = invitations.add_contact(made, actor=owner, name="Max", email="max@contoso.example", role="approver")
    theirs, _token = invitations.link_by_hand(other, actor=owner)
    mine, _token = services.issue_link(made, actor=owner)
    letter = letters.write(made, services.first_contact(made), "invitation", rule="test", draft=True)
    outbox.release(letter, actor=owner, tenant=TENANT)
    mail.send_released()
    assert [Link.objects.get(pk=link.pk).condition() for link in (mine, theirs)] == ["revoked", "open"]


def test_leaves_a_line_for_each_turn_of_a_letter():
    made = at_consent()
    released(made)
    mail.send_released()
    said = [str(event.sentence) for event in made.events.filter(kind="letter").order_by("pk")]
    assert [line.split(" ")[0] for line in said] == ["Drafted", "Released", "Sent"]
    assert all("invitation" in line and "Eva Berg" in line for line in said)


def test_sends_nothing_twice_however_often_it_is_rung():
    released(at_consent())
    for _ring in range(3):
        mail.send_released()
        tasks.send_letters()
    assert len(outgoing.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_makes_one_mail_of_twenty_parallel_sends():
    letter = released(at_consent())
    outgoing.outbox.clear()
    start = threading.Barrier(20)

    def send(_number: int) -> None:
        start.wait()
        try:
            mail.send(letter.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(send, range(20)))
    assert len(outgoing.outbox) == 1
    assert fresh(letter).state == "sent"


@pytest.mark.django_db(transaction=True)
def test_writes_one_letter_when_twenty_write_at_once():
    made = at_consent()
    start = threading.Barrier(20)

    def write(_number: int) -> None:
        start.wait()
        try:
            letters.write(made, services.first_contact(made), "invitation", rule="test", draft=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(write, range(20)))
    assert made.letters.count() == 1


def test_sends_no_second_mail_to_an_address_that_day():
    made = at_consent()
    released(made)
    mail.send_released()
    second = letters.write(made, services.first_contact(made), "reminder", rule="test", draft=False)
    mail.send_released()
    mail.send(second.pk)
    assert len(outgoing.outbox) == 1
    assert fresh(second).state == "approved"
    Letter.objects.exclude(pk=second.pk).update(sent_on=timezone.localdate() - timedelta(days=1))
    mail.send_released()
    assert len(outgoing.outbox) == 2


# Only while it is due


def test_stops_when_the_state_changes_before_it_goes():
    made = at_consent()
    letter = released(made)
    stand(made, "readiness", Waiting(say("Looking."), timedelta(seconds=9)), consent={"tenant_id": TENANT})
    mail.send_released()
    assert outgoing.outbox == []
    assert fresh(letter).state == "cancelled"


def test_withdraws_a_draft_whose_reason_is_over():
    made = at_consent()
    letter = drafted(made)
    stand(made, "readiness", Waiting(say("Looking."), timedelta(seconds=9)), consent={"tenant_id": TENANT})
    tasks.remind()
    assert fresh(letter).state == "cancelled"
    assert made.letters.count() == 1


def test_holds_letters_while_the_customer_is_paused():
    made = at_consent()
    letter = released(made)
    services.pause(made, actor=made.customer.owner)
    tasks.remind()
    mail.send_released()
    mail.send(letter.pk)
    assert outgoing.outbox == []
    assert fresh(letter).state == "approved"
    services.resume(made, actor=made.customer.owner)
    mail.send_released()
    assert len(outgoing.outbox) == 1


def test_withdraws_what_lies_ready_for_a_closed_customer():
    made = at_consent()
    letter = drafted(made)
    Onboarding.objects.filter(pk=made.pk).update(state="closed")
    tasks.remind()
    assert fresh(letter).state == "cancelled"


def test_sends_no_link_before_the_tenant_is_confirmed():
    made = at_consent()
    letter = drafted(made)
    with pytest.raises(services.Refused, match="Confirm first"):
        outbox.release(letter, actor=made.customer.owner)
    with pytest.raises(services.Refused, match="another tenant"):
        outbox.release(letter, actor=made.customer.owner, tenant="99999999-2222-4333-8444-555555555555")
    assert fresh(letter).state == "draft"


def test_takes_a_letter_back_when_the_domains_lead_elsewhere_now():
    made = at_consent()
    letter = released(made)
    StepState.objects.filter(onboarding=made, key="customer").update(evidence={"tenant_id": "other"})
    mail.send_released()
    assert outgoing.outbox == []
    assert fresh(letter).state == "draft"


def test_waits_while_somebody_is_on_microsofts_pages():
    made = at_consent()
    link, _token = services.issue_link(made, actor=made.customer.owner)
    stand(made, "consent", LINK_SENT)
    long_ago(made, 5)
    attempt = ConsentAttempt.objects.create(link=link, session_hash="s", state_hash="t")
    assert letters.write_due(made.pk, now=timezone.now()) == []
    attempt.delete()
    assert len(letters.write_due(made.pk, now=timezone.now())) == 1


def test_looks_only_at_customers_for_whom_something_may_be_due():
    waiting, working, lying = at_consent(), builders.onboarding(), at_consent()
    drafted(lying)
    assert standings.candidates(timezone.now()) == [waiting.pk]
    assert working.letters.count() == 0


# When it does not work


class Breaks(BaseEmailBackend):
    """A mail server that fails as the test says."""

    at_opening: Exception | None = None
    at_sending: Exception | None = None

    def open(self):
        if self.at_opening:
            raise self.at_opening
        return True

    def send_messages(self, email_messages):
        if self.at_sending:
            raise self.at_sending
        return 0


@pytest.fixture
def breaks(settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.Breaks"

    def how(*, at_opening: Exception | None = None, at_sending: Exception | None = None) -> None:
        monkeypatch.setattr(Breaks, "at_opening", at_opening)
        monkeypatch.setattr(Breaks, "at_sending", at_sending)

    return how


REFUSED = smtplib.SMTPRecipientsRefused({"eva@contoso.example": (550, b"no such mailbox")})


@pytest.mark.parametrize(
    ("how", "state", "words"),
    [
        ({"at_opening": ConnectionRefusedError(111, "refused")}, "failed", "could not be reached"),
        ({"at_opening": socket.gaierror(-2, "unknown name")}, "failed", "could not be reached"),
        ({"at_opening": smtplib.SMTPAuthenticationError(535, b"bad password")}, "failed", "535 bad password"),
        ({"at_sending": REFUSED}, "failed", "550 b'no such mailbox'"),
        ({"at_sending": smtplib.SMTPDataError(554, b"spam")}, "failed", "554 spam"),
        ({}, "failed", "took nothing"),
        ({"at_sending": smtplib.SMTPServerDisconnected("gone")}, "unknown", "gone"),
        ({"at_sending": TimeoutError("too late")}, "unknown", "too late"),
        ({"at_sending": ConnectionResetError(104, "reset")}, "unknown", "reset"),
    ],
)
def test_says_why_a_letter_was_not_sent(breaks, how, state, words):
    made = at_consent()
    before, _token = services.issue_link(made, actor=made.customer.owner)
    letter = released_by_hand(made)
    breaks(**how)
    mail.send_released()
    letter = fresh(letter)
    assert letter.state == state
    assert words in letter.error
    # The earlier link goes on; a link that certainly reached nobody is closed.
    assert Link.objects.get(pk=before.pk).condition() == "open"
    assert letter.link.condition() == ("revoked" if state == "failed" else "open")
    assert (letter.sent_on is None) == (state == "failed")
    mail.send_released()
    assert fresh(letter).state == state


def released_by_hand(made: Onboarding) -> Letter:
    letter = letters.write(made, services.first_contact(made), "invitation", rule="test", draft=True)
    outbox.release(letter, actor=made.customer.owner, tenant=TENANT)
    return letter


def test_tells_nobody_the_token_that_a_mail_server_repeats(breaks, monkeypatch):
    made = at_consent()
    letter = released(made)
    seen = []

    def refuse(self, email_messages):
        [token] = set(tokens(email_messages[0]))
        seen.append(token)
        raise smtplib.SMTPDataError(554, f"bad address /l/{token}/".encode())

    breaks()
    monkeypatch.setattr(Breaks, "send_messages", refuse)
    mail.send_released()
    assert seen
    assert "bad address /l/••••••/" in fresh(letter).error


def test_tries_again_when_a_person_says_so(breaks, settings):
    letter = released(at_consent())
    backend = "django.core.mail.backends.locmem.EmailBackend"
    breaks(at_opening=ConnectionRefusedError())
    mail.send_released()
    assert fresh(letter).state == "failed"
    settings.EMAIL_BACKEND = backend
    outbox.retry(fresh(letter), actor=letter.onboarding.customer.owner)
    mail.send_released()
    assert fresh(letter).state == "sent"
    assert len(outgoing.outbox) == 1


def test_says_that_it_does_not_know_when_a_worker_died():
    letter = released(at_consent())
    assert mail._claim(letter.pk) is not None
    mail.send_released()
    assert fresh(letter).state == "sending"
    Letter.objects.update(claimed_at=timezone.now() - mail.GIVEN_UP_AFTER - timedelta(seconds=1))
    mail.send_released()
    assert fresh(letter).state == "unknown"
    mail.send_released()
    assert outgoing.outbox == []


def test_goes_on_with_others_when_one_letter_is_broken():
    first, second = released(at_consent()), released(at_consent())
    Letter.objects.filter(pk=first.pk).update(subject="x", text="[link]")
    Contact.objects.filter(pk=first.contact_id).delete()
    mail.send_released()
    assert [fresh(each).state for each in (first, second)] == ["failed", "sent"]


def test_keeps_a_draft_that_a_person_has_changed():
    made = at_consent()
    letter = drafted(made)
    owner = made.customer.owner
    outbox.edit(letter, actor=owner, subject="Hello\r\nBcc: x@y.example", text="Please look.\n\n[link]")
    outbox.release(fresh(letter), actor=owner, tenant=TENANT)
    mail.send_released()
    [message] = outgoing.outbox
    assert message.subject == "Hello Bcc: x@y.example"
    assert message.body.startswith("Please look.\n\nhttp://localhost:8000/l/")
    with pytest.raises(services.Refused, match="no draft any more"):
        outbox.edit(fresh(letter), actor=owner, subject="x", text="[link]")


def test_takes_no_draft_that_has_lost_the_place_of_the_link():
    letter = drafted(at_consent())
    with pytest.raises(services.Refused, match="has lost its"):
        outbox.edit(letter, actor=letter.onboarding.customer.owner, subject="x", text="Please look.")
