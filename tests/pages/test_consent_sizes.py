"""The round trip with the application that the customer's size names, and no other."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from onboarding.models import Customer
from tests.graphclient.entra import CLIENT, TENANT

from .visitor import Visitor, invited, query_of

pytestmark = pytest.mark.django_db
STANDARD = "5b1d2f8e-6c1f-4a55-9d53-0c9a4be3a6ff"


@pytest.fixture
def visitor(visitor: Visitor, settings: Settings) -> Visitor:
    """Microsoft knows the scoped application only: its ID tokens are for that one."""
    settings.ENTRA_CLIENT_ID, settings.ENTRA_SCOPED_CLIENT_ID = STANDARD, CLIENT
    return visitor


def test_signs_in_and_consents_with_the_application_of_the_size(visitor):
    invitation = invited(consent_size="scoped")
    begun = visitor.client.post(invitation.begin_path)
    assert query_of(begun["Location"])["client_id"] == CLIENT
    on = visitor.signed_in(visitor.entra.visit(begun["Location"]))
    assert query_of(on["Location"])["client_id"] == CLIENT
    visitor.granted({"admin_consent": "True", "tenant": TENANT, "state": query_of(on["Location"])["state"]})
    assert invitation.is_granted
    assert [attempt.consent_size for attempt in invitation.attempts()] == ["scoped"]


def test_uses_the_standard_application_for_everybody_else(visitor):
    begun = visitor.client.post(invited().begin_path)
    assert query_of(begun["Location"])["client_id"] == STANDARD


def test_ends_with_the_application_it_was_begun_with(visitor):
    """The record may be changed while the admin is at Microsoft; the answer then counts for the old size only."""
    invitation = invited(consent_size="scoped")
    back = visitor.begin(invitation)
    Customer.objects.update(consent_size="standard")
    on = visitor.signed_in(back)
    assert query_of(on["Location"])["client_id"] == CLIENT
    assert [attempt.consent_size for attempt in invitation.attempts()] == ["scoped"]
