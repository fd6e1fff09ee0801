"""Who came back from Microsoft without an approval signs in again at once, without looking for the link."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from .visitor import Invitation, Visitor, text_of

pytestmark = pytest.mark.django_db
DECLINED = {"error": "consent_required", "error_description": "AADSTS65004: declined"}


@pytest.fixture
def back(visitor: Visitor, invitation: Invitation) -> Visitor:
    """A browser whose admin has just declined."""
    visitor.granted({**visitor.consent(invitation), **DECLINED})
    return visitor


def test_leads_back_to_microsoft_by_the_link_that_the_browser_came_with(back, invitation):
    answer = back.client.post(reverse("link_begin_again"))
    assert answer.status_code == 302
    assert back.signed_in(back.entra.visit(answer["Location"])).status_code == 302
    assert [attempt.error for attempt in invitation.attempts()] == ["declined", ""]


def test_does_nothing_for_a_browser_that_did_not_come_back(invitation):
    page = Client().post(reverse("link_begin_again"))
    assert page.status_code == 404
    assert "has not approved anything here" in text_of(page)
    assert invitation.attempts() == []


def test_begins_nothing_by_an_address_alone(back, invitation):
    assert back.client.get(reverse("link_begin_again")).status_code == 404
    assert len(invitation.attempts()) == 1


def test_offers_no_way_round_a_link_that_was_revoked(back, invitation):
    type(invitation.link).objects.filter(pk=invitation.link.pk).update(revoked_at=invitation.link.created_at)
    page = back.client.post(reverse("link_begin_again"))
    assert page.status_code != 302
    assert len(invitation.attempts()) == 1
