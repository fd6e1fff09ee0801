"""The page for the customer's security reviewer."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from onboarding.models import Link

from .visitor import invited, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation():
    return invited()


@pytest.fixture
def path(invitation):
    return reverse("security_pack_by_link", args=[invitation.token])


def test_is_linked_from_the_link_page_and_needs_no_sign_in(client, invitation, path):
    assert f'href="{path}"' in text_of(client.get(invitation.path))
    page = client.get(path)
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert invitation.fresh().condition() == "open"


def test_says_what_a_reviewer_asks(client, invitation, path):
    text = text_of(client.get(path))
    customer = invitation.onboarding.customer
    for permission in customer.size.permissions:
        assert permission.name in text
    for words in ("<svg", customer.haiilo_host, "alice@haiilo.example", "Enterprise applications"):
        assert words in text
    assert text.count("as in your contract with Haiilo") == 4


def test_tells_what_the_settings_say(client, path, settings):
    settings.SECURITY_CONTACT, settings.DATA_REGION = "security@haiilo.example", "Frankfurt"
    settings.RETENTION_DAYS, settings.SUBPROCESSORS = 90, ["Hoster A", "Mailer B"]
    text = text_of(client.get(path))
    for words in ("security@haiilo.example", "Frankfurt", "deleted 90 days after", "Hoster A, Mailer B"):
        assert words in text
    assert "as in your contract" not in text


def test_is_there_for_staff_of_the_portfolio_only(alice, charlie, invitation):
    address = reverse("security_pack", args=[invitation.onboarding.pk])
    assert "For your security review" in text_of(alice.get(address))
    assert charlie.get(address).status_code == 404


def test_ends_with_the_link(client, path):
    Link.objects.update(revoked_at=timezone.now())
    assert client.get(path).status_code == 410
    assert client.get(reverse("security_pack_by_link", args=["x" * 43])).status_code == 404
