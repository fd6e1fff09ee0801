from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from graphclient import Unavailable
from onboarding.domain.desired import SecretText
from onboarding.domain.haiilo_list import HaiiloList
from onboarding.domain.headcount import Headcount
from onboarding.domain.prospects import Prospects
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import ApprovedPlan, Asking, Broken, Change, Done, Todo, Waiting
from onboarding.steps.base import StepFailed
from onboarding.steps.enable.causes import CAUSES, Code
from onboarding.steps.enable.step import Enable, Facts
from onboarding.steps.shared import secrets
from onboarding.steps.shared.credentials import Trial
from tests.graphclient.graph_stub import GraphStub, Reply
from tests.graphclient.samples import NEW_JOB
from tests.graphclient.samples import job as job_json
from tests.narrow import instance
from tests.steps.facts import APP, BASE_URL, JOB, NOW, SCOPE, ago, at_step, job, texts, with_token

ROOT = f"/v1.0/servicePrincipals/{APP}/synchronization"
GUARDED = {"SyncNotificationSettings": json.dumps({"DeleteThresholdEnabled": True, "DeleteThresholdValue": 21})}
OPEN = {"SyncNotificationSettings": json.dumps({"DeleteThresholdEnabled": False, "DeleteThresholdValue": 20})}
JUST_DONE = {"enable": {"enable": {"guard": 20, "at": ago(seconds=10).isoformat(), "started": True}}}
ONLY_SAVED = {"enable": {"enable": {"guard": 20, "at": ago(seconds=10).isoformat(), "started": False}}}
WORKS = Reply(204)
REFUSED = Trial(False, "SystemForCrossDomainIdentityManagementCredentialValidationFailure")
assess = Enable().assess


def step(**fields):
    return at_step("enable", **fields)


def test_announces_guard_and_start_for_so_many_people():
    verdict = assess(step(**with_token()), Facts(job(), OPEN))
    assert isinstance(verdict, Todo)
    [change] = verdict.changes
    assert "200 people" in str(verdict.button)
    assert "more than 20 deletions" in texts(detail.text for detail in change.details)
    assert "2 to 16 minutes" in texts(detail.text for detail in change.details)


def test_announces_the_same_whatever_part_was_done_before_a_crash():
    plans = [
        instance(Todo, assess(step(**with_token()), Facts(job(), stored))).changes[0].as_json()
        for stored in (OPEN, GUARDED, {})
    ]
    assert plans[0] == plans[1] == plans[2]


@pytest.mark.parametrize("code", ["Active", "NotRun", "Quarantine"])
def test_is_done_when_the_job_runs_with_its_guard_on(code):
    verdict = assess(step(), Facts(job(code), GUARDED))
    assert isinstance(verdict, Done)
    assert verdict.evidence.to_json() == {"job_id": JOB, "started": True, "guard": 20, "job_made_at": None}


@pytest.mark.parametrize("found", [job(), job("Active", state="Paused"), job("Active", state="Disabled")])
def test_starts_no_job_twice_while_the_start_is_not_visible_yet(found):
    assert isinstance(assess(step(**with_token(), applied=JUST_DONE), Facts(found, OPEN)), Waiting)


def test_waits_with_the_start_until_microsoft_sees_what_was_saved():
    only_saved = step(**with_token(), applied=ONLY_SAVED)
    assert isinstance(assess(only_saved, Facts(job(), {}, REFUSED)), Waiting)
    assert isinstance(assess(only_saved, Facts(job(), GUARDED, Trial(True))), Todo)


def test_starts_nothing_with_a_token_that_no_longer_works():
    verdict = assess(step(**with_token()), Facts(job(), GUARDED, REFUSED))
    assert isinstance(verdict, Asking)
    assert "Haiilo refused the token" in str(verdict.question)


def test_believes_the_guard_that_was_just_saved():
    assert isinstance(assess(step(applied=JUST_DONE), Facts(job("Active"), {})), Done)


def test_shows_a_job_that_somebody_stopped_later_as_a_plan():
    stopped = step(evidence={"enable": {"job_id": JOB}})
    verdict = assess(stopped, Facts(job("Paused"), GUARDED))
    assert isinstance(verdict, Todo)
    assert "stopped in the customer's tenant" in str(verdict.why)


def test_asks_for_the_token_when_the_guard_is_off_and_our_copy_was_erased():
    verdict = assess(step(), Facts(job("Active"), OPEN))
    assert isinstance(verdict, Asking)
    assert verdict.code == Code.GUARD_OFF


def test_tells_a_deleted_job():
    verdict = assess(step(), Facts())
    assert isinstance(verdict, Broken)
    assert verdict.code == Code.JOB_GONE


