"""Public case 08 (consent): an answer that comes twice, late, or with text of Microsoft's behind the state; and 16: the
other codes that may come with one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from onboarding.consent import round_trip
from onboarding.engine.load_desired import load_desired
from onboarding.invites import links
from onboarding.models import ConsentAttempt, Event, Link, Onboarding
from onboarding.steps.consent.step import Consent, Facts
from tests import builders

from .desk import open_record
from .visitor import Visitor, invited, text_of

pytestmark = pytest.mark.django_db

TITLE = "Sign in to your account"
LATER = timedelta(hours=1)


def put_off() -> None:
    """No look is due, so that a new one is noticed."""
    Onboarding.objects.update(next_run_at=timezone.now() + LATER)


def is_due() -> bool:
    return Onboarding.objects.get().next_run_at < timezone.now() + LATER / 2


@pytest.mark.parametrize("tail", [TITLE, f" {TITLE}", "#", "&x"])
def test_knows_the_state_with_microsofts_title_behind_it(visitor, invitation, tail):
    begun = visitor.begin(invitation)
    going_on = visitor.signed_in({**begun, "state": begun["state"] + tail})
    state = round_trip_state(going_on)
    answer = {"admin_consent": "True", "tenant": invitation.tenant, "state": state + tail}
    assert visitor.granted(answer)["Location"] == reverse("progress")
    assert invitation.is_granted


def round_trip_state(response: Any) -> str:
    return str(response["Location"]).partition("state=")[2].partition("&")[0]


def test_leads_a_repeated_answer_to_the_progress_page(visitor, invitation):
    """The first answer was lost on its way to the browser, which asks again."""
    answer = visitor.consent(invitation)
    visitor.granted(answer)
    again = visitor.granted(answer)
    assert (again.status_code, again["Location"]) == (302, reverse("progress"))
    assert Event.objects.filter(kind="consent").count() == 1


def test_leads_a_repeated_answer_in_another_browser_nowhere(visitor, invitation, entra):
    answer = visitor.consent(invitation)
    visitor.granted(answer)
    assert Visitor(entra).granted(answer).status_code == 400


def test_says_again_what_a_refusal_was(visitor, invitation):
    denied = {**visitor.consent(invitation), "error": "consent_required", "error_description": "AADSTS65004: no"}
    visitor.granted(denied)
    assert "Nothing was approved" in text_of(visitor.granted(denied))
    assert Event.objects.filter(kind="declined").count() == 1


def test_says_of_a_repeated_sign_in_that_it_was_used(visitor, invitation):
    begun = visitor.begin(invitation)
    visitor.signed_in(begun)
    page = visitor.signed_in(begun)
    assert page.status_code == 409
    assert "opened a second time" in text_of(page)
    assert reverse("link_begin_again") in text_of(page)


def test_says_already_approved_where_another_device_was_quicker(visitor, invitation, entra):
    on_the_desk = visitor.consent(invitation)
    assert Visitor(entra).go_all_the_way(invitation).status_code == 302
    put_off()
    page = visitor.granted(on_the_desk)
    assert page.status_code == 410
    assert "Already approved" in text_of(page)
    assert reverse("link_return_again") in text_of(page)
    assert is_due()
    signing_in = visitor.client.post(reverse("link_return_again"))
    back = visitor.signed_in(entra.visit(signing_in["Location"]))
    assert back["Location"] == reverse("progress")
    assert visitor.client.get(reverse("progress")).status_code == 200


@pytest.mark.parametrize("fields", [{"expires_at": timezone.now()}, {"revoked_at": timezone.now()}])
def test_says_what_is_missing_where_the_link_ended_meanwhile(visitor, invitation, fields):
    answer = visitor.consent(invitation)
    Link.objects.update(**fields)
    put_off()
    page = visitor.granted(answer)
    assert "Approved, but not connected yet" in text_of(page)
    assert not invitation.is_granted
    assert is_due()
    assert Event.objects.filter(kind="approved_late").count() == 1


def test_looks_at_the_tenant_after_an_answer_that_came_too_late(visitor, invitation):
    answer = visitor.consent(invitation)
    long_ago = timezone.now() - round_trip.MAX_TIME_EACH_WAY - timedelta(seconds=1)
    ConsentAttempt.objects.update(signed_in_at=long_ago)
    put_off()
    page = visitor.granted(answer)
    assert page.status_code == 400
    assert "Nothing was changed" not in text_of(page)
    assert not invitation.is_granted
    assert is_due()


def test_looks_at_the_tenant_where_a_no_was_followed_by_a_yes(visitor, invitation):
    answer = visitor.consent(invitation)
    visitor.granted({**answer, "error": "access_denied"})
    put_off()
    page = visitor.granted(answer)
    assert "Approved, but not connected yet" in text_of(page)
    assert not invitation.is_granted
    assert is_due()


@pytest.mark.parametrize(
    "query",
    [
        "admin_consent=True&tenant={tenant}&scope=x",
        "state=&admin_consent=True&tenant={tenant}",
        "state=a&state=b&admin_consent=True",
        "state={state}&state={state}&admin_consent=True&tenant={tenant}",
        "",
        "state=%00&tenant=%00&error=%00",
        "error=permission_denied&error_description=The+admin+canceled",
        "state={long}&admin_consent=True&tenant={tenant}",
        "state={state}{long}&admin_consent=True&tenant={tenant}",
    ],
)
def test_binds_nothing_by_an_odd_answer(visitor, invitation, query):
    state = visitor.consent(invitation)["state"]
    asked = query.format(tenant=invitation.tenant, state=state, long="x" * 6000)
    page = visitor.client.get(f"{reverse('consent_granted')}?{asked}")
    assert page.status_code == 400
    assert not invitation.is_granted


# What the tenant shows already: only the sign-in is missing (public case 06)


def approved_in_the_portal(invitation: Any) -> None:
    builders.state(invitation.onboarding, "consent")
    invitation.onboarding.steps.filter(key="consent").update(
        kind="asking", court="customer", code="approved_unsigned", checked_at=timezone.now()
    )


def test_asks_for_the_sign_in_alone_where_the_tenant_shows_the_approval(visitor, invitation, client):
    invitation.onboarding.steps.get_or_create(key="consent")
    approved_in_the_portal(invitation)
    assert "The approval is there at Microsoft already" in text_of(client.get(invitation.path))
    answer = visitor.signed_in(visitor.begin(invitation))
    assert answer["Location"] == reverse("progress")
    assert invitation.is_granted
    assert invitation.fresh().condition() == "used"
    assert "approval was there at Microsoft already" in str(Event.objects.get(kind="consent").message)


@pytest.mark.parametrize("what", ["another step", "another code", "another customer"])
def test_leaves_the_approval_out_only_where_this_very_tenant_shows_it(visitor, invitation, what):
    seen = invited() if what == "another customer" else invitation
    key = "readiness" if what == "another step" else "consent"
    code = "link_opened" if what == "another code" else "approved_unsigned"
    seen.onboarding.steps.update_or_create(key=key, defaults={"kind": "asking", "court": "customer", "code": code})
    assert "adminconsent" in visitor.signed_in(visitor.begin(invitation))["Location"]
    assert not invitation.is_granted


def test_leaves_no_approval_out_for_another_application_of_ours(invitation):
    invitation.onboarding.steps.get_or_create(key="consent")
    approved_in_the_portal(invitation)
    assert links.is_approved_already(invitation.fresh())
    Link.objects.update(consent_size="monitor")
    assert not links.is_approved_already(invitation.fresh())


def test_has_a_guest_approve_all_the_same(visitor, invitation):
    invitation.onboarding.steps.get_or_create(key="consent")
    approved_in_the_portal(invitation)
    visitor.entra.claims |= {"idp": "https://sts.windows.net/another/"}
    assert "adminconsent" in visitor.signed_in(visitor.begin(invitation))["Location"]
    assert not invitation.is_granted


# Other codes (public case 16)


@pytest.mark.parametrize(
    ("params", "code", "court", "says"),
    [
        (
            {"error": "access_denied", "error_description": "AADSTS65005: x"},
            "AADSTS65005",
            "customer",
            "lacks a service",
        ),
        (
            {"error": "invalid_client", "error_description": "AADSTS650052: x"},
            "AADSTS650052",
            "customer",
            "lacks a service",
        ),
        (
            {"error": "interaction_required", "error_description": "AADSTS50158: x"},
            "AADSTS50158",
            "customer",
            "second factor",
        ),
        ({"error": "interaction_required"}, "interaction_required", "customer", "second factor"),
        ({"error": "access_denied", "error_description": "AADSTS530035: x"}, "blocked", "customer", "security policy"),
        ({"error": "access_denied", "error_description": "AADSTS90095: x"}, "requested", "customer", "reviewers"),
        ({"error": "access_denied", "error_description": "AADSTS90094: x"}, "not_allowed", "customer", "reviewers"),
        ({"error": "temporarily_unavailable"}, "microsoft_down", "microsoft", "did not answer"),
        ({"error": "server_error"}, "microsoft_down", "microsoft", "did not answer"),
        ({"error": "access_denied", "error_subcode": "cancel"}, "declined", "customer", "not accepted"),
        ({"error": "odd", "error_description": "AADSTS7654321: <b>New</b>."}, "failed_saying", "haiilo", "“New.”"),
    ],
)
def test_tells_each_code_that_comes_back(visitor, invitation, alice, params, code, court, says):
    state = visitor.consent(invitation)["state"]
    visitor.granted({"state": state, **params})
    verdict: Any = Consent().assess(load_desired(invitation.onboarding.pk), Facts())
    assert (verdict.code, verdict.court) == (code, court)
    assert says in str(verdict.question)
    shown = open_record(alice, invitation.onboarding).text
    assert court == "haiilo" or "Our engineers have to look" not in shown
