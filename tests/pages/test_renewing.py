"""“Approve again” on the progress page: offered when an approval is what is missing, and then one click."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from onboarding.customers import links
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Court, Waiting
from onboarding.models import Link
from onboarding.steps.consent.causes import ACCESS_LOST
from onboarding.steps.shared.permission_causes import PERMISSIONS_MISSING
from tests import builders
from tests.graphclient.entra import CLIENT, TENANT

from .desk import stand
from .visitor import Invitation, Visitor, query_of, text_of

pytestmark = pytest.mark.django_db

NAMES = ["User.Read.All", "Organization.Read.All"]
MISSING = PERMISSIONS_MISSING.asking(offers={"missing": NAMES}, names=", ".join(NAMES))
LOST = ACCESS_LOST.asking()
OURS = Asking(say("Choose."), Court.CS, code="choose_application")
EVIDENCE = {"customer": {"tenant_id": TENANT, "domain": ""}}
BUTTON = "Review and approve again at Microsoft"


@pytest.fixture
def visitor(visitor: Visitor, invitation: Invitation) -> Visitor:
    """The admin, who has approved."""
    assert visitor.go_all_the_way(invitation).status_code == 302
    return visitor


def progress(visitor) -> str:
    return text_of(visitor.client.get(reverse("progress")))


def renew(visitor):
    return visitor.client.post(reverse("renew"))


@pytest.mark.parametrize(("key", "verdict"), [("readiness", MISSING), ("consent", MISSING), ("consent", LOST)])
def test_offers_it_where_an_approval_is_missing(visitor, invitation, key, verdict):
    stand(invitation.onboarding, key, verdict, **EVIDENCE)
    page = progress(visitor)
    assert BUTTON in page
    for name in verdict.offers.get("missing", []):
        assert name in page


@pytest.mark.parametrize("verdict", [OURS, Asking(say("x"), Court.CUSTOMER, code="no_application")], ids=str)
def test_offers_it_nowhere_else(visitor, invitation, verdict):
    stand(invitation.onboarding, "sso_application", verdict, **EVIDENCE)
    assert BUTTON not in progress(visitor)
    assert renew(visitor)["Location"] == reverse("progress")
    assert Link.objects.count() == 1


def test_leads_straight_to_microsoft_and_back_by_the_whole_gate(visitor, invitation):
    stand(invitation.onboarding, "readiness", MISSING, **EVIDENCE)
    answer = renew(visitor)
    assert f"/{TENANT}/oauth2/v2.0/authorize" in answer["Location"]
    signed_in = visitor.signed_in(visitor.entra.visit(answer["Location"]))
    query = query_of(signed_in["Location"])
    assert query["client_id"] == CLIENT
    granted = visitor.granted({"admin_consent": "True", "tenant": TENANT, "state": query["state"]})
    assert granted["Location"] == reverse("progress")
    assert [link.condition() for link in Link.objects.order_by("pk")] == ["used", "used"]
    assert BUTTON not in progress(visitor)
    assert "Thank you" in progress(visitor)


def test_makes_one_link_however_often_the_button_is_pressed(visitor, invitation):
    stand(invitation.onboarding, "readiness", MISSING, **EVIDENCE)
    for _time in range(3):
        assert renew(visitor).status_code == 302
    renewal = Link.objects.exclude(pk=invitation.link.pk).get()
    assert renewal.contact == invitation.fresh().contact
    assert renewal.seen_at is not None


def test_is_for_the_browser_of_who_approved_alone(visitor, invitation):
    stand(invitation.onboarding, "readiness", MISSING, **EVIDENCE)
    assert Client().post(reverse("renew"))["Location"] == reverse("progress")
    assert visitor.client.get(reverse("renew"))["Location"] == reverse("progress")
    assert Link.objects.count() == 1


def test_leaves_a_link_alone_that_customer_success_has_sent(visitor, invitation):
    stand(invitation.onboarding, "readiness", MISSING, **EVIDENCE)
    sent, _token = links.issue_link(invitation.onboarding, actor=builders.owner_of(invitation.onboarding))
    renew(visitor)
    sent.refresh_from_db()
    assert sent.condition() == "open"


def test_is_not_offered_while_it_is_looked_at(visitor, invitation):
    stand(invitation.onboarding, "readiness", Waiting(say("Wait."), timedelta(seconds=10)), **EVIDENCE)
    assert BUTTON not in progress(visitor)
