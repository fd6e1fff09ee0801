"""Another token was entered while one is saved: what is said of both, and when the entered one can be withdrawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Broken, Court, Done, Todo
from onboarding.steps.connection.rotation import TESTED, Offered, offered
from onboarding.steps.connection.step import Connection, Facts
from onboarding.steps.shared.credentials import Trial
from tests.narrow import instance
from tests.steps.facts import APP, BASE_URL, CONNECTED, JOB, NOW, ago, at_step, job, texts, with_token

STORED = {"BaseAddress": BASE_URL, "SecretToken": "***", "SyncAll": "false"}
THEN = ago(days=40).isoformat()
MADE = {
    "create_job": {"job_id": JOB, "service_principal_id": APP, "at": THEN},
    "save_credentials": {"token_at": THEN, "base_url": BASE_URL, "at": THEN, "put_at": THEN},
}
STARTED = {"connection": CONNECTED, "enable": {"job_id": JOB, "started": True, "guard": 20}}
WORKS = Facts((job(),), STORED, Trial(True, at=ago(minutes=3)))
REFUSED = Asking(say("Haiilo refused the token."), Court.CS, {"detail": "401"}, "refused")
CONNECTION = Connection()


def step(**fields: Any) -> Any:
    """A customer of whom provisioning was started, and a token was just entered."""
    given = {"evidence": STARTED, "applied": {"connection": MADE}, **with_token()}
    return at_step("connection", **given | fields)


def test_says_with_the_plan_that_the_saved_one_stays_in_use():
    verdict = instance(Todo, CONNECTION.assess(step(), WORKS))
    assert "stays in use until the new one has been tested" in texts(verdict.warnings)
    assert offered(verdict.offers) == Offered(NOW, ago(minutes=3))


def test_says_with_a_refusal_that_the_saved_one_stays_in_use():
    told = CONNECTION.after_failure(step(), WORKS, REFUSED)
    assert "The entered token was not saved" in texts(told.warnings)
    assert offered(told.offers) == Offered(NOW, ago(minutes=3))
    assert told.offers["detail"] == "401"


@pytest.mark.parametrize(
    ("fields", "facts"),
    [
        ({"evidence": {"connection": CONNECTED}}, WORKS),  # our copy is needed for the start
        ({"unconfirmed": {"connection": frozenset({"save_credentials:0a"})}}, WORKS),  # Microsoft may have it
        ({}, replace(WORKS, tested=Trial(False, "refused"))),
        ({}, replace(WORKS, tested=Trial())),
        ({}, replace(WORKS, stored=STORED | {"BaseAddress": "https://other.smarpshare.com/api/scim/v2"})),
        ({}, replace(WORKS, jobs=())),
    ],
)
def test_offers_nothing_where_it_is_not_certain_that_the_saved_one_goes_on(fields, facts):
    told = CONNECTION.after_failure(step(**fields), facts, REFUSED)
    assert offered(told.offers) is None
    assert not told.warnings


def test_offers_it_although_another_trial_was_lost():
    lost = step(unconfirmed={"connection": frozenset({"try_credentials:0a"})})
    assert offered(CONNECTION.after_failure(lost, WORKS, REFUSED).offers)


def test_says_nothing_once_the_entered_one_is_saved():
    saved = MADE | {"save_credentials": MADE["save_credentials"] | {"token_at": NOW.isoformat()}}
    assert not instance(Done, CONNECTION.assess(step(applied={"connection": saved}), WORKS)).warnings


def test_keeps_how_the_test_of_the_saved_one_ended():
    refused = replace(WORKS, tested=Trial(False, "refused"))
    told = CONNECTION.after_failure(step(), refused, REFUSED)
    assert told.offers[TESTED] == {"at": NOW.isoformat(), "works": False, "code": "refused"}


def test_leaves_other_verdicts_as_they_are():
    broken = Broken(say("Something is wrong."), Court.HAIILO)
    assert CONNECTION.after_failure(step(), WORKS, broken) == broken


@pytest.mark.parametrize("stored", [{}, {"entered": {}}, {"entered": {"at": NOW.isoformat()}}])
def test_reads_no_offer_where_there_is_none(stored):
    assert offered(stored) is None
