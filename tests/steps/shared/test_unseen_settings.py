"""What Microsoft does not show of what it stores is neither taken for nothing nor written over, and holds nothing up.

Worlds of `GET …/synchronization/secrets`: masked, null, missing, refused, with keys left out (docs/graph-facts.md,
"Connection test and secrets").
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from onboarding.domain.desired import Desired
from onboarding.domain.verdicts import Asking, Court, Done, Todo, Verdict, Waiting
from onboarding.steps.base import StepFailed
from onboarding.steps.connection.causes import Code
from onboarding.steps.connection.form import SettingsForm
from onboarding.steps.connection.step import Connection
from onboarding.steps.enable.step import Enable
from onboarding.steps.enable.step import Facts as EnableFacts
from onboarding.steps.shared import credentials
from onboarding.steps.sso_application.step import SsoApplication
from tests.graphclient.graph_stub import GraphStub, Reply
from tests.graphclient.samples import NEW_JOB, SERVICE_PRINCIPAL
from tests.graphclient.samples import job as job_json
from tests.narrow import instance
from tests.steps.facts import (
    APP,
    BASE_URL,
    CHOSEN,
    CONNECTED,
    HOST,
    JOB,
    NOW,
    FakeTenant,
    ago,
    at_step,
    job,
    texts,
    with_token,
)

ROOT = f"/v1.0/servicePrincipals/{APP}/synchronization"
KEYS = ("BaseAddress", "SecretToken", "SyncAll", "SyncNotificationSettings")
NO_ROUTE = {"error": {"code": "UnknownError", "message": "No HTTP resource was found that matches the request URI"}}
DENIED = {"error": {"code": "Forbidden", "message": ""}}


def rows(**values: str | None) -> Reply:
    return Reply(200, {"value": [{"key": key, "value": value} for key, value in values.items()]})


UNSEEN = {
    "masked": rows(**dict.fromkeys(KEYS, "*****")),
    "bullets": rows(**dict.fromkeys(KEYS, "••••••••")),
    "words": rows(**dict.fromkeys(KEYS, "<redacted>")),
    "partly masked": rows(BaseAddress="https://nord***.com/api/scim/v2", SyncAll="*", SyncNotificationSettings="*"),
    "null": rows(**dict.fromkeys(KEYS, None)),
    "empty texts": rows(**dict.fromkeys(KEYS, "")),
    "only the token": rows(SecretToken="*"),
    "not found": Reply(404, {"error": {"code": "ResourceNotFound", "message": "no"}}),
    "no such call": Reply(404, NO_ROUTE),
    "refused": Reply(403, DENIED),
    "refused in silence": Reply(401, {"error": {"code": "UnknownError", "message": ""}}),
    "not allowed": Reply(405, {"error": {"code": "MethodNotAllowed", "message": "no"}}),
}
SHOWN = {"BaseAddress": BASE_URL, "SecretToken": "*", "SyncAll": "false"}
SETS = {"BaseAddress": BASE_URL, "SyncAll": "false", "SyncNotificationSettings": '{"Enabled": false}'}
PUT = {
    "token_at": NOW.isoformat(),
    "base_url": BASE_URL,
    "at": ago(hours=1).isoformat(),
    "put_at": ago(hours=1).isoformat(),
    "service_principal_id": APP,
    "kept": SETS,
}
MADE = {"create_job": {"job_id": JOB, "service_principal_id": APP, "at": ago(hours=2).isoformat()}}
SAVED = {"connection": {**MADE, "save_credentials": PUT}}
ADOPTED = {"sso_application": CHOSEN | {"existing_job_id": JOB}}
REFUSAL = {
    "error": {
        "code": "InvalidCredentials",
        "message": "no",
        "innerError": {"code": "SystemForCrossDomainIdentityManagementCredentialValidationFailure"},
    }
}


@pytest.fixture(params=[*UNSEEN.values()], ids=[*UNSEEN])
def unseen(request: pytest.FixtureRequest, far: GraphStub) -> GraphStub:
    """Microsoft, in one of these worlds; its own test says yes."""
    far.on("GET", f"{ROOT}/secrets", request.param)
    return microsoft(far)


def microsoft(far: GraphStub, tested: Reply | None = None) -> GraphStub:
    far.on("GET", f"{ROOT}/jobs", Reply(200, {"value": [{**NEW_JOB, "id": JOB}]}))
    far.on("GET", f"{ROOT}/jobs/{JOB}", Reply(200, {**NEW_JOB, "id": JOB}))
    far.on("POST", f"{ROOT}/jobs/{JOB}/validateCredentials", tested or Reply(204))
    far.on("POST", f"{ROOT}/jobs/{JOB}/start", Reply(204))
    far.on("PUT", f"{ROOT}/secrets", Reply(204))
    return far


def connection(tenant: FakeTenant, desired: Desired) -> Verdict:
    return Connection().assess(desired, Connection().read(tenant, desired))


def put(far: GraphStub) -> dict[str, str]:
    [asked] = far.seen("PUT", f"{ROOT}/secrets")
    return {row["key"]: row["value"] for row in asked.json["value"]}


# Our own job


def test_believes_its_own_put_once_microsofts_test_has_succeeded(tenant, unseen):
    done = instance(Done, connection(tenant, at_step("connection", applied=SAVED, **with_token())))
    said = str(done.note)
    assert "Microsoft does not show what is stored" in said
    assert "2026-11-24 09:00 UTC" in said
    assert BASE_URL in said


def test_does_not_believe_it_before_that(tenant, unseen):
    unseen.on("POST", f"{ROOT}/jobs/{JOB}/validateCredentials", Reply(400, REFUSAL))
    asked = instance(Asking, connection(tenant, at_step("connection", applied=SAVED, **with_token())))
    assert "Haiilo refused the token" in str(asked.question)


def test_waits_while_a_former_token_may_be_the_one_that_passes(tenant, unseen):
    lately = {"connection": SAVED["connection"] | {"save_credentials": PUT | {"at": ago(minutes=2).isoformat()}}}
    desired = at_step("connection", applied=lately, evidence={"connection": CONNECTED}, **with_token())
    assert isinstance(connection(tenant, desired), Waiting)


def test_goes_by_what_is_shown_where_that_is_another_address(tenant, far):
    far.on("GET", f"{ROOT}/secrets", rows(**SHOWN | {"BaseAddress": "https://other.example/scim"}))
    microsoft(far)
    assert not isinstance(connection(tenant, at_step("connection", applied=SAVED)), Done)


def test_saves_for_a_job_of_its_own_though_nothing_is_shown(tenant, unseen):
    desired = at_step("connection", applied={"connection": MADE}, **with_token())
    todo = instance(Todo, connection(tenant, desired))
    Connection().apply(tenant, desired, todo.changes[-1])
    assert put(unseen)["SyncAll"] == "false"


@pytest.mark.parametrize(("applied", "listed"), [({}, False), (SAVED, True)])
def test_takes_a_missing_list_for_none_only_before_it_ever_saved(tenant, far, applied, listed):
    far.on("GET", f"{ROOT}/secrets", UNSEEN["not found"])
    found = credentials.stored_at(tenant.graph, at_step("connection", applied=applied), APP)
    assert (found.values.get("BaseAddress") == BASE_URL) is listed
    assert found.unknown == ()


# A job of others


def test_asks_before_it_replaces_settings_of_others_that_it_cannot_see(tenant, unseen):
    desired = at_step("connection", evidence=ADOPTED, **with_token())
    asked = instance(Asking, connection(tenant, desired))
    assert (asked.code, asked.court) == (Code.SETTINGS_UNSEEN, Court.CS)
    assert "SyncAll" in str(asked.question)
    assert unseen.seen("PUT", f"{ROOT}/secrets") == []


def test_asks_in_the_same_way_where_they_are_hidden_after_the_plan_was_approved(tenant, far):
    far.on("GET", f"{ROOT}/secrets", rows(**SHOWN, SyncNotificationSettings="{}"))
    microsoft(far, Reply(400, REFUSAL))
    desired = at_step("connection", evidence=ADOPTED, **with_token())
    change = instance(Todo, connection(tenant, desired)).changes[-1]
    far.on("GET", f"{ROOT}/secrets", UNSEEN["masked"])
    with pytest.raises(StepFailed) as failed:
        Connection().apply(tenant, desired, change)
    assert failed.value.verdict.code == Code.SETTINGS_UNSEEN
    assert far.seen("PUT", f"{ROOT}/secrets") == []


def told(**typed: Any) -> dict[str, Any]:
    form = SettingsForm(typed, offers={"settings": ["SyncAll"], "app": APP})
    assert form.is_valid(), form.errors
    return form.answer()


def test_writes_the_settings_that_a_person_has_told(tenant, unseen):
    answer = told(scope="all", recipients="it@nordwind.example", deletes="30")
    desired = at_step("connection", evidence=ADOPTED, answers={"connection": answer}, **with_token())
    todo = instance(Todo, connection(tenant, desired))
    assert todo.asks
    Connection().apply(tenant, desired, todo.changes[-1])
    values = put(unseen)
    assert values["SyncAll"] == "true"
    assert json.loads(values["SyncNotificationSettings"]) == {
        "Enabled": True,
        "Recipients": "it@nordwind.example",
        "DeleteThresholdEnabled": True,
        "DeleteThresholdValue": 30,
    }


def test_takes_no_settings_that_were_told_of_another_application(tenant, unseen):
    answer = {"settings": {**told(scope="all")["settings"], "app": "another"}}
    desired = at_step("connection", evidence=ADOPTED, answers={"connection": answer}, **with_token())
    assert instance(Asking, connection(tenant, desired)).code == Code.SETTINGS_UNSEEN


def test_says_in_the_plan_that_notifications_are_saved_as_off_where_none_are_listed(tenant, far):
    far.on("GET", f"{ROOT}/secrets", rows(**SHOWN))
    microsoft(far, Reply(400, REFUSAL))
    todo = instance(Todo, connection(tenant, at_step("connection", evidence=ADOPTED, **with_token())))
    assert "none are shown, so they are saved as off" in texts(line.text for line in todo.changes[-1].details)
    assert todo.asks


def test_finds_the_application_though_its_address_is_not_shown(tenant, unseen):
    unseen.on("GET", f"{ROOT}/templates", Reply(200, {"value": [{"id": "scim"}]}))
    mine = {**SERVICE_PRINCIPAL, "id": APP, "replyUrls": [f"https://{HOST}/acs"]}
    unseen.on("GET", "/v1.0/servicePrincipals", Reply(200, {"value": [mine]}))
    [found] = SsoApplication().read(tenant, at_step("sso_application")).candidates
    assert (found.templates, len(found.jobs), found.base_address) == (("scim",), 1, "")


# The guard


STARTED = {
    "enable": {
        "enable": {
            "guard": 20,
            "at": ago(hours=1).isoformat(),
            "put_at": ago(hours=1).isoformat(),
            "tested_at": ago(hours=1).isoformat(),
            "started": True,
            "service_principal_id": APP,
            "kept": SETS
            | {"SyncNotificationSettings": json.dumps({"DeleteThresholdEnabled": True, "DeleteThresholdValue": 21})},
        }
    }
}


def test_believes_the_guard_that_it_saved_where_it_is_not_shown(tenant, unseen):
    unseen.on("GET", f"{ROOT}/jobs/{JOB}", Reply(200, {**job_json("Active"), "id": JOB}))
    desired = at_step("enable", applied=SAVED | STARTED)
    done = instance(Done, Enable().assess(desired, Enable().read(tenant, desired)))
    assert (done.evidence.to_json()["guard"], len(done.warnings)) == (20, 1)
    assert "does not show whether" in str(done.warnings[0])


def test_does_not_believe_it_where_microsoft_shows_that_it_is_off(tenant, far):
    off = json.dumps({"DeleteThresholdEnabled": False})
    far.on("GET", f"{ROOT}/secrets", rows(**SHOWN, SyncNotificationSettings=off))
    microsoft(far).on("GET", f"{ROOT}/jobs/{JOB}", Reply(200, {**job_json("Active"), "id": JOB}))
    desired = at_step("enable", applied=SAVED | STARTED)
    assert not isinstance(Enable().assess(desired, Enable().read(tenant, desired)), Done)


def plan_of_start(desired: Desired) -> Any:
    [change] = instance(Todo, Enable().assess(desired, EnableFacts(job()))).changes
    return change


def test_saves_the_guard_over_what_it_saved_itself(tenant, unseen):
    desired = at_step("enable", applied=SAVED, **with_token())
    result = Enable().apply(tenant, desired, plan_of_start(desired))
    values = put(unseen)
    assert (values["BaseAddress"], values["SyncAll"]) == (BASE_URL, "false")
    assert json.loads(values["SyncNotificationSettings"])["DeleteThresholdValue"] == 21
    assert result["started"]


REFUSED_SETTINGS = [
    {"error": {"code": "UnknownError", "message": json.dumps({"error": {"code": "InvalidNotificationSettings"}})}},
    {
        "error": {
            "code": "UnknownError",
            "message": json.dumps({"code": "InvalidNotificationSettings", "message": None}),
        }
    },
    {"error": {"code": "InvalidNotificationSettings", "message": ""}},
]


@pytest.mark.parametrize("body", REFUSED_SETTINGS)
def test_says_that_microsoft_does_not_take_the_notification_settings(tenant, far, body):
    far.on("GET", f"{ROOT}/secrets", rows(**SHOWN))
    microsoft(far).on("PUT", f"{ROOT}/secrets", Reply(400, body))
    desired = at_step("enable", applied=SAVED, **with_token())
    with pytest.raises(StepFailed) as failed:
        Enable().apply(tenant, desired, plan_of_start(desired))
    verdict = instance(Asking, failed.value.verdict)
    assert (verdict.code, verdict.court) == (Code.SETTINGS_REFUSED, Court.HAIILO)
    assert "InvalidNotificationSettings" in str(verdict.question)
    assert far.seen("POST", f"{ROOT}/jobs/{JOB}/start") == []


def test_names_whom_microsoft_writes_to_and_saves_it(tenant, far):
    far.on("GET", f"{ROOT}/secrets", rows(**SHOWN))
    microsoft(far)
    desired = at_step("enable", applied=SAVED, recipients="ops@haiilo.example", **with_token())
    change = plan_of_start(desired)
    assert "ops@haiilo.example" in texts(line.text for line in change.details)
    Enable().apply(tenant, desired, change)
    settings = json.loads(put(far)["SyncNotificationSettings"])
    assert (settings["Enabled"], settings["Recipients"]) == (True, "ops@haiilo.example")


def test_saves_no_guard_over_settings_that_nobody_knows(tenant, unseen):
    """As after an upgrade: what an earlier release saved was not noted."""
    noted = {"token_at": NOW.isoformat(), "base_url": BASE_URL, "at": ago(days=9).isoformat()}
    desired = at_step("enable", applied={"connection": {**MADE, "save_credentials": noted}}, **with_token())
    assert instance(Asking, Enable().assess(desired, Enable().read(tenant, desired))).code == "guard_off"
    with pytest.raises(StepFailed):
        Enable().apply(tenant, desired, plan_of_start(desired))
    assert unseen.seen("PUT", f"{ROOT}/secrets") == []
