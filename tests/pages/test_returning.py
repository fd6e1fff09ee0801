"""A used-up link brings back the one who approved with it, and nobody else, and approves nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from graphclient import GLOBAL
from onboarding.engine import graph_access
from onboarding.models import ConsentAttempt, Event, Link
from tests.graphclient.entra import OTHER_TENANT, TENANT, Entra
from tests.graphclient.graph_stub import DROP

from .visitor import Invitation, Visitor, invited, text_of

pytestmark = pytest.mark.django_db

SOMEBODY = "5e0a0000-0000-4000-8000-0000000000ff"


@pytest.fixture
def used(visitor: Visitor, invitation: Invitation) -> Invitation:
    """A link with which Eva Berg has approved, in a browser that is gone."""
    assert visitor.go_all_the_way(invitation).status_code == 302
    return invitation


@pytest.fixture
def elsewhere(entra: Entra, used: Invitation) -> Visitor:
    """Another browser."""
    return Visitor(entra)


def begin(visitor, invitation):
    return visitor.client.post(reverse("link_return", args=[invitation.token]))


def come_back(visitor, invitation, **difference):
    answer = visitor.entra.visit(begin(visitor, invitation)["Location"])
    return visitor.signed_in({**answer, **difference})


def sees_progress(visitor) -> bool:
    return bool(visitor.client.get(reverse("progress")).status_code == 200)


def test_shows_the_progress_to_who_approved(elsewhere, used):
    page = elsewhere.client.get(used.path)
    assert page.status_code == 410
    assert reverse("link_return", args=[used.token]) in text_of(page)
    answer = come_back(elsewhere, used)
    assert answer["Location"] == reverse("progress")
    assert sees_progress(elsewhere)
    assert elsewhere.client.get(used.path)["Location"] == reverse("progress")
    assert Event.objects.get(kind="returned").actor_name == "Eva Berg"


def test_approves_nothing(elsewhere, used):
    before = list(ConsentAttempt.objects.values())
    come_back(elsewhere, used)
    assert list(ConsentAttempt.objects.values()) == before
    assert elsewhere.client.post(used.begin_path).status_code == 410


@pytest.mark.parametrize(
    "claims",
    [
        {"oid": SOMEBODY},
        {"tid": OTHER_TENANT, "iss": f"{GLOBAL.login}/{OTHER_TENANT}/v2.0"},
        {"nonce": "another"},
        {"aud": "another"},
        {"exp": timedelta(seconds=-600)},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_shows_nothing_to_anybody_else(elsewhere, used, claims):
    elsewhere.entra.claims = claims
    page = come_back(elsewhere, used)
    assert page.status_code == 410
    assert "This link was already used" in text_of(page)
    assert not sees_progress(elsewhere)
    assert not Event.objects.filter(kind="returned").exists()


@pytest.mark.parametrize("difference", [{"state": "made-up"}, {"error": "access_denied"}, {"code": ""}], ids=str)
def test_takes_no_answer_that_does_not_fit(elsewhere, used, difference):
    assert come_back(elsewhere, used, **difference).status_code in (400, 410)
    assert not sees_progress(elsewhere)


def test_takes_an_answer_once_and_in_its_own_browser(far, elsewhere, used):
    answer = elsewhere.entra.visit(begin(elsewhere, used)["Location"])
    thief = Visitor(elsewhere.entra)
    assert thief.signed_in(answer).status_code == 400
    assert not sees_progress(thief)
    assert elsewhere.signed_in(answer).status_code == 302
    assert elsewhere.signed_in(answer).status_code == 400


def test_takes_no_answer_after_ten_minutes(elsewhere, used):
    answer = elsewhere.entra.visit(begin(elsewhere, used)["Location"])
    session = elsewhere.client.session
    [(state, (pk, begun_at, flow))] = session["returns"].items()
    session["returns"] = {state: [pk, begun_at - 601, flow]}
    session.save()
    assert elsewhere.signed_in(answer).status_code == 410
    assert not sees_progress(elsewhere)


@pytest.mark.parametrize("condition", ["open", "revoked", "never made"])
def test_begins_with_no_other_link(elsewhere, used, condition):
    """Neither with one that nobody has approved with, nor with one that was taken back."""
    invitation = invited() if condition == "open" else used
    if condition == "revoked":
        Link.objects.filter(pk=used.link.pk).update(revoked_at=timezone.now())
    if condition == "never made":
        invitation.token = "x" * 43
    assert begin(elsewhere, invitation)["Location"] == reverse("link", args=[invitation.token])
    assert "returns" not in elsewhere.client.session


def test_is_not_content_with_the_approval_by_another_link(elsewhere, used):
    other = invited()
    Link.objects.filter(pk=other.link.pk).update(used_at=timezone.now())
    assert begin(elsewhere, other)["Location"] == reverse("link", args=[other.token])


def test_shows_nothing_when_the_link_was_revoked_on_the_way(elsewhere, used):
    answer = elsewhere.entra.visit(begin(elsewhere, used)["Location"])
    Link.objects.filter(pk=used.link.pk).update(revoked_at=timezone.now())
    assert elsewhere.signed_in(answer).status_code == 410
    assert not sees_progress(elsewhere)


def test_changes_the_session_key(elsewhere, used):
    answer = elsewhere.entra.visit(begin(elsewhere, used)["Location"])
    before = elsewhere.client.session.session_key
    elsewhere.signed_in(answer)
    assert elsewhere.client.session.session_key != before


def test_says_when_microsoft_is_down(far, elsewhere, used):
    answer = elsewhere.entra.visit(begin(elsewhere, used)["Location"])
    far.on("POST", elsewhere.entra.token_path, DROP)
    assert elsewhere.signed_in(answer).status_code == 503
    far.on("GET", elsewhere.entra.discovery_path, DROP)
    graph_access.discoveries.cache_clear()
    graph_access.sign_in.cache_clear()
    assert begin(elsewhere, used).status_code == 503
    assert TENANT in elsewhere.entra.discovery_path
