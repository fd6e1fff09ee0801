"""Letters on their way to the mail server: at most once, with a fresh link that is kept nowhere."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail as outgoing
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from onboarding import tasks
from onboarding.customers import base, contacts, links, outbox
from onboarding.mail import delivery, letters
from onboarding.models import ConsentAttempt, Contact, Event, Letter, Link, Onboarding, StepState
from onboarding.models.link import digest
from tests import builders
from tests.engine.drafts import TENANT, at_consent, fresh, released, released_by_hand, tokens
from tests.narrow import instance, present

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_day")]


def test_sends_a_released_letter_with_a_fresh_link():
    made = at_consent()
    letter = released(made)
    delivery.send_released()
    [message] = outgoing.outbox
    [token] = set(tokens(message))
    link = Link.objects.get(token_hash=digest(token))
    assert message.to == [f"Eva Berg <{made.customer.contact_email}>"]
    assert message.reply_to == [f"alice <{builders.owner_of(made).email}>"]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    [(content, kind)] = instance(EmailMultiAlternatives, message).alternatives
    assert kind == "text/html"
    assert f'href="http://localhost:8000/l/{token}/"' in str(content)
    assert (link.contact, link.condition()) == (letter.contact, "open")
    assert fresh(letter).state == "sent"
    assert fresh(letter).link == link


def test_keeps_the_token_nowhere(caplog):
    made = at_consent()
    released(made)
    caplog.set_level("DEBUG")
    delivery.send_released()
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
    owner = builders.owner_of(made)
    other = contacts.add_contact(made, actor=owner, name="Max", email="max@contoso.example", role="approver")
    theirs, _token = contacts.link_by_hand(other, actor=owner)
    mine, _token = links.issue_link(made, actor=owner)
    letter = letters.write(made, base.first_contact(made), "invitation", rule="test", draft=True)
    outbox.release(letter, actor=owner, tenant=TENANT)
    delivery.send_released()
    assert [Link.objects.get(pk=link.pk).condition() for link in (mine, theirs)] == ["revoked", "open"]


def test_leaves_a_line_for_each_turn_of_a_letter():
    made = at_consent()
    released(made)
    delivery.send_released()
    said = [str(event.sentence) for event in made.events.filter(kind="letter").order_by("pk")]
    assert [line.split(" ")[0] for line in said] == ["Draft", "E-mail", "Sent"]
    assert all("invitation" in line and "Eva Berg" in line for line in said)


def test_sends_nothing_twice_however_often_it_is_rung():
    letter = released(at_consent())
    for _ring in range(3):
        delivery.send_released()
        tasks.send_letters()
        delivery.send(letter.pk)
    assert len(outgoing.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_makes_one_mail_of_twenty_parallel_sends():
    letter = released(at_consent())
    outgoing.outbox.clear()
    start = threading.Barrier(20)

    def send(_number: int) -> None:
        start.wait()
        try:
            delivery.send(letter.pk)
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
            letters.write(made, base.first_contact(made), "invitation", rule="test", draft=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(write, range(20)))
    assert made.letters.count() == 1


def test_sends_no_second_mail_to_an_address_that_day():
    made = at_consent()
    released(made)
    delivery.send_released()
    second = letters.write(made, base.first_contact(made), "reminder", rule="test", draft=False)
    delivery.send_released()
    delivery.send(second.pk)
    assert len(outgoing.outbox) == 1
    assert fresh(second).state == "approved"
    Letter.objects.exclude(pk=second.pk).update(sent_on=timezone.localdate() - timedelta(days=1))
    delivery.send_released()
    assert len(outgoing.outbox) == 2


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
def breaks(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    settings.EMAIL_BACKEND = f"{__name__}.Breaks"

    def how(*, at_opening: Exception | None = None, at_sending: Exception | None = None) -> None:
        monkeypatch.setattr(Breaks, "at_opening", at_opening)
        monkeypatch.setattr(Breaks, "at_sending", at_sending)

    return how


REFUSED = smtplib.SMTPRecipientsRefused({"eva@contoso.example": (550, b"no such mailbox")})


@pytest.mark.parametrize(
    ("how", "state", "words"),
    [
        ({"at_opening": smtplib.SMTPAuthenticationError(535, b"bad password")}, "failed", "535 bad password"),
        ({"at_sending": REFUSED}, "failed", "550 no such mailbox"),
        ({"at_sending": smtplib.SMTPDataError(554, b"spam")}, "failed", "554 spam"),
        ({"at_sending": ValueError("an address with a line break")}, "failed", "line break"),
        ({}, "failed", "took nothing"),
        ({"at_sending": smtplib.SMTPServerDisconnected("gone")}, "unknown", "gone"),
        ({"at_sending": TimeoutError("too late")}, "unknown", "too late"),
        ({"at_sending": ConnectionResetError(104, "reset")}, "unknown", "reset"),
    ],
)
def test_says_why_a_letter_was_not_sent(breaks, how, state, words):
    made = at_consent()
    before, _token = links.issue_link(made, actor=builders.owner_of(made))
    letter = released_by_hand(made)
    breaks(**how)
    delivery.send_released()
    letter = fresh(letter)
    assert letter.state == state
    assert words in letter.error
    assert present(letter.cause).code.startswith("mail_")
    # The earlier link goes on; a link that certainly reached nobody is closed, and none is made without a mail server.
    assert Link.objects.get(pk=before.pk).condition() == "open"
    if "at_opening" not in how:
        assert present(letter.link).condition() == ("revoked" if state == "failed" else "open")
    assert (letter.sent_on is None) == (state == "failed")
    delivery.send_released()
    assert fresh(letter).state == state


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"at_opening": ConnectionRefusedError(111, "refused")}, "refused"),
        ({"at_opening": socket.gaierror(-2, "unknown name")}, "unknown name"),
        ({"at_opening": smtplib.SMTPServerDisconnected("no word")}, "no word"),
        ({"at_opening": smtplib.SMTPConnectError(421, b"too many")}, "421 too many"),
        ({"at_sending": smtplib.SMTPDataError(451, b"later")}, "451 later"),
    ],
)
def test_tries_a_letter_again_that_was_not_taken_yet(breaks, how, words):
    made = at_consent()
    before, _token = links.issue_link(made, actor=builders.owner_of(made))
    letter = released_by_hand(made)
    breaks(**how)
    delivery.send_released()
    letter = fresh(letter)
    assert (letter.state, letter.tries, letter.sent_on) == ("approved", 1, None)
    assert words in letter.error
    assert present(letter.next_try_at) > timezone.now()
    # Nothing is left of a link that has reached nobody.
    assert [link.pk for link in made.links.all()] == [before.pk]
    assert Link.objects.get(pk=before.pk).condition() == "open"


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
    delivery.send_released()
    assert seen
    assert "bad address /l/••••••/" in fresh(letter).error


def test_tries_again_when_a_person_says_so(breaks, settings):
    letter = released(at_consent())
    backend = "django.core.mail.backends.locmem.EmailBackend"
    breaks(at_sending=REFUSED)
    delivery.send_released()
    assert fresh(letter).state == "failed"
    settings.EMAIL_BACKEND = backend
    outbox.retry(fresh(letter), actor=builders.owner_of(letter.onboarding))
    delivery.send_released()
    assert fresh(letter).state == "sent"
    assert len(outgoing.outbox) == 1


def test_says_that_it_does_not_know_when_a_worker_died():
    letter = released(at_consent())
    assert delivery._claim(letter.pk) is not None
    delivery.send_released()
    assert fresh(letter).state == "sending"
    Letter.objects.update(claimed_at=timezone.now() - delivery.GIVEN_UP_AFTER - timedelta(seconds=1))
    delivery.send_released()
    assert fresh(letter).state == "unknown"
    delivery.send_released()
    assert outgoing.outbox == []


def test_goes_on_with_others_when_one_letter_is_broken():
    first, second = released(at_consent()), released(at_consent())
    Letter.objects.filter(pk=first.pk).update(subject="x", text="[link]")
    Contact.objects.filter(pk=present(first.contact_id)).delete()
    delivery.send_released()
    assert [fresh(each).state for each in (first, second)] == ["failed", "sent"]
