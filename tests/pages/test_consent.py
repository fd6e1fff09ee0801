"""The round trip to Microsoft: the way in, what is kept of it, and which sign-ins are believed."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from graphclient import GLOBAL
from onboarding.models import Event, Onboarding
from onboarding.models.link import digest
from tests.graphclient.entra import ADMIN, CLIENT, OTHER_TENANT, TENANT, Entra

from .visitor import Visitor, query_of, text_of

pytestmark = pytest.mark.django_db


def test_leads_from_the_button_to_the_progress_page(visitor, invitation):
    answer = visitor.go_all_the_way(invitation)
    assert answer["Location"] == reverse("progress")
    link, [attempt] = invitation.fresh(), invitation.attempts()
    assert link.used_at is not None
    assert (attempt.signed_in_tenant, attempt.signed_in_object_id) == (TENANT, ADMIN)
    assert attempt.granted_at is not None
    page = visitor.client.get(answer["Location"])
    assert page.status_code == 200
    assert "Thank you" in text_of(page)


def test_lets_the_engine_look_at_once(visitor, invitation):
    later = timezone.now() + timedelta(hours=1)
    Onboarding.objects.update(next_run_at=later)
    visitor.go_all_the_way(invitation)
    assert Onboarding.objects.get().next_run_at < later
    assert Event.objects.filter(kind="consent", actor_name="Eva Berg").exists()


def test_asks_for_the_sign_in_and_the_consent_of_exactly_the_expected_tenant(visitor, invitation, far):
    begun = urlsplit(visitor.client.post(invitation.begin_path)["Location"])
    assert begun.path == f"/{TENANT}/oauth2/v2.0/authorize"
    asked = urlsplit(visitor.signed_in(visitor.begin(invitation))["Location"])
    assert asked.path == f"/{TENANT}/v2.0/adminconsent"
    assert f"{asked.scheme}://{asked.netloc}" == far.url
    query = query_of(asked.geturl())
    assert query["client_id"] == CLIENT
    assert query["redirect_uri"] == "http://localhost:8000" + reverse("consent_granted")


def test_changes_the_session_key_at_the_button_and_at_the_sign_in(visitor, invitation):
    """A key that somebody planted in this browser beforehand opens nothing afterwards."""
    visitor.client.session.save()
    keys = [visitor.client.session.session_key]
    answer = visitor.begin(invitation)
    keys.append(visitor.client.session.session_key)
    visitor.signed_in(answer)
    keys.append(visitor.client.session.session_key)
    assert len(set(keys)) == 3
    assert not Session.objects.filter(session_key__in=keys[:2]).exists()


def test_stores_neither_token_nor_state_nor_browser_secret_beside_the_session(visitor, invitation):
    answer = visitor.consent(invitation)
    secrets = [invitation.token, answer["state"], visitor.client.session["browser"]]
    visitor.granted(answer)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names of our own tables
            rows = repr(cursor.fetchall())
            assert [secret for secret in secrets if secret in rows] == [], table
    for session in Session.objects.all():
        assert invitation.token not in repr(session.get_decoded())
        assert answer["state"] not in repr(session.get_decoded())


def test_keeps_what_the_sign_in_needs_no_longer_than_it_takes(visitor, invitation):
    visitor.consent(invitation)
    assert visitor.client.session["sign_ins"] == {}


def test_finishes_a_sign_in_that_was_begun_in_another_tab(visitor, invitation):
    first = visitor.begin(invitation)
    nonce = visitor.entra.nonce
    visitor.begin(invitation)
    visitor.entra.nonce = nonce
    assert visitor.signed_in(first).status_code == 302


def test_remembers_a_few_sign_ins_of_one_browser_and_no_more(visitor, invitation):
    answers = [visitor.begin(invitation) for _tab in range(6)]
    assert len(visitor.client.session["sign_ins"]) == 4
    assert visitor.signed_in(answers[0]).status_code == 400


# What of the sign-in is not believed: the table of what msal lets through, and what it raises

ROWS: dict[str, tuple[dict[str, object], dict[str, str]]] = {
    "signed by another key": ({"key": "forger", "kid": "key-1"}, {}),
    "alg none": ({"algorithm": "none"}, {}),
    "wrong aud": ({"claims": {"aud": "another-client"}}, {}),
    "wrong iss": ({"claims": {"iss": "https://evil.example/v2.0"}}, {}),
    "tid of another tenant": ({"claims": {"tid": OTHER_TENANT}}, {}),
    "true token of another tenant": (
        {"claims": {"tid": OTHER_TENANT, "iss": f"{GLOBAL.login}/{OTHER_TENANT}/v2.0"}},
        {},
    ),
    "expired ten minutes ago": ({"claims": {"exp": timedelta(seconds=-600), "iat": timedelta(seconds=-4200)}}, {}),
    "nbf in the future": ({"claims": {"nbf": timedelta(seconds=600)}}, {}),
    "wrong nonce": ({"claims": {"nonce": "another"}}, {}),
    "missing nonce": ({"claims": {"nonce": None}}, {}),
    "wrong state": ({}, {"state": "another"}),
    "missing state": ({}, {"state": ""}),
    "garbage": ({"id_token": "garbage"}, {}),
    "malformed client_info": ({}, {"client_info": "!"}),
    "neither code nor error": ({}, {"code": ""}),
}


@pytest.mark.parametrize(("lie", "params"), ROWS.values(), ids=ROWS.keys())
def test_does_not_go_on_with_a_sign_in_that_cannot_be_believed(far, invitation, lie, params):
    visitor = Visitor(Entra(far, **lie).open())
    answer = visitor.signed_in({**visitor.begin(invitation), **params})
    assert answer.status_code == 400
    assert "Open your link again" in text_of(answer) or "another organisation" in text_of(answer)
    [attempt] = invitation.attempts()
    assert (attempt.signed_in_at, attempt.granted_at) == (None, None)
    assert invitation.fresh().condition() == "open"


def test_goes_on_with_a_sign_in_that_can(visitor, invitation):
    assert visitor.signed_in(visitor.begin(invitation)).status_code == 302


def test_looks_the_attempt_up_by_hashes_only(visitor, invitation):
    answer = visitor.begin(invitation)
    [attempt] = invitation.attempts()
    assert attempt.state_hash == digest(answer["state"])
    assert attempt.session_hash == digest(visitor.client.session["browser"])