def test_says_that_the_whole_directory_is_in_scope():
    everybody = step(**with_token(), evidence={"scope": SCOPE | {"sync_all": True}})
    plan = instance(Todo, assess(everybody, Facts(job(), OPEN)))
    assert "whole directory" in texts(d.text for d in plan.changes[0].details)
    said = texts([plan.why, plan.button, plan.changes[0].summary, *(d.text for d in plan.changes[0].details)])
    assert not re.search(r"\d+ (person|people|to)\b", said), "nobody knows how many people that is"


@pytest.mark.parametrize(
    ("approved_for", "says"), [(200, "Everything is ready"), (199, "approved for 199, and now 200")]
)
def test_says_that_the_count_has_changed_since_the_plan_was_approved(approved_for, says):
    plan = Change("enable", say("x"), payload={"people": approved_for})
    approved = {"enable": ApprovedPlan(1, (plan,), NOW)}
    assert says in str(instance(Todo, assess(step(**with_token(), approved=approved), Facts(job(), OPEN))).why)


DATA = {
    "certain_to_fail": 7,
    "nested_people": 4,
    "findings": [
        {"code": "guest", "people": 6},
        {"code": "country_without_group", "people": 5},
        {"code": "matching_value_empty", "people": 2},
        {"code": "blanks_around", "people": 1},
    ],
}


def planned(scope, **more):
    return instance(Todo, assess(step(**with_token(), evidence={"scope": SCOPE | scope}, **more), Facts(job(), OPEN)))


def lines(plan):
    return [str(detail.text) for detail in plan.changes[0].details]


def test_says_how_many_accounts_are_created_and_why_not_more():
    plan = planned(DATA)
    assert ("193" in str(plan.why), "200" in str(plan.why)) == (True, False)
    for text in (plan.button, plan.changes[0].summary):  # it is provisioned for all of them
        assert "200 people" in str(text)
    told = lines(plan)
    assert told[:3] == [
        "of 200 people in scope, 7 cannot get an account as their data is",
        "The countries of 5 people are not the names of Haiilo groups, so Haiilo refuses them.",
        "The matching attribute is empty for 2 people, whom Microsoft skips.",
    ]
    assert "6 guests get other user names in Haiilo than in Entra." in told
    assert "3 assigned accounts are disabled and will not be created." in told
    assert any(line.startswith("4 people are only in groups within") for line in told)


def test_says_what_is_not_known():
    unlooked, looked = planned({}), planned({"certain_to_fail": 0})
    assert ("200" in str(unlooked.why), "200" in str(looked.why)) == (True, True)
    nobody = "nobody has looked yet for how many of them no account can be created"
    assert (nobody in lines(unlooked), nobody in lines(looked)) == (True, False)
    for plan in (unlooked, looked):
        assert any("is not known; they are linked and not created" in line for line in lines(plan))


LISTED = HaiiloList(at=NOW, asked=200)


def counted(**counts):
    return {"people": Headcount(prospects=Prospects(counts)), "haiilo": LISTED}


def test_takes_off_who_is_in_haiilo_already():
    plan = planned(DATA, **counted(there=51, absent=142, absent_fails=7))
    assert "Haiilo has 51 already, who are linked; starting creates 142" in str(plan.why)
    assert ("200" in str(plan.button), plan.changes[0].payload["creates"]) == (True, 142)
    assert "51 of them have an account in Haiilo already and are linked" in lines(plan)


def test_takes_off_once_who_is_in_haiilo_and_certain_to_fail():
    plan = planned(DATA, **counted(there=46, there_fails=5, absent=147, absent_fails=2))
    assert plan.changes[0].payload["creates"] == 147
    told = lines(plan)
    assert "of 200 people in scope, 2 cannot get an account as their data is" in told
    assert "51 of them have an account in Haiilo already and are linked" in told
    assert "the accounts of 5 of those cannot be changed, as their data is" in told
    nobody = planned(DATA, **counted(there=0, there_fails=7, absent=193))
    assert nobody.changes[0].payload["creates"] == 193
    assert not any("cannot get an account" in line for line in lines(nobody))


@pytest.mark.parametrize(
    ("more", "there", "creates"),
    [
        (counted(there=51, absent=139, untold=3, absent_fails=7), 51, 142),  # of three nobody knows
        (counted(there=51, absent=142, untold_fails=7), 51, 142),
        (counted(there=51, absent=142, absent_fails=7) | {"haiilo": replace(LISTED, at=ago(days=3))}, 51, 142),
        (counted(there=51, absent=100), 0, 193),  # counted of other people than the scope was
    ],
)
def test_says_the_most_that_is_created_while_it_is_not_known_of_each_who_is_there(more, there, creates):
    plan = planned(DATA, **more)
    assert f"creates {creates} accounts in Haiilo at most" in str(plan.why)
    told = lines(plan)
    assert any(line.startswith(f"{there} of them have an account") for line in told) is bool(there)
    assert any("is not known; " in line for line in told)


