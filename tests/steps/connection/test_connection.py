import json

import pytest

from onboarding.domain.desired import SecretText
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Change, Court, Done, Todo, Waiting
from onboarding.steps.base import StepFailed
from onboarding.steps.connection.causes import CAUSES, Code
from onboarding.steps.connection.step import Connection, Facts
from onboarding.steps.shared.credentials import Trial
from onboarding.steps.shared.making import creation
from tests.graphclient.graph_stub import Reply
from tests.graphclient.samples import NEW_JOB
from tests.narrow import instance
from tests.steps.facts import APP, BASE_URL, CHOSEN, CONNECTED, JOB, NOW, ago, at_step, job, texts, with_token

SCIM = "SystemForCrossDomainIdentityManagement"
ROOT = f"/v1.0/servicePrincipals/{APP}/synchronization"
STORED = {"BaseAddress": BASE_URL, "SecretToken": "***", "SyncAll": "false"}
WORKING = Trial(True)
SCIM = "SystemForCrossDomainIdentityManagement"
REFUSED = Trial(False, f"{SCIM}CredentialValidationFailure", "401")
WORKS = Facts((job(),), STORED, WORKING)
ADOPTED = CHOSEN | {"existing_job_id": JOB}
MADE = {"create_job": {"job_id": JOB, "service_principal_id": APP, "at": ago(minutes=1).isoformat()}}
SAVED = {"save_credentials": {"token_at": NOW.isoformat(), "base_url": BASE_URL, "at": NOW.isoformat()}}
SAVED_LONG_AGO = {"save_credentials": SAVED["save_credentials"] | {"at": ago(hours=1).isoformat()}}
TRIED = {"try_credentials": {"token_at": NOW.isoformat(), "base_url": BASE_URL, "at": NOW.isoformat()}}
assess = Connection().assess


def step(**fields):
    return at_step("connection", **fields)


def keys(todo):
    return [change.key for change in todo.changes]


def test_asks_for_the_token_first():
    verdict = assess(step(), Facts())
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (Code.TOKEN_NEEDED, Court.CS)


def test_plans_to_try_then_make_the_job_then_save():
    verdict = assess(step(**with_token()), Facts())
    assert isinstance(verdict, Todo)
    assert keys(verdict) == ["try_credentials", "create_job", "save_credentials"]
    assert [change.once for change in verdict.changes] == [False, True, False]
    assert not verdict.asks


def test_does_not_try_again_what_was_tried():
    verdict = assess(step(**with_token(), applied={"connection": TRIED}), Facts())
    assert keys(verdict) == ["create_job", "save_credentials"]


@pytest.mark.parametrize("changed", [{"scim_token_saved_at": ago(hours=-1)}, {"haiilo_host": "new.smarpshare.com"}])
def test_tries_again_with_another_token_or_address(changed):
    verdict = assess(step(**with_token(**changed), applied={"connection": TRIED}), Facts())
    assert "try_credentials" in keys(verdict)


def test_makes_no_second_job_where_ours_is_already():
    verdict = assess(step(**with_token(), applied={"connection": MADE}), Facts((job(),)))
    assert keys(verdict) == ["try_credentials", "save_credentials"]


def test_adopts_the_job_whose_creation_nobody_answered():
    begun = {"connection": {creation(APP, "scim").intent: ago(minutes=1)}}
    verdict = assess(step(**with_token(), begun=begun), Facts((job(),)))
    assert "create_job" not in keys(verdict)


def test_asks_about_a_job_that_somebody_else_made_meanwhile():
    verdict = assess(step(**with_token()), Facts((job(),)))
    assert isinstance(verdict, Asking)
    assert verdict.code == Code.FOREIGN_JOB


def test_is_done_when_microsofts_own_test_with_the_saved_ones_succeeds():
    verdict = assess(step(**with_token(), applied={"connection": MADE | SAVED}), WORKS)
    assert isinstance(verdict, Done)
    made = {"made_at": MADE["create_job"]["at"], "tested_at": None}
    assert verdict.evidence.to_json() == CONNECTED | made


def test_stays_done_after_our_copy_of_the_token_was_erased():
    assert isinstance(assess(step(applied={"connection": MADE | SAVED}), WORKS), Done)


@pytest.mark.parametrize("tested", [Trial(), REFUSED])
def test_waits_while_the_saved_ones_are_not_visible_yet(tested):
    facts = Facts((job(),), {}, tested)
    assert isinstance(assess(step(**with_token(), applied={"connection": MADE | SAVED}), facts), Waiting)


