"""Who asks: full name, e-mail address and telephone number of staff, wherever a customer reads or writes."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core import mail as outgoing
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from onboarding.customers import links
from onboarding.mail import delivery
from onboarding.models import Onboarding, StaffContact, asker_of
from tests import builders
from tests.engine import drafts

from .desk import open_record, read

Make = Callable[..., User]
PHONE = "+49 (40) 555-0142"


@pytest.fixture
def make(db: None, tmp_path: Path) -> Make:
    """Run the command for mara."""
    path = tmp_path / "password"
    path.write_text("correct horse battery staple")

    def run(*flags: str) -> User:
        account = ("--user-name", "mara", "--password-file", str(path), "--portfolio", "Customer success")
        call_command("add_staff", *account, *flags, stdout=StringIO())
        return User.objects.get(username="mara")

    return run


@pytest.fixture
def mara(make: Make) -> User:
    return make("--name", "Mara von  Berg", "--email", "mara@haiilo.example", "--phone", PHONE)


@pytest.fixture
def customer(mara: User, settings: Settings) -> Onboarding:
    """A customer of mara's, whose letters go on every day."""
    settings.WEEKEND_MAIL = True
    return drafts.at_consent(drafts.NO_LINK, owner=mara)


def test_keeps_what_the_command_is_not_told(make: Make, mara: User) -> None:
    told = asker_of(make())
    assert (told.name, told.email, told.phone) == ("Mara von Berg", "mara@haiilo.example", PHONE)
    assert told.dial == "+49405550142"
    assert asker_of(make("--phone", "040 1234")).reach == "mara@haiilo.example, 040 1234"


@pytest.mark.parametrize(
    ("flag", "given"),
    [
        ("--name", " "),
        ("--name", "Mara\x07 Berg"),
        ("--name", "x" * 151),
        ("--email", "mara"),
        ("--email", "mara@haiilo.example\nBcc: x@y.example"),
        ("--phone", "call me"),
        ("--phone", "12"),
        ("--phone", "1" * 41),
    ],
)
def test_refuses_what_customers_could_not_use(make: Make, flag: str, given: str) -> None:
    with pytest.raises(CommandError, match=flag):
        make(flag, given)
    assert not User.objects.filter(username="mara").exists()


def test_says_the_user_name_where_nothing_else_is_known(db: None) -> None:
    user = User.objects.create_user("mara")
    assert (asker_of(user).name, asker_of(user).reach) == ("mara", "")
    assert asker_of(None).name == ""


def test_answers_to_a_letter_reach_who_asks(customer: Onboarding) -> None:
    letter = drafts.released(customer)
    delivery.send_released()
    [message] = outgoing.outbox
    assert letter.to_email in message.to[0]
    assert message.reply_to == ["Mara von Berg <mara@haiilo.example>"]
    assert "it reaches Mara von Berg at Haiilo (mara@haiilo.example). By phone: +49 (40) 555-0142." in message.body


def test_a_letter_of_somebody_without_a_telephone_names_none(customer: Onboarding, mara: User) -> None:
    StaffContact.objects.filter(user=mara).delete()
    drafts.released(customer)
    delivery.send_released()
    assert "By phone" not in outgoing.outbox[0].body


def test_tells_who_asks_on_the_link_page_and_in_the_message_to_forward(
    client: Client, customer: Onboarding, mara: User
) -> None:
    _link, token = links.issue_link(customer, actor=mara)
    page = read(client.get(reverse("link", args=[token])))
    assert f"Requested by Mara von Berg at Haiilo, mara@haiilo.example . By phone: {PHONE}" in page.text
    assert ("tel:+49405550142", PHONE) in page.links
    assert f"sent by Mara von Berg at Haiilo (mara@haiilo.example, {PHONE})" in page.html


@pytest.mark.parametrize("view", ["record", "security_pack"])
def test_tells_who_looks_after_the_customer(client: Client, customer: Onboarding, mara: User, view: str) -> None:
    client.force_login(mara)
    page = read(client.get(reverse(view, args=[customer.pk])))
    assert "Mara von Berg, mara@haiilo.example" in page.text
    assert PHONE in page.text


def test_shows_a_colleague_who_looks_after_the_customer(alice: Client, customer: Onboarding) -> None:
    builders.portfolio(builders.person("alice"))
    assert "Mara von Berg" in open_record(alice, customer).text
