"""When a job that does not run may be started again, and what is said until a sync has shown that it helped."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from onboarding.causes.base import Cause
from onboarding.domain.verdicts import Broken, Done, Waiting
from onboarding.steps.live.causes import CAUSES, Code
from onboarding.steps.live.step import Live
from onboarding.steps.shared.credentials import UNTRIED, Trial
from onboarding.steps.shared.followed_job import Facts
from onboarding.steps.shared.job_causes import START_AGAIN
from tests.narrow import instance, present
from tests.steps.facts import APP, BASE_URL, JOB, NOW, ago, at_step, execution, finished, job, people, quarantine, texts

WORKS = Trial(True, at=NOW)
FAILURE = "SystemForCrossDomainIdentityManagementCredentialValidationFailure"
REFUSED = Trial(False, FAILURE, "Response Status Code: Unauthorized")
OF_THE_TEST = "EncounteredQuarantineException"
ONCE_LIVE: dict[str, Any] = {"steady_state_first": ago(days=9), "last_execution": execution()}


def look(found, tested, **fields):
    return Live().assess(at_step("live", people=people(created=200), **fields), Facts(found, tested=tested))


def in_quarantine(reason, code="", *, state="Active"):
    return job("Quarantine", state=state, quarantine=quarantine(reason, code, "Unauthorized"), **ONCE_LIVE)


def stopped():
    return replace(finished(), status=replace(finished().status, code="Paused"))


def cause_of(verdict: Broken) -> Cause:
    return next(cause for cause in CAUSES if cause.code == verdict.code)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (stopped(), Code.PAUSED),
        (in_quarantine(OF_THE_TEST, FAILURE), Code.QUARANTINE_OVER),
        (in_quarantine(OF_THE_TEST), Code.QUARANTINE_OVER),
        (in_quarantine(OF_THE_TEST, FAILURE, state="Disabled"), Code.SWITCHED_OFF),
    ],
)
def test_is_offered_where_address_and_token_work(found, code):
    verdict = instance(Broken, look(found, WORKS))
    assert verdict.code == code
    assert START_AGAIN in cause_of(verdict).remedies
    [change] = present(verdict.remedy).changes
    assert (change.payload["service_principal_id"], change.payload["job_id"]) == (APP, JOB)
    assert (change.payload["base_url"], change.payload["sync_all"]) == (BASE_URL, False)


@pytest.mark.parametrize("reason", ["", "Unknown", "IngestionInterrupted"])
def test_is_offered_where_microsoft_gives_no_reason_that_lasts(reason):
    assert present(look(in_quarantine(reason), WORKS).remedy).changes


@pytest.mark.parametrize("found", [stopped(), in_quarantine(OF_THE_TEST, FAILURE), in_quarantine("Unknown")])
@pytest.mark.parametrize("tested", [UNTRIED, REFUSED])
def test_is_not_offered_where_nobody_knows_that_they_work(found, tested):
    assert look(found, tested).remedy is None


@pytest.mark.parametrize(
    "reason",
    [
        *("TooManyDeletes", "QuarantinedOnDemand", "EncounteredBaseEscrowThreshold", "EncounteredTotalEscrowThreshold"),
        *("EncounteredEscrowProportionThreshold", "SomethingNew"),
    ],
)
def test_is_not_offered_where_something_else_is_the_reason(reason):
    verdict = look(in_quarantine(reason), WORKS)
    assert verdict.remedy is None
    assert verdict.code != Code.QUARANTINE_OVER


def test_goes_by_what_the_test_says_now_not_by_what_was_the_reason_once():
    verdict = look(in_quarantine(OF_THE_TEST, "SystemForCrossDomainIdentityManagementInvalidCredentials"), REFUSED)
    assert verdict.code == f"{OF_THE_TEST} / {FAILURE}"


def test_tells_when_microsoft_tries_again_and_when_it_gives_up():
    stay = replace(quarantine(OF_THE_TEST, FAILURE), series_began=NOW - timedelta(days=3))
    found = job("Quarantine", quarantine=stay, **ONCE_LIVE)
    told = texts(look(found, REFUSED).warnings)
    assert ("2026-11-24 15:00" in told, "2026-12-19 09:00" in told) == (True, True)


def test_tells_why_it_was_quarantined_where_it_was_switched_off():
    verdict = look(in_quarantine(OF_THE_TEST, FAILURE, state="Disabled"), REFUSED)
    assert (verdict.code, "refused the token" in texts(verdict.warnings)) == (Code.SWITCHED_OFF, True)


def started(**how_long: float) -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    return {"applied": {"live": {START_AGAIN: {"at": ago(**how_long).isoformat()}}}}


def test_waits_for_microsoft_to_show_it():
    assert isinstance(look(in_quarantine(OF_THE_TEST), WORKS, **started(minutes=1)), Waiting)


@pytest.mark.parametrize(
    ("last", "how_long", "expected"),
    [
        (None, {"minutes": 1}, Waiting),
        (replace(execution(), began=ago(hours=2), ended=ago(hours=1)), {"minutes": 30}, Waiting),
        (execution(), {"minutes": 30}, Done),
        (execution(), {"hours": 7}, Done),
        (replace(execution(), began=ago(hours=9), ended=ago(hours=8)), {"hours": 7}, Broken),  # no sync for hours
    ],
)
def test_is_well_only_after_a_sync(last, how_long, expected):
    found = finished(last_execution=last)
    assert isinstance(look(found, UNTRIED, **started(**how_long)), expected)


def test_is_another_plan_for_another_standstill():
    first = present(look(in_quarantine(OF_THE_TEST), WORKS).remedy).changes
    later = replace(quarantine(OF_THE_TEST), began=NOW)
    second = present(look(job("Quarantine", quarantine=later, **ONCE_LIVE), WORKS).remedy).changes
    assert first[0].intent != second[0].intent
