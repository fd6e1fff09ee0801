"""Each way in which the round trip can end without a yes: what the admin reads, and what is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from onboarding.consent import round_trip
from onboarding.customers import links
from onboarding.models import ConsentAttempt, Event, Link, StepState
from tests import builders
from tests.graphclient.entra import CLIENT, OTHER_TENANT, TENANT
from tests.graphclient.graph_stub import DROP, Reply

from .visitor import text_of

pytestmark = pytest.mark.django_db

DENIED = {"error": "access_denied", "error_description": "AADSTS65004: User declined to consent."}
CORRELATION = "8b1f4f0e-2222-47f3-8f3f-6f9b1f0d2f00"


def test_takes_a_no_at_the_sign_in_and_lets_the_admin_think_again(visitor, invitation):
    answer = visitor.begin(invitation)
    page = visitor.signed_in({"state": answer["state"], **DENIED})
    assert page.status_code == 200
    assert "Nothing was approved" in text_of(page)
    assert invitation.attempts()[0].error == "declined"
    assert visitor.go_all_the_way(invitation).status_code == 302


def test_believes_the_error_and_not_the_yes_beside_it(visitor, invitation):
    """The v2 endpoint says admin_consent=True also when the admin pressed Cancel."""
    answer = visitor.consent(invitation)
    page = visitor.granted({**answer, "error": "consent_required", "error_description": "AADSTS65004: declined"})
    assert "Nothing was approved" in text_of(page)
    assert not invitation.is_granted
    assert StepState.objects.get(onboarding=invitation.onboarding, key="consent").checked_at is None


@pytest.mark.parametrize("consented", ["", "False", "1", "yes"])
def test_takes_nothing_but_a_plain_yes(visitor, invitation, consented):
    page = visitor.granted({**visitor.consent(invitation), "admin_consent": consented})
    assert page.status_code == 400
    assert not invitation.is_granted


@pytest.mark.parametrize("number", ["AADSTS90094", "AADSTS90093", "AADSTS90095"])
def test_names_the_roles_that_may_approve(visitor, invitation, number):
    description = f"{number}: An administrator must grant. Trace ID: x Correlation ID: {CORRELATION} Timestamp: y"
    page = visitor.granted({**visitor.consent(invitation), "error": "x", "error_description": description})
    assert page.status_code == 403
    text = text_of(page)
    for words in ("Global Administrator", "Privileged Role Administrator", "Message to forward", number, CORRELATION):
        assert words in text
    assert "alice@haiilo.example" in text
    assert invitation.fresh().condition() == "open"


@pytest.mark.parametrize(
    ("description", "status", "words"),
    [
        (
            "AADSTS50020: User account from provider does not exist in tenant",
            400,
            "belongs to another organisation",
        ),
        (
            "AADSTS53003: Access has been blocked by Conditional Access policies",
            403,
            "policy of your organisation blocked the sign-in",
        ),
        ("AADSTS90033: A transient error has occurred", 503, "Microsoft does not answer"),
        ("AADSTS7654321: Something new", 400, "AADSTS7654321"),
        ("", 503, "Microsoft does not answer"),
    ],
)
def test_reads_a_refusal_in_words(visitor, invitation, description, status, words):
    answer = visitor.begin(invitation)
    page = visitor.signed_in({"state": answer["state"], "error": "server_error", "error_description": description})
    assert page.status_code == status
    assert words in text_of(page)


def test_stores_and_shows_what_a_stranger_sends_without_harm(visitor, invitation):
    answer = visitor.begin(invitation)
    page = visitor.signed_in({"state": answer["state"], "error": "\x00<script>", "error_description": "\x00<b>" * 200})
    assert page.status_code == 400
    assert "&lt;script&gt;" in text_of(page)
    assert "<script>" not in text_of(page)
    answer = visitor.consent(invitation)
    assert visitor.granted({**answer, "tenant": "\x00" * 50}).status_code == 400


def test_tells_the_admin_how_to_remove_us_from_the_wrong_tenant_and_tells_customer_success(visitor, invitation):
    page = visitor.granted({**visitor.consent(invitation), "tenant": OTHER_TENANT})
    assert page.status_code == 400
    assert "Enterprise apps" in text_of(page)
    assert CLIENT in text_of(page)
    assert not invitation.is_granted
    event = Event.objects.get(kind="wrong_tenant")
    assert event.detail == {"code": "tenant_mismatch", "tenant": OTHER_TENANT, "expected": TENANT}
    assert Event.objects.filter(kind="consent").count() == 0


@pytest.mark.parametrize("tenant", [TENANT, OTHER_TENANT], ids=["the old one", "the new one"])
def test_does_not_believe_an_answer_after_the_record_was_changed_to_another_tenant(visitor, invitation, tenant):
    """Who signed in, what the record says and what comes back must be one and the same tenant."""
    answer = visitor.consent(invitation)
    builders.done(invitation.onboarding, customer={"tenant_id": OTHER_TENANT, "domain": "other.example"})
    assert visitor.granted({**answer, "tenant": tenant}).status_code == 400
    assert not invitation.is_granted


@pytest.mark.parametrize("reply", [Reply(503, body=b"<html>"), DROP])
def test_keeps_the_link_when_microsoft_is_down(visitor, invitation, far, reply):
    far.on("GET", visitor.entra.discovery_path, reply)
    page = visitor.client.post(invitation.begin_path)
    assert page.status_code == 503
    assert "your link stays valid" in text_of(page)
    visitor.entra.open()
    answer = visitor.begin(invitation)
    far.on("POST", visitor.entra.token_path, reply)
    assert visitor.signed_in(answer).status_code == 503
    visitor.entra.open()
    assert visitor.go_all_the_way(invitation).status_code == 302


def test_does_not_begin_before_the_tenant_is_known(visitor):
    made = builders.onboarding()
    _link, token = links.issue_link(made, actor=builders.owner_of(made))
    page = visitor.client.post(reverse("link_begin", args=[token]))
    assert page.status_code == 409
    assert "Try again in a minute" in text_of(page)
    assert not ConsentAttempt.objects.exists()


@pytest.mark.parametrize("leg", ["sign-in", "consent"])
def test_accepts_no_answer_after_ten_minutes(visitor, invitation, leg):
    send, answer = (
        (visitor.signed_in, visitor.begin(invitation))
        if leg == "sign-in"
        else (visitor.granted, visitor.consent(invitation))
    )
    moment = "started_at" if leg == "sign-in" else "signed_in_at"
    ConsentAttempt.objects.update(**{moment: timezone.now() - round_trip.MAX_TIME_EACH_WAY - timedelta(seconds=1)})
    page = send(answer)
    assert page.status_code == 400
    assert "Open your link again" in text_of(page)
    assert not invitation.is_granted


def test_gives_each_leg_its_own_ten_minutes(visitor, invitation):
    answer = visitor.consent(invitation)
    ConsentAttempt.objects.update(started_at=timezone.now() - round_trip.MAX_TIME_EACH_WAY - timedelta(minutes=1))
    assert visitor.granted(answer).status_code == 302


@pytest.mark.parametrize("name", ["consent_signed_in", "consent_granted"])
@pytest.mark.parametrize("query", [{}, {"state": "made-up", "admin_consent": "True"}, {"error": "access_denied"}])
def test_refuses_an_answer_that_nobody_asked_for(client, name, query):
    page = client.get(reverse(name), query)
    assert page.status_code == 400
    assert "Open your link again" in text_of(page)
    assert page["Cache-Control"] == "no-store"


# What the page offers beside the sentence


def test_offers_to_sign_in_again_where_the_link_still_works(visitor, invitation):
    answer = visitor.begin(invitation)
    page = text_of(visitor.signed_in({"state": answer["state"], **DENIED}))
    assert f'action="{reverse("link_begin_again")}"' in page
    assert "mailto:alice@haiilo.example?subject=" in page


def test_leads_back_to_the_link_where_its_address_is_known(visitor, invitation, far):
    far.on("GET", visitor.entra.discovery_path, Reply(503))
    assert f'href="{invitation.path}"' in text_of(visitor.client.post(invitation.begin_path))


def test_names_the_two_roles_once(visitor, invitation):
    description = "AADSTS90094: An administrator must grant."
    page = text_of(visitor.granted({**visitor.consent(invitation), "error": "x", "error_description": description}))
    visible = page.partition("<textarea")[0]
    assert visible.count("Privileged Role Administrator") == 1
    assert f'action="{reverse("approver")}"' in visible


@pytest.mark.parametrize("fields", [{"expires_at": timezone.now()}, {"revoked_at": timezone.now()}])
def test_offers_to_write_to_us_where_only_we_can_help(client, invitation, fields):
    Link.objects.update(**fields)
    assert "mailto:alice@haiilo.example?subject=" in text_of(client.get(invitation.path))
