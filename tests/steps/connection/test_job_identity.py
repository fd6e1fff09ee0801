"""A job's id is no identity: one that is deleted and made again has the same (docs/graph-facts.md, "Jobs")."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from graphclient import OutcomeUnknown
from onboarding.domain.desired import Desired
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Change, Court, Todo, Waiting
from onboarding.steps.base import StepFailed
from onboarding.steps.connection.causes import Code
from onboarding.steps.connection.evidence import ConnectionEvidence, made_at
from onboarding.steps.connection.step import Connection, Facts
from onboarding.steps.enable.step import Enable
from onboarding.steps.enable.step import Facts as EnableFacts
from onboarding.steps.pilot.step import Facts as PilotFacts
from onboarding.steps.pilot.step import Pilot
from onboarding.steps.shared import jobs, making
from onboarding.steps.shared.credentials import Trial
from onboarding.steps.shared.making import creation
from onboarding.steps.sso_application.causes import Code as SsoCode
from onboarding.steps.sso_application.form import ExistingJobForm
from onboarding.steps.sso_application.step import Facts as SsoFacts
from onboarding.steps.sso_application.step import SsoApplication
from tests.graphclient.graph_stub import Reply
from tests.graphclient.samples import NEW_JOB
from tests.graphclient.samples import job as job_json
from tests.narrow import instance
from tests.steps.facts import (
    APP,
    BASE_URL,
    CHOSEN,
    CONNECTED,
    JOB,
    NOW,
    ago,
    at_step,
    candidate,
    evidence_of,
    finished,
    job,
    with_token,
)

ROOT = f"/v1.0/servicePrincipals/{APP}/synchronization"
DECIDED = ago(minutes=40)
REPLACED = CHOSEN | {"replaced_job_ids": [JOB], "replaced_at": DECIDED.isoformat()}
OLD = finished(steady_state_first=ago(days=90))
assess = Connection().assess


def removed(minutes: float, **more: Any) -> dict[str, Any]:
    return {"remove_job:1": {"job_id": JOB, "at": ago(minutes=minutes).isoformat(), **more}}


def created(minutes: float) -> dict[str, Any]:
    result = {"job_id": JOB, "service_principal_id": APP, "at": ago(minutes=minutes).isoformat()}
    return {"create_job": result}


def step(applied: dict[str, Any] | None = None, **fields: Any) -> Desired:
    evidence = {"sso_application": REPLACED} | fields.pop("evidence", {})
    return at_step("connection", evidence=evidence, applied={"connection": applied or {}}, **with_token(), **fields)


def keys(verdict: Any) -> list[str]:
    return [change.key for change in instance(Todo, verdict).changes]


# Replacing


def test_never_removes_the_job_that_was_made_in_place_of_the_replaced_one():
    todo = assess(step(removed(30) | created(20)), Facts((job(),)))
    assert keys(todo) == ["try_credentials", "save_credentials"]


def test_is_not_kept_from_it_by_an_old_one_that_the_customer_deleted_by_hand():
    assert "remove_job" not in keys(assess(step(created(20)), Facts((job(),))))


def test_removes_a_job_of_ours_that_a_person_wants_replaced_later():
    assert keys(assess(step(created(60)), Facts((job(),)))) == ["back_up_job", "remove_job"]


def test_names_in_the_plan_which_of_two_jobs_with_one_id_is_meant(tenant, far):
    [_back_up, remove] = instance(Todo, assess(step(), Facts((OLD,)))).changes
    assert remove.payload["replaced_at"] == DECIDED.isoformat()
    far.on("DELETE", f"{ROOT}/jobs/{JOB}", Reply(204))
    with pytest.raises(StepFailed) as failed:
        Connection().apply(tenant, step(removed(30) | created(20)), remove)
    assert failed.value.verdict.code == Code.PLAN_OUTDATED
    assert far.asked == []


def test_keeps_when_the_job_was_made():
    facts = Facts((job(),), {"BaseAddress": BASE_URL}, Trial(True))
    saved = {"save_credentials": {"token_at": NOW.isoformat(), "base_url": BASE_URL, "at": ago(hours=1).isoformat()}}
    evidence = evidence_of(assess(step(removed(30) | created(20) | saved), facts))
    assert evidence.made_at == ago(minutes=20)


# A ghost: deleted, and still there


def test_waits_while_a_deleted_job_is_still_listed():
    waits = instance(Waiting, assess(step(removed(2)), Facts((OLD,))))
    assert "still lists it" in str(waits.why)


def test_names_a_job_that_stays_although_it_was_deleted():
    asked = instance(Asking, assess(step(removed(20)), Facts((OLD,))))
    assert (asked.code, asked.court) == (Code.JOB_UNDELETABLE, Court.CUSTOMER)
    assert JOB in str(asked.question)


def test_waits_for_a_sandbox_in_the_measure_of_its_pace():
    """Ten minutes at Microsoft are twenty seconds in a sandbox at thirty times the pace, for each of these waits."""
    at_pace = partial(step, pace=30.0)
    assert isinstance(assess(at_pace(removed(0.1)), Facts((OLD,))), Waiting)
    assert instance(Asking, assess(at_pace(removed(0.2)), Facts((OLD,)))).code == Code.JOB_UNDELETABLE
    assert isinstance(assess(at_pace(removed(2) | created(0.4)), Facts()), Waiting)
    assert "does not show it" in str(instance(Todo, assess(at_pace(removed(2) | created(0.6)), Facts())).why)
    unanswered = frozenset({create().intent})
    lost = partial(
        step, begun={"connection": {create().intent: ago(minutes=1)}}, unconfirmed={"connection": unanswered}
    )
    assert making.stuck_since(lost(), APP) is None
    assert making.stuck_since(lost(pace=30.0), APP) == ago(minutes=1)


@pytest.mark.parametrize("status", [400, 405, 409])
def test_names_a_job_that_microsoft_refuses_to_delete(tenant, far, status):
    body = {"error": {"code": "JobCannotBeDeleted", "message": "no"}}
    far.on("DELETE", f"{ROOT}/jobs/{JOB}", Reply(status, body))
    remove = Change("remove_job", say("x"), payload={"service_principal_id": APP, "job_id": JOB})
    result = Connection().apply(tenant, step(), remove)
    assert "refused to delete the job: JobCannotBeDeleted" in str(result["partly"])
    verdict = assess(step({"remove_job:1": {**result, "at": NOW.isoformat()}}), Facts((OLD,)))
    assert instance(Asking, verdict).code == Code.JOB_UNDELETABLE


def test_takes_a_job_that_ran_before_ours_was_made_for_the_old_one():
    desired = step(removed(30) | created(20))
    assert not making.is_our_making(desired, APP, OLD, None)
    assert instance(Asking, assess(desired, Facts((OLD,)))).code == Code.JOB_UNDELETABLE


def test_knows_its_own_job_by_a_clock_that_is_ten_minutes_off():
    ran = finished(steady_state_first=ago(minutes=29), last_execution=None)
    assert making.is_our_making(step(removed(30) | created(20)), APP, ran, None)


def test_offers_another_application_once_the_old_job_does_not_go():
    desired = at_step(
        "sso_application",
        evidence={"sso_application": REPLACED},
        applied={"connection": removed(20)},
        answered_at={"sso_application": DECIDED},
        answers={"sso_application": {"existing_job": "replace"}},
    )
    second = candidate("second", display_name="Haiilo Provisioning", reply_urls=())
    asked = SsoApplication().assess(desired, SsoFacts((candidate(jobs=(OLD,)), second)))
    assert instance(Asking, asked).code == SsoCode.ANOTHER_APPLICATION
    assert {each["service_principal_id"] for each in asked.offers["candidates"]} == {APP, "second"}


# Making


def create(**payload: Any) -> Change:
    return creation(APP, "scim", **payload)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (409, {"code": "Conflict", "message": "no"}),
        (400, {"code": "BadRequest", "message": "A job of this template already exists."}),
    ],
)
def test_says_that_an_id_is_still_kept_and_sends_no_second_request(tenant, far, status, error):
    far.on("POST", f"{ROOT}/jobs", Reply(status, {"error": error}))
    with pytest.raises(StepFailed) as failed:
        Connection().apply(tenant, step(removed(5)), create())
    assert (failed.value.verdict.code, failed.value.verdict.court) == (Code.JOB_REFUSED, Court.MICROSOFT)
    assert len(far.seen("POST", f"{ROOT}/jobs")) == 1


@pytest.mark.parametrize("status", [404, 500])
def test_does_not_know_what_came_of_a_request_that_ended_in_an_error(tenant, far, status):
    far.on("POST", f"{ROOT}/jobs", Reply(status, {"error": {"code": "x", "message": ""}}))
    with pytest.raises(OutcomeUnknown):
        Connection().apply(tenant, step(removed(5)), create())
    assert len(far.seen("POST", f"{ROOT}/jobs")) == 1


@pytest.mark.parametrize("status", [200, 201])
def test_adopts_no_job_that_microsoft_gives_in_place_of_a_new_one(tenant, far, status):
    far.on("POST", f"{ROOT}/jobs", Reply(status, {**job_json("Active"), "id": JOB}))
    with pytest.raises(StepFailed) as failed:
        Connection().apply(tenant, step(), create())
    assert (failed.value.verdict.code, failed.value.verdict.court) == (Code.JOB_WAS_THERE, Court.CS)
    refused = step(refused={"connection": {create().intent: NOW}}, evidence={"sso_application": CHOSEN})
    assert instance(Asking, assess(refused, Facts((OLD,)))).code == Code.FOREIGN_JOB


def test_takes_no_running_job_for_the_one_whose_making_nobody_answered():
    lost = step(begun={"connection": {create().intent: NOW}}, evidence={"sso_application": CHOSEN})
    assert instance(Asking, assess(lost, Facts((OLD,)))).code == Code.FOREIGN_JOB
    assert keys(assess(lost, Facts((job(),)))) == ["try_credentials", "save_credentials"]


def test_finds_a_job_that_can_be_read_though_it_is_not_listed(tenant, far):
    far.on("GET", f"{ROOT}/jobs", Reply(200, {"value": []}))
    far.on("GET", f"{ROOT}/jobs/{JOB}", Reply(200, {**NEW_JOB, "id": JOB}))
    far.on("GET", f"{ROOT}/secrets", Reply(200, {"value": []}))
    facts = Connection().read(tenant, step(created(20), evidence={"sso_application": CHOSEN}))
    assert [each.id for each in facts.jobs] == [JOB]


def test_asks_before_it_sends_again_what_microsoft_said_it_made_and_never_shows():
    todo = assess(step(removed(30) | created(20)), Facts())
    assert instance(Todo, todo).asks
    assert "does not show it" in str(todo.why)
    assert "create_job" in keys(todo)


def test_tries_todays_template_first_where_a_job_is_replaced(tenant, far):
    legacy = REPLACED | {"template_id": "customappsso"}
    [_try, change, _save] = instance(
        Todo, assess(step(removed(30), evidence={"sso_application": legacy}), Facts())
    ).changes
    refusal = Reply(400, {"error": {"code": "InvalidTemplate", "message": "not available"}})
    answers = [refusal, Reply(201, {**NEW_JOB, "id": JOB, "templateId": "customappsso"})]
    far.on("POST", f"{ROOT}/jobs", *answers)
    result = Connection().apply(tenant, step(), change)
    assert result["template_id"] == "customappsso"
    assert [asked.json["templateId"] for asked in far.seen("POST", f"{ROOT}/jobs")] == ["scim", "customappsso"]
    new = job(template="scim")
    anew = step(removed(30) | created(20), evidence={"sso_application": legacy})
    assert "create_job" not in keys(assess(anew, Facts((new,)))), "whatever template it came of"


def test_offers_another_application_once_no_job_can_be_made():
    refused = {"connection": {create().intent: ago(minutes=1)}}
    second = candidate("second", display_name="Haiilo Provisioning", reply_urls=())
    desired = at_step("sso_application", refused=refused)
    asked = SsoApplication().assess(desired, SsoFacts((candidate(), second)))
    assert instance(Asking, asked).code == SsoCode.ANOTHER_APPLICATION
    chosen = {"sso_application": {"service_principal_id": APP}}
    stays = at_step("sso_application", refused=refused, answers=chosen, answered_at={"sso_application": NOW})
    assert evidence_of(SsoApplication().assess(stays, SsoFacts((candidate(), second)))).service_principal_id == APP


# Later steps


ANEW = CONNECTED | {"made_at": ago(minutes=20).isoformat()}


def test_reads_the_log_only_from_the_time_the_job_was_made():
    assert made_at(at_step("mappings", evidence={"connection": ANEW})) == ago(minutes=20)
    assert made_at(at_step("mappings")) is None


def test_does_not_take_an_older_job_under_the_same_id_for_ours(tenant, far):
    old = {**job_json("Active"), "id": JOB}
    far.on("GET", f"{ROOT}/jobs/{JOB}", Reply(200, old))
    far.on("GET", f"{ROOT}/jobs", Reply(200, {"value": [old]}))
    desired = at_step("mappings", evidence={"connection": ANEW})
    assert (jobs.our_job(tenant.graph, desired), jobs.listed_job(tenant.graph, desired)) == (None, None)


def test_tries_somebody_anew_on_a_job_that_was_made_anew():
    before = {"job_id": JOB, "job_made_at": ago(days=9).isoformat(), "asked": "", "name": "Eva Berg"}
    verdict = Pilot().assess(at_step("pilot", evidence={"connection": ANEW, "pilot": before}), PilotFacts())
    assert isinstance(verdict, Asking)


def test_does_not_say_of_a_new_job_that_somebody_stopped_it():
    started = {"job_id": JOB, "started": True, "guard": 20, "job_made_at": ago(days=9).isoformat()}
    desired = at_step("enable", evidence={"connection": ANEW, "enable": started}, **with_token())
    assert "Everything is ready" in str(instance(Todo, Enable().assess(desired, EnableFacts(job()))).why)


def test_says_that_a_job_that_had_run_was_made_again_by_somebody():
    ran = {"enable": {"job_id": JOB, "started": True, "guard": 20}, "initial_cycle": {}}
    verdict = Enable().assess(at_step("enable", evidence=ran, **with_token()), EnableFacts(job()))
    assert "created it again" in str(instance(Todo, verdict).why)


def test_doubts_what_follows_by_another_job_and_not_by_the_time_of_a_test():
    before = ConnectionEvidence(JOB, "scim", BASE_URL, APP, ago(hours=2), ago(hours=1))
    stored = before.to_json()
    assert not ConnectionEvidence(JOB, "scim", BASE_URL, APP, ago(hours=2), NOW).differs_from(stored)
    assert not ConnectionEvidence(JOB, "scim", BASE_URL, APP, NOW, NOW).differs_from(stored | {"made_at": None})
    assert ConnectionEvidence(JOB, "scim", BASE_URL, APP, NOW, ago(hours=1)).differs_from(stored)
    assert not before.differs_from(CONNECTED)


# Several jobs


TWO = (job(identity="one"), job("Active", identity="two", template="customappsso"))


def sso(**answer: Any) -> Any:
    answers = {"sso_application": answer} if answer else {}
    return SsoApplication().assess(at_step("sso_application", answers=answers), SsoFacts((candidate(jobs=TWO),)))


def test_lists_several_jobs_and_adopts_none_that_nobody_named():
    for verdict in (sso(), sso(existing_job="adopt")):
        asked = instance(Asking, verdict)
        assert asked.code == SsoCode.EXISTING_JOBS
        assert "one (Paused)" in str(asked.question)
        assert "two (Active)" in str(asked.question)


def test_adopts_the_named_one_and_says_which_stays_beside_it():
    done = sso(existing_job="adopt", job_id="one", job_ids=["one", "two"])
    assert evidence_of(done).existing_job_id == "one"
    assert "two, Active" in " ".join(map(str, done.warnings))


def test_asks_about_a_job_that_came_after_the_answer():
    asked = instance(Asking, sso(existing_job="replace", job_id="", job_ids=["one"]))
    assert asked.code == SsoCode.EXISTING_JOBS


def test_notes_of_which_jobs_a_person_has_spoken():
    form = ExistingJobForm({"existing_job": "adopt two"}, offers={"jobs": [{"id": "one"}, {"id": "two"}]})
    assert form.is_valid()
    assert form.answer() == {"existing_job": "adopt", "job_id": "two", "job_ids": ["one", "two"]}


def test_lists_all_foreign_jobs():
    asked = instance(Asking, assess(step(evidence={"sso_application": CHOSEN}), Facts(TWO)))
    assert [each["id"] for each in asked.offers["jobs"]] == ["one", "two"]


def test_begins_a_new_count_of_time_for_each_decision():
    later = SsoApplication().assess(
        at_step(
            "sso_application",
            answers={"sso_application": {"existing_job": "replace", "job_ids": [JOB]}},
            answered_at={"sso_application": NOW - timedelta(minutes=1)},
        ),
        SsoFacts((candidate(jobs=(OLD,)),)),
    )
    assert evidence_of(later).replaced_at == ago(minutes=1)