def test_neither_creates_nor_links_who_has_two_accounts():
    plan = planned(DATA, **counted(there=46, there_fails=3, twice=4, twice_fails=1, absent=143, absent_fails=3))
    assert "Haiilo has 49 already, who are linked; starting creates 143" in str(plan.why)
    assert plan.changes[0].payload["creates"] == 143
    told = lines(plan)
    assert "of 200 people in scope, 3 cannot get an account as their data is" in told
    assert any(line.startswith("5 people have more than one account in Haiilo already") for line in told)


def test_says_before_the_start_who_may_get_none_or_has_two():
    odd = {
        "findings": [{"code": "signs_in_matching_value", "people": 1}, {"code": "required_value_empty", "people": 2}]
    }
    told = lines(planned(DATA | odd, **counted(there=50, twice=1, absent=142, absent_fails=7)))
    assert "The user name of 1 person has characters for which Haiilo may refuse to search." in told
    assert "A value that Haiilo needs is empty for 2 people." in told
    assert any(line.startswith("1 person has more than one account in Haiilo already") for line in told)
    of_others = counted(there=50, twice=1, absent=100)  # than the scope was counted of
    assert not any("more than one account" in line for line in lines(planned(DATA, **of_others)))


def test_is_another_plan_when_something_is_found_since():
    plan = planned(DATA).changes[0]
    odd = {"code": "signs_in_matching_value", "people": 1}
    assert planned(DATA | {"findings": [odd]}).changes[0].as_json() != plan.as_json()


def test_is_another_plan_with_other_numbers():
    plan = planned(DATA).changes[0]
    approved = {"enable": ApprovedPlan(1, (plan,), NOW)}
    assert plan == planned(DATA, approved=approved).changes[0]
    other = planned(DATA | {"certain_to_fail": 8}, approved=approved)
    assert other.changes[0].as_json() != plan.as_json()
    assert "approved for 193 new accounts, and now 192 accounts" in str(other.why)
    of_before = Change("enable", say("x"), payload={"people": 200})  # approved in an earlier release
    assert "and now 193" in str(planned(DATA, approved={"enable": ApprovedPlan(1, (of_before,), NOW)}).why)


@pytest.mark.parametrize(("people", "guard"), [(0, 5), (30, 5), (51, 5), (200, 20), (4999, 499), (90_000, 500)])
def test_sizes_the_guard_by_the_people_in_scope(people, guard):
    assert secrets.guard_for(people) == guard


@pytest.mark.parametrize(
    ("text", "guard"),
    [
        ("", None),
        ("not json", None),
        ("[]", None),
        ('{"DeleteThresholdEnabled": "true", "DeleteThresholdValue": "7"}', 6),
        ('{"DeleteThresholdEnabled": true, "DeleteThresholdValue": 500}', 499),
        ('{"DeleteThresholdEnabled": true, "DeleteThresholdValue": "many"}', 0),
        ('{"DeleteThresholdEnabled": false, "DeleteThresholdValue": 7}', None),
    ],
)
def test_reads_the_guard_however_it_is_written(text, guard):
    assert secrets.guard_of({"SyncNotificationSettings": text}) == guard


# Applying


@pytest.fixture
def answers(far: GraphStub) -> Callable[..., None]:
    def give(stored, found, tested=WORKS):
        far.on("GET", f"{ROOT}/secrets", Reply(200, {"value": [{"key": k, "value": v} for k, v in stored.items()]}))
        far.on("PUT", f"{ROOT}/secrets", Reply(204))
        far.on("GET", f"{ROOT}/jobs/{JOB}", Reply(200, {**found, "id": JOB}))
        far.on("POST", f"{ROOT}/jobs/{JOB}/validateCredentials", tested)
        far.on("POST", f"{ROOT}/jobs/{JOB}/start", Reply(204))

    return give


PLANNED = {
    "service_principal_id": APP,
    "job_id": JOB,
    "base_url": BASE_URL,
    "token_at": NOW.isoformat(),
    "guard": 20,
    "people": 200,
    "sync_all": False,
}
CHANGE = Change("enable", say("x"), payload=PLANNED)


def test_saves_the_guard_beside_everything_else_and_starts(tenant, far, answers):
    before = {"BaseAddress": BASE_URL, "SecretToken": "***", "SyncAll": "false", **OPEN}
    answers(before, NEW_JOB)
    result = Enable().apply(tenant, step(**with_token()), CHANGE)
    [put] = far.seen("PUT", f"{ROOT}/secrets")
    values = {row["key"]: row["value"] for row in put.json["value"]}
    assert (values["SecretToken"], values["SyncAll"], values["BaseAddress"]) == ("s3cret-token", "false", BASE_URL)
    assert secrets.guard_of(values) == 20
    assert len(far.seen("POST", f"{ROOT}/jobs/{JOB}/start")) == 1
    assert (result["guard"], result["at"], result["started"]) == (20, NOW.isoformat(), True)
    assert result["kept"] == {key: value for key, value in values.items() if key != "SecretToken"}
    assert result["put_at"] == result["tested_at"] == NOW.isoformat()


