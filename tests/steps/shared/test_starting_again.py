"""When a job that does not run may be started again, and what is said until a sync has shown that it helped."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from onboarding.causes.base import Cause
from onboarding.causes.credentials import TRY_ALL_AGAIN
from onboarding.domain.consent_sizes import SCOPED
from onboarding.domain.verdicts import Broken, Done, Waiting
from onboarding.steps.base import StepFailed
from onboarding.steps.live.causes import CAUSES, Code
from onboarding.steps.live.step import Live
from onboarding.steps.shared.credentials import UNTRIED, Trial
from onboarding.steps.shared.followed_job import Facts
from onboarding.steps.shared.job_causes import START_AGAIN
from tests.graphclient.graph_stub import Reply
from tests.graphclient.samples import NEW_JOB
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


@pytest.mark.parametrize("reason", ["TooManyDeletes", "QuarantinedOnDemand", "SomethingNew"])
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
        (execution("EntryLevelErrors"), {"minutes": 30}, Done),
        (execution("Failed"), {"minutes": 30}, Waiting),
        (execution(), {"hours": 7}, Done),
        (replace(execution(), began=ago(hours=9), ended=ago(hours=8)), {"hours": 7}, Broken),  # no sync for hours
    ],
)
def test_is_well_only_after_a_sync(last, how_long, expected):
    found = finished(last_execution=last)
    assert isinstance(look(found, UNTRIED, **started(**how_long)), expected)


@pytest.mark.parametrize(("sync", "expected"), [(execution().ended, Waiting), (ago(hours=2), Done)])
def test_goes_by_which_sync_was_the_last_one_before_the_start_and_by_no_clock(sync, expected):
    made = {"at": ago(hours=-1).isoformat(), "sync": sync.isoformat()}  # our clock is an hour ahead
    verdict = look(finished(), UNTRIED, applied={"live": {START_AGAIN: made}})
    assert isinstance(verdict, expected)


def test_is_another_plan_for_another_standstill():
    first = present(look(in_quarantine(OF_THE_TEST), WORKS).remedy).changes
    later = replace(quarantine(OF_THE_TEST), began=NOW)
    second = present(look(job("Quarantine", quarantine=later, **ONCE_LIVE), WORKS).remedy).changes
    assert first[0].intent != second[0].intent


TOO_MANY = ["EncounteredBaseEscrowThreshold", "EncounteredTotalEscrowThreshold", "EncounteredEscrowProportionThreshold"]


def gave_up():
    return job("Paused", escrows_pruned=True, last_execution=execution("EntryLevelErrors"))


@pytest.mark.parametrize(
    ("found", "reset"),
    [
        *((in_quarantine(reason), "Escrows, QuarantineState") for reason in TOO_MANY),
        (gave_up(), "Escrows, Watermark"),
    ],
)
def test_tries_whoever_failed_again_where_too_many_failed(found, reset):
    verdict = instance(Broken, look(found, WORKS))
    [change] = present(verdict.remedy).changes
    assert (change.key, change.payload["reset"], change.once) == (TRY_ALL_AGAIN, reset, True)
    assert ("2 to 17 minutes" in texts(each.text for each in change.details)) is ("Watermark" in reset)


def test_calls_a_job_that_microsoft_gave_up_on_not_stopped_by_the_customer():
    verdict = look(gave_up(), UNTRIED)
    assert (verdict.code, TRY_ALL_AGAIN in cause_of(verdict).remedies, verdict.remedy) == (Code.GAVE_UP, True, None)


def test_offers_no_restart_to_an_owner_who_may_not():
    found = in_quarantine(TOO_MANY[0])
    assert look(found, WORKS, size=SCOPED).remedy is None
    assert look(in_quarantine(OF_THE_TEST), WORKS, size=SCOPED).remedy is not None


STORED = [{"key": "BaseAddress", "value": BASE_URL}, {"key": "SyncAll", "value": "false"}]
SYNC = f"/v1.0/servicePrincipals/{APP}/synchronization"


@pytest.fixture
def answers(far):
    def give(*, stored=tuple(STORED), tested=204):
        far.on("GET", f"{SYNC}/secrets", Reply(200, {"value": list(stored)}))
        far.on("GET", f"{SYNC}/jobs/{JOB}", Reply(200, {**NEW_JOB, "id": JOB}))
        refused = {"error": {"code": "CredentialValidationUnavailable", "innerError": {"code": FAILURE}}}
        far.on("POST", f"{SYNC}/jobs/{JOB}/validateCredentials", Reply(tested, refused if tested == 400 else None))
        for act in ("start", "restart"):
            far.on("POST", f"{SYNC}/jobs/{JOB}/{act}", Reply(204))

    return give


def approved(found):
    return present(look(found, WORKS).remedy).changes[0]


@pytest.mark.parametrize(
    ("found", "act", "sent"),
    [
        (gave_up(), "restart", {"criteria": {"resetScope": "Escrows, Watermark"}}),
        (in_quarantine(OF_THE_TEST), "start", None),
    ],
)
def test_sends_what_was_approved(tenant, far, answers, found, act, sent):
    answers()
    assert Live().apply(tenant, at_step("live"), approved(found)) == {"at": NOW.isoformat(), "sync": ""}
    last = far.asked[-1]
    assert (last.path.rpartition("/")[2], last.json if last.body else None) == (act, sent)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"stored": [{"key": "BaseAddress", "value": "https://elsewhere.example/scim"}, STORED[1]]}, "plan_outdated"),
        ({"stored": [STORED[0], {"key": "SyncAll", "value": "true"}]}, "plan_outdated"),
        ({"tested": 400}, FAILURE),
    ],
)
def test_sends_nothing_where_what_it_rests_on_has_changed(tenant, far, answers, given, code):
    answers(**given)
    with pytest.raises(StepFailed) as failed:
        Live().apply(tenant, at_step("live"), approved(in_quarantine(OF_THE_TEST)))
    assert failed.value.verdict.code == code
    assert not [each for each in far.asked if each.path.endswith("start")]
