"""Public case 11 and its kind: status 200 with an answer that says nothing. It is a wait, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest

from graphclient import Unreadable
from onboarding.domain.verdicts import Done, Todo
from onboarding.steps import by_key
from onboarding.steps.connection.step import Connection
from onboarding.steps.connection.step import Facts as ConnectionFacts
from onboarding.steps.mappings.step import Facts as MappingsFacts
from tests.graphclient.graph_stub import GraphStub, Reply
from tests.graphclient.recorded import PUBLIC_CASE_11
from tests.graphclient.samples import job as job_json
from tests.narrow import instance
from tests.steps.facts import APP, BASE_URL, CHOSEN, JOB, FakeTenant, at_step, job, people_of, schema, with_token

SP = f"/v1.0/servicePrincipals/{APP}"
ROOT = f"{SP}/synchronization"
SECRETS, JOBS, OURS = f"{ROOT}/secrets", f"{ROOT}/jobs", f"{ROOT}/jobs/{JOB}"
STORED = {"value": [{"key": "BaseAddress", "value": BASE_URL}, {"key": "SecretToken", "value": "*"}]}
FINE: dict[str, Any] = {
    JOBS: {"value": [{**job_json(), "id": JOB}]},
    OURS: {**job_json(), "id": JOB},
    f"{OURS}/schema": schema(),
    SECRETS: STORED,
    f"{SP}/appRoleAssignedTo": {"value": []},
}
SAYING_NOTHING = [
    Reply(200, PUBLIC_CASE_11),
    Reply(200, {"error": "invalid_request"}),
    Reply(200, {"error": "invalid_request", "error_description": "words"}),
    Reply(200, body=b"<html><title>Welcome</title>"),
    Reply(200, body=b""),
    Reply(200, []),
    Reply(200, {}),
    Reply(200, {"value": None}),
    Reply(200, {"value": {"key": "BaseAddress"}}),
    Reply(200, {"value": ["BaseAddress"]}),
    Reply(200, {"value": [{"value": "a key is missing"}]}),
    Reply(200, {"value": [], "error": {"code": "x"}}),
    Reply(401, {"error": "invalid_request"}),
    Reply(403, {"error": "forbidden", "error_description": "words"}),
    Reply(401, body=b""),
    Reply(401, body=b"<html>sign in to the proxy</html>"),
    Reply(403, body=b"<html>blocked</html>"),
]
READS = [
    ("connection", JOBS),
    ("connection", SECRETS),
    ("scope", SECRETS),
    ("mappings", f"{OURS}/schema"),
    ("enable", OURS),
    ("enable", SECRETS),
    ("initial_cycle", OURS),
    ("live", OURS),
]


@pytest.mark.parametrize("answer", SAYING_NOTHING, ids=range(len(SAYING_NOTHING)))
@pytest.mark.parametrize(("key", "path"), READS)
def test_a_step_waits_where_an_answer_says_nothing(
    tenant: FakeTenant, far: GraphStub, key: str, path: str, answer: Reply
) -> None:
    for each, fine in FINE.items():
        far.on("GET", each, answer if each == path else Reply(200, fine))
    far.on("POST", f"{OURS}/validateCredentials", Reply(204))
    with pytest.raises(Unreadable) as caught:
        by_key(key).read(tenant, at_step(key, **with_token()))
    assert caught.value.path == path.removeprefix("/v1.0")
    assert caught.value.status == answer.status
    assert caught.value.request_id


@pytest.mark.parametrize("answer", SAYING_NOTHING, ids=range(len(SAYING_NOTHING)))
def test_writes_no_setting_on_the_strength_of_secrets_that_cannot_be_read(
    tenant: FakeTenant, far: GraphStub, answer: Reply
) -> None:
    """Else a PUT would set the scope of an adopted job back and switch its notification off."""
    step = Connection()
    adopted = {"sso_application": CHOSEN | {"existing_job_id": JOB}}
    desired = at_step("connection", evidence=adopted, **with_token())
    plan = instance(Todo, step.assess(desired, ConnectionFacts((job(),))))
    save = next(change for change in plan.changes if change.key == "save_credentials")
    far.on("GET", SECRETS, answer)
    far.on("PUT", SECRETS, Reply(204))
    with pytest.raises(Unreadable):
        step.apply(tenant, desired, save)
    assert [asked.method for asked in far.asked] == ["GET"]


def _spoilt(kind: str) -> dict[str, Any]:
    document = schema()
    people = people_of(document)
    if kind == "rules":
        document["synchronizationRules"] = None
    elif kind == "objects":
        document["synchronizationRules"][0]["objectMappings"] = None
    else:
        people[kind] = None
    return document


@pytest.mark.parametrize("kind", ["rules", "objects", "attributeMappings", "enabled"])
def test_plans_nothing_by_a_schema_that_does_not_say_what_is_mapped(
    tenant: FakeTenant, far: GraphStub, kind: str
) -> None:
    far.on("GET", f"{OURS}/schema", Reply(200, _spoilt(kind)))
    far.on("GET", JOBS, Reply(200, FINE[JOBS]))
    with pytest.raises(Unreadable):
        by_key("mappings").read(tenant, at_step("mappings"))


def test_still_reads_the_same_schema_unspoilt(tenant: FakeTenant, far: GraphStub) -> None:
    far.on("GET", f"{OURS}/schema", Reply(200, schema()))
    far.on("GET", JOBS, Reply(200, FINE[JOBS]))
    found = by_key("mappings").read(tenant, at_step("mappings"))
    assert isinstance(found, MappingsFacts)
    assert isinstance(by_key("mappings").assess(at_step("mappings"), found), Done | Todo)