def test_saves_but_does_not_start_while_the_saved_ones_are_not_seen(tenant, far, answers):
    body = {"error": {"code": "CredentialValidationUnavailable", "innerError": {"code": REFUSED.code}}}
    answers({"BaseAddress": BASE_URL, "SyncAll": "false", **OPEN}, NEW_JOB, Reply(400, body))
    result = Enable().apply(tenant, step(**with_token()), CHANGE)
    assert (result["started"], result["partly"].text[:40]) == (False, "Saved. Provisioning was not started yet,")
    assert far.seen("POST", f"{ROOT}/jobs/{JOB}/start") == []


def test_saves_nothing_over_what_it_cannot_see(tenant, far, answers):
    answers({}, NEW_JOB)
    with pytest.raises(Unavailable):
        Enable().apply(tenant, step(**with_token()), CHANGE)
    assert far.seen("PUT", f"{ROOT}/secrets") == []


def test_starts_nothing_that_runs_and_saves_nothing_that_is_saved(tenant, far, answers):
    answers({"BaseAddress": BASE_URL, "SyncAll": "false", **GUARDED}, job_json())
    Enable().apply(tenant, step(), CHANGE)
    assert far.seen("PUT", f"{ROOT}/secrets") == []
    assert far.seen("POST", f"{ROOT}/jobs/{JOB}/start") == []


@pytest.mark.parametrize("found", [{"BaseAddress": "https://elsewhere/scim"}, {"SyncAll": "true"}])
def test_starts_nothing_that_sends_elsewhere_or_of_others_than_was_planned(tenant, far, answers, found):
    answers({"BaseAddress": BASE_URL, "SyncAll": "false", **OPEN, **found}, NEW_JOB)
    with pytest.raises(StepFailed) as failed:
        Enable().apply(tenant, step(**with_token()), CHANGE)
    assert failed.value.verdict.code == Code.PLAN_OUTDATED
    assert {asked.method for asked in far.asked} == {"GET"}


def test_never_writes_with_a_newer_token_than_was_planned(tenant, far, answers):
    answers({"BaseAddress": BASE_URL, "SyncAll": "false", **OPEN}, NEW_JOB)
    with pytest.raises(StepFailed) as failed:
        Enable().apply(tenant, step(**with_token(scim_token_saved_at=ago(hours=-1))), CHANGE)
    assert failed.value.verdict.code == Code.PLAN_OUTDATED
    assert far.seen("PUT", f"{ROOT}/secrets") == []


def test_never_writes_with_a_token_that_cannot_be_one(tenant, far, answers):
    answers({"BaseAddress": BASE_URL, "SyncAll": "false", **OPEN}, NEW_JOB)
    with pytest.raises(StepFailed) as failed:
        Enable().apply(tenant, step(**with_token(scim_token=SecretText("https://x"))), CHANGE)
    assert failed.value.verdict.code == Code.TOKEN_UNUSABLE
    assert far.seen("PUT", f"{ROOT}/secrets") == []


FORMER = "https://former.smarpshare.com/api/scim/v2"
ELSEWHERE = {"BaseAddress": FORMER, "SyncAll": "false", **OPEN}


def test_plans_no_guard_while_another_address_is_saved():
    verdict = assess(step(**with_token()), Facts(job(), ELSEWHERE))
    assert instance(Asking, verdict).code == Code.GUARD_OFF


@pytest.mark.parametrize("planned", [BASE_URL, FORMER])
def test_neither_moves_data_nor_sends_the_token_to_the_former_address_with_the_guard(tenant, far, answers, planned):
    answers(ELSEWHERE, NEW_JOB)
    change = Change("enable", say("x"), payload={**PLANNED, "base_url": planned})
    with pytest.raises(StepFailed) as failed:
        Enable().apply(tenant, step(**with_token()), change)
    assert failed.value.verdict.code == Code.PLAN_OUTDATED
    assert far.seen("PUT", f"{ROOT}/secrets") == []


def test_never_writes_without_the_token(tenant, far, answers):
    answers({"BaseAddress": BASE_URL, "SyncAll": "false", **OPEN}, NEW_JOB)
    with pytest.raises(StepFailed) as failed:
        Enable().apply(tenant, step(), CHANGE)
    assert failed.value.verdict.code == Code.TOKEN_ERASED
    assert far.seen("PUT", f"{ROOT}/secrets") == []


def test_has_one_cause_for_each_code():
    assert sorted(Code) == sorted(cause.code for cause in CAUSES)