def test_saves_nothing_over_what_it_cannot_see_yet():
    newer = step(**with_token(scim_token_saved_at=ago(minutes=-5)), applied={"connection": MADE | SAVED})
    assert isinstance(assess(newer, Facts((job(),), {}, REFUSED)), Waiting)


def test_makes_no_second_job_while_the_list_does_not_show_the_first():
    waits = assess(step(**with_token(), applied={"connection": MADE}), Facts())
    assert "does not list it yet" in str(instance(Waiting, waits).why)


def test_does_not_call_a_job_new_that_was_listed_before_and_waits_all_the_same():
    waits = assess(step(evidence={"connection": CONNECTED}, applied={"connection": MADE}), Facts())
    assert "does not list the new job any more" in str(instance(Waiting, waits).why)
    long_ago = {"create_job": MADE["create_job"] | {"at": ago(minutes=16).isoformat()}}
    deleted = assess(step(evidence={"connection": CONNECTED}, applied={"connection": long_ago}), Facts())
    assert deleted.code == Code.JOB_DELETED


def test_saves_a_new_token_although_the_old_one_works():
    facts = step(**with_token(scim_token_saved_at=ago(minutes=-5)), applied={"connection": MADE | SAVED})
    assert keys(assess(facts, WORKS)) == ["try_credentials", "save_credentials"]


def test_shows_both_addresses_when_another_one_is_stored():
    facts = Facts((job(),), {**STORED, "BaseAddress": "https://test.smarpshare.com/api/scim/v2"}, WORKING)
    verdict = assess(step(**with_token(), evidence={"sso_application": ADOPTED}), facts)
    assert isinstance(verdict, Todo)
    assert verdict.asks, "a job of others is not pointed elsewhere without a person's yes"
    said = texts(detail.text for detail in verdict.changes[-1].details if detail.sign == "~")
    assert f"https://test.smarpshare.com/api/scim/v2 becomes {BASE_URL}" in said


FORMER = "https://former.smarpshare.com/api/scim/v2"


@pytest.mark.parametrize(
    ("evidence", "stored"),
    [
        ({"connection": CONNECTED | {"base_url": FORMER}}, {}),
        ({"connection": CONNECTED | {"base_url": FORMER}}, STORED | {"BaseAddress": FORMER}),
        ({}, STORED | {"BaseAddress": FORMER}),
    ],
)
def test_takes_a_persons_yes_once_data_went_to_another_address(evidence, stored):
    moved = step(**with_token(), evidence=evidence, applied={"connection": MADE})
    verdict = instance(Todo, assess(moved, Facts((job(),), stored, WORKING)))
    assert verdict.asks
    tried = step(**with_token(), evidence=evidence, applied={"connection": MADE | TRIED})
    again = instance(Todo, assess(tried, Facts((job(),), stored, WORKING)))
    assert [change.as_json() for change in again.changes] == [change.as_json() for change in verdict.changes]


def test_takes_the_same_address_in_other_capitals_for_the_same():
    shouted = STORED | {"BaseAddress": BASE_URL.upper() + "/"}
    newer = step(**with_token(scim_token_saved_at=ago(minutes=-5)), applied={"connection": MADE | SAVED_LONG_AGO})
    assert not instance(Todo, assess(newer, Facts((job(),), shouted, WORKING))).asks


def test_does_not_say_that_an_address_is_saved_which_is_not():
    elsewhere = {"save_credentials": SAVED["save_credentials"] | {"base_url": FORMER}}
    verdict = assess(step(applied={"connection": MADE | elsewhere}), Facts((job(),), STORED | {"BaseAddress": FORMER}))
    assert instance(Asking, verdict).code == Code.TOKEN_NEEDED


def test_says_the_same_plan_until_it_is_done_on_an_adopted_job():
    facts = Facts((job(),), STORED, REFUSED)
    first = assess(step(**with_token(), evidence={"sso_application": ADOPTED}), facts)
    again = assess(step(**with_token(), evidence={"sso_application": ADOPTED}, applied={"connection": TRIED}), facts)
    assert [c.as_json() for c in instance(Todo, first).changes] == [c.as_json() for c in instance(Todo, again).changes]


