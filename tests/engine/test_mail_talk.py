"""Letters in a real conversation with a mail server: what is tried again, what ends, and what nobody can know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings as ours
from django.db import OperationalError
from django.test import override_settings
from django.utils import timezone
from pytest_django import Settings

from onboarding.causes import mail as causes
from onboarding.invites import links
from onboarding.mail import delivery
from onboarding.models import Letter, Onboarding
from tests.engine import mail_server
from tests.engine.drafts import at_consent, fresh, released
from tests.narrow import present

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_day")]

LATER = [
    ("closed", causes.LATER, "421 no service now"),
    ("drops", causes.UNREACHABLE, "closed"),
    ("silent", causes.UNREACHABLE, "timed out"),
    ("greylists", causes.LATER, "451 come back in a while"),
    ("drops at rcpt", causes.UNREACHABLE, "closed"),
    ("hangs at rcpt", causes.UNREACHABLE, "timed out"),
    ("busy", causes.LATER, "451 later"),
]
NEVER = [
    ("gone", causes.REFUSED, "554 no service here"),
    ("refuses", causes.ADDRESS, "550 no such mailbox"),
    ("spam", causes.REFUSED, "554 not wanted here"),
]
UNSURE = ["cuts", "hangs", "mumbles"]
HANG = {"silent", "hangs at rcpt", "hangs"}


@pytest.fixture
def smtp(settings: Settings) -> Iterator[mail_server.MailServer]:
    """A mail server on loopback that does as the test says."""
    with mail_server.serving() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def send_while(smtp: mail_server.MailServer, mood: str) -> None:
    """One run while the server is in this mood; who waits for a server that hangs does not wait long."""
    smtp.mood = mood
    with override_settings(EMAIL_TIMEOUT=0.3 if mood in HANG else 20):
        delivery.send_released()
    smtp.mood = "takes"


def ago(letter: Letter, since: timedelta) -> None:
    """As if the letter had been tried first so long ago, and its next try were due: by the database's clock too, which
    is known to some milliseconds on a busy machine.
    """
    now = timezone.now() - timedelta(seconds=1)
    Letter.objects.filter(pk=letter.pk).update(first_tried_at=now - since, next_try_at=now)


def said(made: Onboarding) -> list[str]:
    return [str(event.sentence) for event in made.events.filter(kind__in=["letter", "link"]).order_by("pk")]


def test_hands_the_letter_to_a_mail_server(smtp):
    letter = released(at_consent())
    delivery.send_released()
    assert fresh(letter).state == "sent"
    [received] = smtp.received
    assert "multipart/alternative" in received
    assert "/l/" in received


def test_takes_no_offence_at_a_rude_goodbye(smtp):
    letter = released(at_consent())
    send_while(smtp, "rude")
    assert fresh(letter).state == "sent"


@pytest.mark.parametrize(("mood", "cause", "words"), LATER)
def test_comes_back_when_the_server_says_later(smtp, mood, cause, words):
    made = at_consent()
    letter = released(made)
    send_while(smtp, mood)
    letter = fresh(letter)
    assert (letter.state, letter.tries, letter.cause) == ("approved", 1, cause)
    assert words in letter.error
    assert (letter.sent_on, letter.claimed_at, letter.link) == (None, None, None)
    assert not made.links.exists()
    assert timedelta(seconds=50) < present(letter.next_try_at) - timezone.now() <= timedelta(minutes=1)
    assert [line.split(" ")[0] for line in said(made)[-1:]] == ["Not"]
    assert smtp.received == []
    # Not before its time; then it goes, once, and says no more of its trouble.
    delivery.send_released()
    delivery.send(letter.pk)
    assert smtp.received == []
    ago(letter, timedelta(minutes=1))
    delivery.send_released()
    letter = fresh(letter)
    assert (letter.state, letter.error, letter.cause, letter.next_try_at) == ("sent", "", None, None)
    assert len(smtp.received) == 1
    assert present(letter.link).condition() == "open"


def test_comes_back_when_there_is_no_server(smtp, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    letter = released(at_consent())
    delivery.send_released()
    assert (fresh(letter).state, fresh(letter).cause) == ("approved", causes.UNREACHABLE)
    settings.EMAIL_PORT = port
    ago(letter, timedelta(minutes=1))
    delivery.send_released()
    assert fresh(letter).state == "sent"


@pytest.mark.parametrize(("mood", "cause", "words"), NEVER)
def test_ends_with_the_reason_when_the_server_says_never(smtp, mood, cause, words):
    letter = released(at_consent())
    send_while(smtp, mood)
    letter = fresh(letter)
    assert (letter.state, letter.cause, letter.next_try_at) == ("failed", cause, None)
    assert words in letter.error
    delivery.send_released()
    assert smtp.received == []


@pytest.mark.parametrize("mood", UNSURE)
def test_never_sends_again_by_itself_what_may_have_been_delivered(smtp, mood):
    letter = released(at_consent())
    send_while(smtp, mood)
    letter = fresh(letter)
    assert (letter.state, letter.cause, letter.next_try_at) == ("unknown", causes.PERHAPS_SENT, None)
    assert letter.sent_on == timezone.localdate()
    delivery.send_released()
    assert smtp.received == []


def test_lets_its_tries_grow_apart_and_gives_up_after_a_day(smtp):
    made = at_consent()
    letter = released(made)
    pauses: list[int] = []
    for hours in (0, 0.1, 1, 5, 12, 23.9):
        if pauses:
            ago(letter, timedelta(hours=hours))
        send_while(smtp, "greylists")
        letter = fresh(letter)
        pauses.append(round((present(letter.next_try_at) - timezone.now()).total_seconds() / 60))
    assert pauses == [1, 5, 15, 60, 60, 60]
    assert letter.tries == 6
    ago(letter, timedelta(hours=24))
    send_while(smtp, "greylists")
    letter = fresh(letter)
    assert (letter.state, letter.cause) == ("failed", causes.GIVEN_UP)
    assert "451 come back" in letter.error
    # One line for the first try and one for the end, however often it was tried; the link is told once.
    assert [line.split(" ")[0] for line in said(made)] == ["Draft", "E-mail", "Link", "Not", "Could"]
    assert not made.links.open().exists()


def test_withdraws_a_letter_whose_reason_is_over_before_it_is_tried_again(smtp):
    made = at_consent()
    letter = released(made)
    send_while(smtp, "greylists")
    Onboarding.objects.filter(pk=made.pk).update(current_key="live", current_kind="done")
    ago(letter, timedelta(minutes=1))
    delivery.send_released()
    assert fresh(letter).state == "cancelled"
    assert smtp.received == []


def test_begins_no_more_letters_while_the_server_hangs(smtp, monkeypatch):
    monkeypatch.setattr(delivery, "BEGIN_NONE_AFTER", 0.2)
    first, second = released(at_consent()), released(at_consent())
    send_while(smtp, "silent")
    assert [fresh(each).tries for each in (first, second)] == [1, 0]
    # The next run begins with the one that has not been tried.
    send_while(smtp, "silent")
    assert [fresh(each).tries for each in (first, second)] == [1, 1]
    assert ours.EMAIL_TIMEOUT <= 20


def test_tries_a_letter_again_that_failed_here_before_it_was_handed_over(smtp, monkeypatch):
    theirs, others = released(at_consent()), released(at_consent())
    make = links.make

    def fail(contact, **given):
        if contact.pk == theirs.contact_id:
            raise RuntimeError(f"a name: {contact.name}")
        return make(contact, **given)

    monkeypatch.setattr(links, "make", fail)
    delivery.send_released()
    assert [fresh(each).state for each in (theirs, others)] == ["approved", "sent"]
    assert (fresh(theirs).cause, fresh(theirs).error) == (causes.OURS, "RuntimeError")
    monkeypatch.undo()
    ago(theirs, timedelta(minutes=1))
    delivery.send_released()
    assert fresh(theirs).state == "sent"


def test_takes_a_busy_database_for_nothing_tried(smtp, monkeypatch):
    theirs, others = released(at_consent()), released(at_consent())
    make = links.make

    def busy(contact, **given):
        if contact.pk == theirs.contact_id:
            raise OperationalError("canceling statement due to lock timeout")
        return make(contact, **given)

    monkeypatch.setattr(links, "make", busy)
    delivery.send_released()
    assert [fresh(each).state for each in (theirs, others)] == ["approved", "sent"]
    assert (fresh(theirs).tries, fresh(theirs).trouble, fresh(theirs).sent_on) == (0, "", None)
    monkeypatch.undo()
    delivery.send_released()
    assert fresh(theirs).state == "sent"
