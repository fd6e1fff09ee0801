"""A token waits beside a saved one: what the customer page says of both, and that what was entered is withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate

from onboarding.customers import kept_token
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Court, Done
from onboarding.models import CustomerSecret, Onboarding, StepState, clock
from onboarding.steps.live.causes import TOKEN_EXPIRES
from onboarding.steps.shared.saved_expiry import EXPIRES
from tests import builders
from tests.narrow import present
from tests.stored import Stored

from .desk import open_record, post, stand

pytestmark = pytest.mark.django_db
FAILURE = "SystemForCrossDomainIdentityManagementCredentialValidationFailure"
CONNECTED = {"job_id": "j-1", "base_url": "https://contoso.smarpshare.com/api/scim/v2"}
REFUSED = Asking(say("Haiilo refused the token."), Court.CS, code=FAILURE)


def secret(made: Onboarding, at: datetime) -> CustomerSecret:
    row = CustomerSecret(onboarding=made, kind="scim_token", saved_at=at, saved_by=builders.owner_of(made))
    row.close_over("hat_secret", host=made.customer.haiilo_host)
    row.save()
    return row


def saved(made: Onboarding, at: datetime, **result: str) -> None:
    """We saved the token that was entered then."""
    state = builders.state(made, "connection")
    at_once = at.isoformat()
    result = {**dict.fromkeys(("token_at", "at", "put_at"), at_once), **result}
    state.intents = {"save_credentials": {"at": at_once, "tries": 0, "applied_at": at_once, "result": result}}
    state.save()


def live(made: Onboarding) -> Onboarding:
    return stand(made, "live", Done(Stored({}), say("Runs.")), connection=CONNECTED)


@pytest.fixture
def refused(customer):
    """A live customer of whom another token was entered and refused, while the saved one works."""
    now = clock.now()
    live(customer)
    saved(customer, now - timedelta(days=40))
    entered = secret(customer, now)
    offers = {
        "entered": {"at": entered.saved_at.isoformat(), "works_at": now.isoformat()},
        "tested": {"at": now.isoformat(), "works": True, "code": ""},
    }
    return stand(customer, "connection", replace(REFUSED, offers=offers))


def test_offers_to_keep_the_saved_token_and_withdraws_the_entered_one(alice, refused):
    page = open_record(alice, refused)
    assert "Keep the saved token" in page.text
    entered_at = builders.state(refused, "connection").offers["entered"]["at"]
    after = post(alice, "withdraw_token", refused.pk, entered_at=entered_at)
    assert "The entered token was withdrawn. The saved one stays in use." in after.text
    assert "Keep the saved token" not in after.text
    assert not CustomerSecret.objects.exists()
    line = present(refused.events.order_by("-pk").first())
    assert (line.kind, present(line.actor).username) == ("token_withdrawn", "alice")
    again = post(alice, "withdraw_token", refused.pk, entered_at=entered_at)
    assert "does not wait any more" in again.text


@pytest.mark.parametrize("entered_at", ["", "yesterday", "2026-01-01T00:00:00+00:00"])
def test_withdraws_nothing_that_was_not_shown(alice, refused, entered_at):
    assert "does not wait any more" in post(alice, "withdraw_token", refused.pk, entered_at=entered_at).text
    assert CustomerSecret.objects.exists()


def test_withdraws_nothing_for_a_stranger(refused):
    entered_at = builders.state(refused, "connection").offers["entered"]["at"]
    charlie = builders.signed_in("charlie", "Another team")
    answer = charlie.post(reverse("withdraw_token", args=[refused.pk]), {"entered_at": entered_at})
    assert answer.status_code == 404
    assert CustomerSecret.objects.exists()


def test_tells_both_tokens_apart(alice, refused):
    text = open_record(alice, refused).text
    assert "saved by us" in text
    assert present(refused.secrets.first()).mark in text
    assert "not saved" in text
    assert "The current token has the fingerprint" not in text


def test_says_when_microsoft_accepted_or_refused_the_saved_one(alice, customer):
    now = clock.now()
    live(customer)
    saved(customer, now - timedelta(days=40))
    evidence = {**CONNECTED, "tested_at": (now - timedelta(hours=3)).isoformat()}
    StepState.objects.filter(onboarding=customer, key="connection").update(evidence=evidence)
    assert "accepted" in trial(alice, customer)
    tried = {"at": now.isoformat(), "works": False, "code": FAILURE}
    stand(customer, "connection", replace(REFUSED, offers={"tested": tried}))
    told = trial(alice, customer)
    assert told.startswith("failed")
    assert FAILURE in told
    assert "before that accepted" in told


def trial(alice, made):
    """What stands beside “Tested by Microsoft”."""
    shown = BeautifulSoup(open_record(alice, made).html, "html.parser")
    [row] = [each for each in shown.select("dt") if each.text == "Tested by Microsoft"]
    return " ".join(present(row.find_next("dd")).text.split())


def test_claims_no_test_from_before_the_token_was_saved(alice, customer):
    now = clock.now()
    live(customer)
    saved(customer, now)
    evidence = {**CONNECTED, "tested_at": (now - timedelta(hours=3)).isoformat()}
    StepState.objects.filter(onboarding=customer, key="connection").update(evidence=evidence)
    assert trial(alice, customer) == "not tested since it was saved"


def test_does_not_know_since_when_somebody_elses_token_is_saved(alice, customer):
    assert "since when is not known" in open_record(alice, live(customer)).text


def test_says_how_haiilo_answered_from_here(alice, customer):
    now = clock.now()
    live(customer)
    saved(customer, now - timedelta(days=1))
    asked = {"tried_at": now.isoformat(), "ability": "token refused", "trouble": "token refused"}
    Onboarding.objects.filter(pk=customer.pk).update(haiilo_list=asked)
    text = open_record(alice, customer).text
    assert "Asked from here" in text
    assert "Haiilo refuses the token" in text
    secret(customer, now - timedelta(minutes=5))  # it was asked with that one
    assert "Asked from here" not in open_record(alice, customer).text


def test_reads_the_history_once_and_only_for_whoever_sees_it(alice, refused):
    with CaptureQueriesContext(connection) as queries:
        open_record(alice, refused)
    found = [each["sql"] for each in queries if "detail" in each["sql"] and "try_credentials" in each["sql"]]
    assert len(found) == 1


def test_leads_from_a_token_that_expires_to_where_a_new_one_is_entered(alice, customer):
    live(customer)
    why = say(EXPIRES, day="2026-12-11")
    page = open_record(alice, stand(customer, "live", TOKEN_EXPIRES.asking(why=why), connection=CONNECTED))
    assert "The saved token expires on 2026-12-11. Create a new one in Haiilo" in page.text
    link = BeautifulSoup(page.html, "html.parser").select_one("a.btn--primary")
    assert present(link)["href"] == reverse("step", args=[customer.pk, "connection"]) + "#step_connection"


def test_says_when_the_saved_token_expires_where_that_is_known(alice, customer):
    live(customer)
    saved(customer, clock.now())
    assert "expires on" not in open_record(alice, customer).text
    for told, says in ((True, "as told when it was entered"), (False, "by what it says itself")):
        row = builders.state(customer, "connection")
        row.intents["save_credentials"]["result"]["expires"] = {"at": "2027-02-03T00:00:00+00:00", "told": told}
        row.save()
        text = open_record(alice, customer).text
        assert says in text
        assert "3 Feb 2027" in text


def test_says_that_no_copy_is_kept_where_the_entered_one_has_replaced_it(alice, customer, settings):
    settings.HAIILO_ASKED = True
    contact = present(customer.contacts.first())
    kept_token.agree(live(customer), actor=builders.owner_of(customer), contact=contact, agreed_on=localdate())
    assert "and there is none" in open_record(alice, customer).text
    secret(customer, clock.now())
    assert "and there is none" not in open_record(alice, customer).text