REFUSALS = [
    (f"{SCIM}InvalidCredentials", Court.CS, "address"),
    (f"{SCIM}CredentialValidationUnavailable", Court.CS, "could not reach Haiilo"),
    (f"{SCIM}CredentialValidationFailure", Court.CS, "Haiilo refused the token"),
    (f"{SCIM}ServiceIncompatible", Court.HAIILO, "not valid SCIM"),
    ("CredentialValidationUnavailable", Court.CS, "could not finish the connection test"),
]


@pytest.mark.parametrize(("code", "court", "says"), REFUSALS)
def test_says_which_side_fails_when_the_saved_token_stops_working(code, court, says):
    facts = Facts((job(),), STORED, Trial(False, code))
    verdict = assess(step(evidence={"connection": CONNECTED}, applied={"connection": SAVED_LONG_AGO}), facts)
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (code, court)
    assert says in str(instance(Asking, verdict).question)


def test_makes_no_new_job_silently_when_somebody_deleted_ours():
    gone = {"connection": CONNECTED}
    assert assess(step(evidence=gone), Facts((), STORED)).code == Code.JOB_DELETED
    plan = assess(step(**with_token(), evidence=gone), Facts((), STORED))
    assert isinstance(plan, Todo)
    assert plan.asks
    assert "create_job" in keys(plan)


def test_begins_anew_on_an_application_that_was_chosen_later():
    other = {"connection": CONNECTED | {"service_principal_id": "other", "job_id": "other-job"}}
    verdict = assess(step(**with_token(), evidence=other), Facts((), {}))
    assert isinstance(verdict, Todo)
    assert not verdict.asks


REPLACED = {"sso_application": CHOSEN | {"replaced_job_ids": ["old"]}}


def test_keeps_a_copy_before_it_removes_what_a_person_wants_replaced():
    verdict = assess(step(**with_token(), evidence=REPLACED), Facts((job("Active", identity="old"),), STORED))
    assert isinstance(verdict, Todo)
    assert verdict.asks
    assert keys(verdict) == ["back_up_job", "remove_job"]


def test_goes_on_with_a_new_job_once_the_old_one_is_removed():
    verdict = assess(step(**with_token(), evidence=REPLACED), Facts((), STORED))
    assert keys(verdict) == ["try_credentials", "create_job", "save_credentials"]


# Applying


def change(key, **payload):
    planned = {"base_url": BASE_URL, "token_at": NOW.isoformat(), "template_id": "scim", "only_assigned": True}
    return Change(key, say("x"), payload={"service_principal_id": APP, **planned, **payload})


def test_has_microsoft_try_the_cleaned_token(tenant, far):
    far.on("POST", f"{ROOT}/jobs/validateCredentials", Reply(204))
    dirty = step(scim_token=SecretText(" Bearer “s3cret”\n"), scim_token_saved_at=NOW)
    result = Connection().apply(tenant, dirty, change("try_credentials"))
    assert result == {"token_at": NOW.isoformat(), "base_url": BASE_URL, "at": NOW.isoformat()}
    body = far.asked[-1].json
    assert body["templateId"] == "scim"
    assert {row["key"]: row["value"] for row in body["credentials"]} == {
        "BaseAddress": BASE_URL,
        "SecretToken": "s3cret",
    }


@pytest.mark.parametrize(("code", "court", "says"), REFUSALS)
def test_says_which_side_fails_when_what_was_entered_is_refused(tenant, far, code, court, says):
    body = {"error": {"code": "CredentialValidationUnavailable", "message": "no", "innerError": {"code": code}}}
    far.on("POST", f"{ROOT}/jobs/validateCredentials", Reply(400, body))
    with pytest.raises(StepFailed) as failed:
        Connection().apply(tenant, step(**with_token()), change("try_credentials"))
    verdict = failed.value.verdict
    assert (verdict.code, verdict.court) == (code, court)
    assert says in str(instance(Asking, verdict).question)


def test_sends_nothing_of_a_token_that_cannot_be_one(tenant, far):
    with pytest.raises(StepFailed, match="address, not a token") as failed:
        Connection().apply(tenant, step(**with_token(scim_token=SecretText("https://x"))), change("try_credentials"))
    assert failed.value.verdict.code == Code.TOKEN_UNUSABLE
    assert far.asked == []


def test_sends_nothing_once_our_copy_of_the_token_was_erased(tenant, far):
    with pytest.raises(StepFailed, match="Enter the token again") as failed:
        Connection().apply(tenant, step(), change("try_credentials"))
    assert failed.value.verdict.code == Code.TOKEN_ERASED
    assert far.asked == []


