"""What is applied is what was planned: whatever is entered, found or settled after it, the requests stay the same."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from graphclient import User
from onboarding.domain.desired import Desired
from onboarding.domain.products import HOME
from onboarding.domain.verdicts import Change, Todo
from onboarding.steps import by_key
from onboarding.steps.base import ChangingStep, StepFailed
from onboarding.steps.connection.step import Facts as ConnectionFacts
from onboarding.steps.enable.step import Facts as EnableFacts
from onboarding.steps.mappings.step import Facts as MappingsFacts
from onboarding.steps.pilot.naming import Named
from onboarding.steps.pilot.step import Facts as PilotFacts
from tests.graphclient.graph_stub import GraphStub, Reply
from tests.graphclient.samples import NEW_JOB
from tests.narrow import instance
from tests.steps.facts import (
    APP,
    BASE_URL,
    CHOSEN,
    CONNECTED,
    JOB,
    NOW,
    FakeTenant,
    at_step,
    job,
    people_of,
    schema,
    with_token,
)

ROOT = f"/v1.0/servicePrincipals/{APP}/synchronization"
STORED = {"BaseAddress": BASE_URL, "SyncAll": "false"}
LATER: dict[str, Any] = {
    "sso_application": CHOSEN | {"service_principal_id": "another-app", "template_id": "customappsso"},
    "connection": CONNECTED
    | {"job_id": "another-job", "base_url": "https://another/scim", "service_principal_id": "x"},
    "mappings": {"rule_id": "another-rule"},
}


DOCUMENT = schema()
people_of(DOCUMENT)["attributeMappings"].append({"targetAttributeName": "title"})


def planned() -> list[tuple[str, Desired, Change]]:
    """Each change that a step can plan, with what it was planned by."""
    entered, begins = at_step("connection", **with_token()), at_step("enable", **with_token())
    anew = at_step("connection", evidence={"sso_application": CHOSEN | {"replaced_job_ids": ["old"]}})
    tried = at_step("pilot", answers={"pilot": {"person": "eva"}}, answered_at={"pilot": NOW})
    found: list[tuple[str, Desired, Any]] = [
        ("connection", entered, ConnectionFacts()),
        ("connection", anew, ConnectionFacts((job(identity="old"),))),
        ("mappings", at_step("mappings"), MappingsFacts(job(), DOCUMENT)),
        ("pilot", tried, PilotFacts((Named("eva", User("u-1", "Eva Berg"), in_scope=True),))),
        ("enable", begins, EnableFacts(job())),
    ]
    plans = [(key, desired, instance(Todo, by_key(key).assess(desired, facts))) for key, desired, facts in found]
    return [(key, desired, change) for key, desired, todo in plans for change in todo.changes]


def later(desired: Desired) -> Desired:
    """The same customer after the application, the job, the mapping and the product have become others."""
    evidence = {**desired.evidence, **{key: seen for key, seen in LATER.items() if key in desired.evidence}}
    return dataclasses.replace(desired, profile=HOME, evidence=evidence)


@pytest.fixture
def answers(far: GraphStub) -> None:
    """Microsoft says yes to whatever is asked of the planned application and job."""
    far.on("GET", f"{ROOT}/secrets", Reply(200, {"value": [{"key": k, "value": v} for k, v in STORED.items()]}))
    far.on("PUT", f"{ROOT}/secrets", Reply(204))
    far.on("POST", f"{ROOT}/jobs", Reply(201, {**NEW_JOB, "id": JOB}))
    far.on("POST", f"{ROOT}/jobs/validateCredentials", Reply(204))
    for name in (JOB, "old"):
        far.on("GET", f"{ROOT}/jobs/{name}", Reply(200, {**NEW_JOB, "id": name}))
        far.on("GET", f"{ROOT}/jobs/{name}/schema", Reply(200, DOCUMENT))
        far.on("PUT", f"{ROOT}/jobs/{name}/schema", Reply(204))
        far.on("DELETE", f"{ROOT}/jobs/{name}", Reply(204))
        far.on("POST", f"{ROOT}/jobs/{name}/validateCredentials", Reply(204))
        far.on("POST", f"{ROOT}/jobs/{name}/start", Reply(204))
        far.on("POST", f"{ROOT}/jobs/{name}/provisionOnDemand", Reply(200, {"value": "{}"}))
        parsed = {"parsingSucceeded": True, "parsedExpression": {"expression": "x", "type": "Function"}}
        far.on("POST", f"{ROOT}/jobs/{name}/schema/parseExpression", Reply(200, parsed))


def requests(far: GraphStub, tenant: FakeTenant, key: str, desired: Desired, change: Change) -> list[Any]:
    begun = len(far.asked)
    step = by_key(key)
    assert isinstance(step, ChangingStep)
    step.apply(tenant, desired, change)
    return [(each.method, each.path, each.body) for each in far.asked[begun:]]


@pytest.mark.parametrize(("key", "desired", "change"), planned(), ids=lambda each: getattr(each, "key", None))
def test_sends_what_was_planned_whatever_has_become_of_the_rest(tenant, far, answers, key, desired, change):
    first = requests(far, tenant, key, desired, change)
    assert first
    assert requests(far, tenant, key, later(desired), change) == first


WITH_THE_TOKEN = [each for each in planned() if "token_at" in each[2].payload]


@pytest.mark.parametrize(("key", "desired", "change"), WITH_THE_TOKEN, ids=lambda each: getattr(each, "key", None))
def test_sends_the_token_nowhere_once_the_address_is_another(tenant, far, answers, key, desired, change):
    moved = dataclasses.replace(later(desired), haiilo_host="another.haiilo.app")
    with pytest.raises(StepFailed):
        requests(far, tenant, key, moved, change)
    assert {each.method for each in far.asked} <= {"GET"}
