"""To whom letters can be written, and what has failed before a mail server is reached (public case 18)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string
from email.policy import default
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from onboarding.causes import mail as causes
from onboarding.customers import base, contacts, outbox
from onboarding.mail import compose, delivery
from onboarding.models import Letter, Onboarding
from onboarding.staff.contacts.forms import ContactForm
from tests import builders
from tests.engine import mail_server
from tests.engine.drafts import at_consent, fresh, released
from tests.engine.mail_server import MailServer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_day")]

MUELLER, ASCII = "eva@müller.example", "eva@xn--mller-kva.example"


@contextmanager
def serving(settings: Settings, *, takes_utf8: bool = False) -> Iterator[MailServer]:
    with mail_server.serving(takes_utf8=takes_utf8) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def smtp(settings: Settings) -> Iterator[MailServer]:
    """A mail server as most are: without SMTPUTF8."""
    with serving(settings) as server:
        yield server


def letter_to(email: str, name: str = "Eva Berg", **fields: Any) -> Letter:
    """One that is released, to a contact who was stored as that, whatever a form would say today."""
    made = at_consent(**fields)
    made.contacts.update(email=email, name=name)
    return released(made)


def header(received: str, name: str) -> Any:
    return message_from_string(received, policy=default)[name]


def test_writes_to_a_domain_with_an_umlaut(smtp):
    letter = letter_to(MUELLER)
    delivery.send_released()
    assert (fresh(letter).state, fresh(letter).error) == ("sent", "")
    assert smtp.recipients == [ASCII]
    assert header(smtp.received[0], "To").addresses[0].addr_spec == ASCII


@pytest.mark.parametrize("domain", ["maßbau.example", "MAẞBAU.example", "xn--mabau-mqa.example"])
def test_writes_to_the_domain_that_was_meant(smtp, domain):
    letter_to(f"eva@{domain}")
    delivery.send_released()
    assert smtp.recipients == ["eva@xn--mabau-mqa.example"]


@pytest.mark.parametrize(
    "name",
    [
        "Jörg Ärmel",
        "Дмитрий, Иванов",
        "山田 太郎",
        'Eva "E" <b> (x)',
        "Łukasz; Ż",
        "محمد",
        "Eva\nBcc: all@x.com",
        "a@b.com",
    ],
)
def test_writes_to_people_of_any_name(smtp, name):
    letter = letter_to("eva@contoso.example", name)
    delivery.send_released()
    assert fresh(letter).state == "sent"
    [address] = header(smtp.received[0], "To").addresses
    assert (address.display_name, address.addr_spec) == (" ".join(name.split()), "eva@contoso.example")
    assert smtp.recipients == ["eva@contoso.example"]
    assert header(smtp.received[0], "Bcc") is None


@pytest.mark.parametrize("email", ["eva@contoso..example", "eva@con\u202etoso.example", "eva", "e va@contoso.example"])
def test_has_failed_at_once_where_there_is_no_such_address(smtp, email):
    letter = letter_to(email)
    delivery.send_released()
    letter = fresh(letter)
    assert (letter.state, letter.cause, letter.tries, letter.next_try_at) == ("failed", causes.ADDRESS, 0, None)
    assert letter.onboarding.letters.stuck(letter.created_at).exists() or letter.error
    assert not letter.onboarding.links.exists()
    assert smtp.received == []


def test_goes_once_the_address_is_mended(smtp):
    letter = letter_to("eva@contoso..example")
    delivery.send_released()
    made = letter.onboarding
    actor = builders.owner_of(made)
    contacts.change_contact(made.contacts.get(), actor=actor, email=ASCII)
    outbox.retry(fresh(letter), actor=actor)
    delivery.send_released()
    assert fresh(letter).state == "sent"
    assert smtp.recipients == [ASCII]


@pytest.mark.parametrize(
    "staff", [{"email": "alice@haiilo..example"}, {"email": "alicé@haiilo.example\nBcc: all@x.com"}, {"email": "@"}]
)
def test_blames_not_the_contact_for_an_address_of_ours(smtp, staff):
    letter = letter_to(ASCII)
    User.objects.filter(username="alice").update(**staff)
    delivery.send_released()
    letter = fresh(letter)
    assert (letter.state, letter.cause, letter.error) == ("failed", causes.NOT_COMPOSED, "NotAName")
    assert not letter.onboarding.links.exists()


def test_puts_a_name_of_ours_on_one_line(smtp):
    letter = letter_to(ASCII)
    User.objects.filter(username="alice").update(first_name="Alice\nBcc: all@x.com")
    delivery.send_released()
    assert fresh(letter).state == "sent"
    assert header(smtp.received[0], "Reply-To").addresses[0].display_name == "Alice Bcc: all@x.com"
    assert smtp.recipients == [ASCII]


@pytest.mark.parametrize("sender", ["Haiilo <hi\n@haiilo.example>", "Haiilo <hi@haiilo..ü>"])
def test_says_so_where_the_sender_in_the_settings_is_none(smtp, settings, sender):
    settings.DEFAULT_FROM_EMAIL = sender
    letter = letter_to(ASCII)
    delivery.send_released()
    assert (fresh(letter).state, fresh(letter).cause) == ("failed", causes.NOT_COMPOSED)


def test_sends_from_a_domain_with_an_umlaut(smtp, settings):
    settings.DEFAULT_FROM_EMAIL = "Haiilo Mäil <hi@müller.example>"
    letter_to(ASCII)
    delivery.send_released()
    [sender] = header(smtp.received[0], "From").addresses
    assert (sender.display_name, sender.addr_spec) == ("Haiilo Mäil", "hi@xn--mller-kva.example")


def test_has_failed_whether_or_not_the_mail_server_is_there(smtp, settings):
    settings.EMAIL_PORT = 1
    letter = letter_to("eva@contoso..example")
    delivery.send_released()
    assert fresh(letter).state == "failed"


def test_leaves_the_turn_with_us_after_a_letter_that_failed(smtp):
    """Step Consent must not wait for somebody who has nothing."""
    letter = letter_to("eva@contoso..example")
    Onboarding.objects.update(next_run_at=None or letter.created_at.replace(year=2099))
    delivery.send_released()
    row = Onboarding.objects.get()
    assert row.next_run_at.year < 2099
    assert not row.links.open().exists()


# Letters before the @


def test_needs_a_server_that_takes_letters_before_the_at(smtp):
    letter = letter_to("jörg@müller.example")
    delivery.send_released()
    letter = fresh(letter)
    assert (letter.state, letter.cause) == ("failed", causes.NO_SMTPUTF8)
    assert [link.condition() for link in letter.onboarding.links.all()] == ["revoked"]
    assert smtp.received == []


def test_writes_letters_before_the_at_to_a_server_that_takes_them(settings):
    with serving(settings, takes_utf8=True) as server:
        letter = letter_to("jörg@müller.example", "Jörg Ä")
        delivery.send_released()
        assert (fresh(letter).state, fresh(letter).error) == ("sent", "")
        assert server.recipients == ["jörg@xn--mller-kva.example"]
        [address] = header(server.received[0], "To").addresses
        assert (address.display_name, address.addr_spec) == ("Jörg Ä", "jörg@xn--mller-kva.example")


# The form and the text


@pytest.mark.parametrize(
    "email", ["eva@contoso..example", "eva@contoso", "eva@con\u202etoso.example", "e va@x.com", "ev,a@x.com"]
)
def test_refuses_in_the_form_what_cannot_be_written_to(email):
    form = ContactForm({"name": "Eva", "email": email, "role": "it_admin", "language": "en"})
    assert not form.is_valid()
    assert "email" in form.errors


def test_refuses_a_placeholder_that_nothing_fills():
    letter = outbox_draft()
    for text in ("Hello {{ name }} [link]", "Hello %(name)s [link]", "{% now %} [link]"):
        with pytest.raises(base.Refused, match="Nothing is put in the place of"):
            outbox.edit(letter, actor=builders.owner_of(letter.onboarding), subject="x", text=text)


def outbox_draft() -> Letter:
    made = at_consent()
    return contacts.link_by_letter(made.contacts.get(), actor=builders.owner_of(made))


def test_says_so_when_a_text_of_ours_cannot_be_filled(monkeypatch):
    monkeypatch.setitem(compose.SUBJECTS, Letter.Kind.INVITATION, "For %(nobody)s")
    with pytest.raises(base.Refused, match="fails when it writes"):
        outbox_draft()
    assert not Letter.objects.exists()