@pytest.mark.parametrize("key", ["try_credentials", "save_credentials"])
def test_sends_no_other_token_than_the_one_for_which_it_was_planned(tenant, far, key):
    stored(far)
    far.on("POST", f"{ROOT}/jobs/validateCredentials", Reply(204))
    newer = with_token(scim_token_saved_at=ago(hours=-1))
    with pytest.raises(StepFailed) as failed:
        Connection().apply(tenant, step(**newer), change(key))
    assert failed.value.verdict.code == Code.PLAN_OUTDATED
    assert [asked.method for asked in far.asked if asked.method != "GET"] == []


def stored(far, **values):
    far.on("GET", f"{ROOT}/secrets", Reply(200, {"value": [{"key": k, "value": v} for k, v in values.items()]}))
    far.on("PUT", f"{ROOT}/secrets", Reply(204))


def put(far):
    [asked] = far.seen("PUT", f"{ROOT}/secrets")
    return {row["key"]: row["value"] for row in asked.json["value"]}


def test_saves_all_four_keys_for_a_new_job(tenant, far):
    stored(far, SyncAll="true")
    result = Connection().apply(tenant, step(**with_token()), change("save_credentials"))
    values = put(far)
    assert values.pop("SyncNotificationSettings") == json.dumps({"Enabled": False})
    assert values == {"BaseAddress": BASE_URL, "SecretToken": "s3cret-token", "SyncAll": "false"}
    assert "s3cret" not in json.dumps(result)


def test_drops_no_other_key_and_writes_no_masked_value_back(tenant, far):
    settings = {"Enabled": True, "Recipients": "it@nordwind.example", "DeleteThresholdEnabled": True}
    stored(
        far,
        BaseAddress="https://old",
        SecretToken="***",
        SyncAll="true",
        SkipOutOfScopeDeletions="True",
        Oauth2ClientSecret="***",
        SyncNotificationSettings=json.dumps(settings),
    )
    Connection().apply(tenant, step(**with_token()), change("save_credentials", only_assigned=False))
    values = put(far)
    assert values["SkipOutOfScopeDeletions"] == "True"
    assert values["SyncAll"] == "true", "the scope of a job that was there is not changed in passing"
    assert json.loads(values["SyncNotificationSettings"]) == settings
    assert (values["BaseAddress"], values["SecretToken"]) == (BASE_URL, "s3cret-token")
    assert "Oauth2ClientSecret" not in values


def test_makes_the_job_and_remembers_which(tenant, far):
    far.on("POST", f"{ROOT}/jobs", Reply(201, {**NEW_JOB, "id": "new-job"}))
    result = Connection().apply(tenant, step(**with_token()), creation(APP, "scim"))
    assert (result["job_id"], result["service_principal_id"]) == ("new-job", APP)


def test_hands_over_the_whole_schema_before_anything_is_removed(tenant, far):
    whole = {"version": "1", "synchronizationRules": []}
    far.on("GET", f"{ROOT}/jobs/old", Reply(200, {**NEW_JOB, "id": "old"}))
    far.on("GET", f"{ROOT}/jobs/old/schema", Reply(200, whole))
    result = Connection().apply(tenant, step(), change("back_up_job", job_id="old"))
    assert result["backup"]["schema"] == whole
    assert [asked.method for asked in far.asked] == ["GET", "GET"]


@pytest.mark.parametrize("reply", [Reply(204), Reply(404, {"error": {"code": "x"}})])
def test_takes_a_removed_job_for_removed(tenant, far, reply):
    far.on("DELETE", f"{ROOT}/jobs/old", reply)
    assert Connection().apply(tenant, step(), change("remove_job", job_id="old"))["job_id"] == "old"


def test_reads_jobs_names_of_secrets_and_microsofts_test(tenant, far):
    far.on("GET", f"{ROOT}/jobs", Reply(200, {"value": [{**NEW_JOB, "id": JOB}]}))
    stored(far, **STORED)
    far.on("POST", f"{ROOT}/jobs/{JOB}/validateCredentials", Reply(204))
    facts = Connection().read(tenant, step(applied={"connection": MADE}))
    assert (facts.tested, facts.stored) == (WORKING, STORED)
    assert far.asked[-1].json == {"templateId": "scim", "useSavedCredentials": True}


def test_has_one_cause_for_each_code():
    assert sorted(Code) == sorted(cause.code for cause in CAUSES)
