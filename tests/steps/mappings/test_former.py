"""A job that we make in the place of another takes over what that one's mapping said, beside what Haiilo decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from onboarding.domain.former_schema import FormerSchema
from onboarding.domain.products import ACTIVE, ADVOCACY
from onboarding.domain.verdicts import Done, Todo
from onboarding.steps.base import StepFailed
from onboarding.steps.mappings import document as mapping_document
from onboarding.steps.mappings import former, meaning
from onboarding.steps.mappings.step import Facts, Mappings
from tests.graphclient.graph_stub import Reply
from tests.steps.facts import APP, CONNECTED, JOB, ago, at_step, attribute, job, people_of, schema

JOB_PATH = f"/v1.0/servicePrincipals/{APP}/synchronization/jobs/{JOB}"
MADE = ago(minutes=10)
FILTER = {
    "sourceOperandName": "department",
    "operatorName": "EQUALS",
    "targetOperand": {"values": ["Finance"]},
}
SCOPE = {"categoryFilterGroups": None, "groups": [{"clauses": [FILTER], "name": "one"}], "inputFilterGroups": None}


def backed_up(**people: Any) -> dict[str, Any]:
    """The schema of the job that was there before, with a scoping filter."""
    document = schema([attribute("userName", "[mail]", matching=1)], **{"scope": SCOPE, **people})
    return {**document, "id": "old-job", "version": "3"}


def step(document: dict[str, Any] | None = None, *, made=MADE, **fields: Any):
    connected = CONNECTED | {"made_at": made.isoformat() if made else None}
    before = FormerSchema(7, "old-job", ago(minutes=20), document or backed_up())
    return at_step("mappings", **{"former_schema": before, "evidence": {"connection": connected}, **fields})


def look(desired):
    return Mappings().assess(desired, Facts(job(), schema()))


def written(**more):
    return {"mappings": {"write_mapping": {"job_id": JOB, "at": ago(minutes=5).isoformat(), **more}}}


def plan(desired):
    verdict = look(desired)
    assert isinstance(verdict, Todo)
    return verdict.changes[-1]


def lines(change):
    return [f"{detail.sign} {detail.text}" for detail in change.details]


def test_shows_what_is_changed_in_the_former_mapping_and_what_is_kept_of_it():
    change = plan(step())
    assert change.payload[former.BACKUP] == 7
    assert "~ user name: user principal name (before: mail)" in lines(change)
    assert "= the former job's scoping filters: department EQUALS Finance" in lines(change)


@pytest.mark.parametrize(
    "desired",
    [
        step(made=None),
        step(applied=written()),
        step(schema([attribute("userName", "[mail]")]) | {"synchronizationRules": []}),
        step({"value": "no schema"}),
        at_step("mappings"),
    ],
    ids=["adopted", "written since", "no mapping", "no schema", "none"],
)
def test_goes_by_the_jobs_own_mapping_where_there_is_no_former_one_to_take(desired):
    change = plan(desired)
    assert former.BACKUP not in change.payload
    assert not any("former" in line for line in lines(change))


def test_takes_over_once_more_where_our_writing_was_of_the_job_before():
    earlier = {"mappings": {"write_mapping": {"job_id": JOB, "at": ago(days=9).isoformat()}}}
    assert plan(step(applied=earlier)).payload[former.BACKUP] == 7


def test_takes_over_even_where_the_attributes_are_ours_already():
    desired = step()
    ours = mapping_document.merged(ADVOCACY, schema(), {})
    assert isinstance(Mappings().assess(desired, Facts(None, ours)), Todo)
    assert isinstance(Mappings().assess(replace(desired, former_schema=None), Facts(None, ours)), Done)


def test_knows_what_was_taken_over_before_anybody_could_note_it():
    desired = step()
    tree = {ACTIVE: {"expression": ACTIVE, "name": "Switch", "type": "Function"}}
    written = mapping_document.merged(ADVOCACY, former.into(schema(), desired.former_schema), tree)
    assert isinstance(Mappings().assess(desired, Facts(None, written)), Done)
    less = former.into(schema(), FormerSchema(7, "old-job", ago(minutes=20), backed_up(scope=None)))
    other = mapping_document.merged(ADVOCACY, less, tree)
    assert isinstance(Mappings().assess(desired, Facts(None, other)), Todo)


def write(tenant, far, desired, *answers):
    """What comes of writing as planned, and what was sent."""
    change = plan(desired)
    far.on("GET", f"{JOB_PATH}/schema", Reply(200, schema()))
    parsed = {"parsingSucceeded": True, "parsedExpression": {"expression": ACTIVE, "name": "Switch"}}
    far.on("POST", f"{JOB_PATH}/schema/parseExpression", Reply(200, parsed))
    far.on("PUT", f"{JOB_PATH}/schema", *answers)
    return Mappings().apply(tenant, desired, change)


def test_writes_the_former_mapping_under_the_id_of_the_new_job(tenant, far):
    result = write(tenant, far, step(), Reply(204))
    [sent] = [asked.json for asked in far.seen("PUT", f"{JOB_PATH}/schema")]
    assert (sent["id"], sent["version"]) == (schema()["id"], schema()["version"])
    assert people_of(sent)["scope"] == SCOPE
    assert mapping_document.compare(ADVOCACY, sent).same
    assert result["job_id"] == JOB


def test_plans_without_the_former_mapping_once_microsoft_has_refused_it(tenant, far):
    desired = step()
    result = write(tenant, far, desired, Reply(400, {"error": {"code": "BadRequest", "message": "no"}}))
    assert "(BadRequest)" in str(result["partly"])
    kept = {name: value for name, value in result.items() if name != "partly"}
    after = replace(desired, applied={"mappings": {"write_mapping": kept}})
    verdict = look(after)
    assert isinstance(verdict, Todo)
    assert former.BACKUP not in verdict.changes[-1].payload
    assert any("scoping filters of the former job" in str(warning) for warning in verdict.warnings)


def test_writes_nothing_when_the_backup_of_the_plan_is_not_there_any_more(tenant, far):
    change = plan(step())
    far.on("GET", f"{JOB_PATH}/schema", Reply(200, schema()))
    with pytest.raises(StepFailed):
        Mappings().apply(tenant, at_step("mappings"), change)
    assert far.seen("PUT", f"{JOB_PATH}/schema") == []


def test_tells_each_condition_of_the_people_once():
    group = {"clauses": [FILTER, {"sourceOperandName": "country", "operatorName": "IS NOT NULL"}]}
    document = backed_up(scope={"groups": [group, {"clauses": [FILTER]}]})
    assert meaning.filters(document) == ["country IS NOT NULL", "department EQUALS Finance"]
    assert meaning.filters(schema()) == []
