"""A service that writes the same mapping in another form has changed nothing, and is not taken for somebody who has.

The forms are those that people recorded (docs/graph-facts.md, "Schema and mappings"): lists in another order, null or
an empty text, metadata of the service's own, flow types with and without blanks.
"""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from onboarding.domain.products import ADVOCACY
from onboarding.domain.verdicts import Broken, fingerprint
from onboarding.steps.mappings import document as mapping_document
from onboarding.steps.mappings import meaning
from onboarding.steps.mappings.causes import Code
from onboarding.steps.mappings.step import Facts, Mappings
from tests.graphclient.graph_stub import Reply
from tests.narrow import instance
from tests.steps.facts import APP, JOB, at_step, attribute, job, people_of, schema

JOB_PATH = f"/v1.0/servicePrincipals/{APP}/synchronization/jobs/{JOB}"
METADATA = [{"key": "Disposition", "value": '"Normal"'}, {"key": "IsCustomerDefined", "value": "false"}]


def rewritten(document: dict[str, Any]) -> dict[str, Any]:
    """The same mapping as another answer of the service may have it."""
    other = copy.deepcopy(document)
    for rule in other["synchronizationRules"]:
        rule["objectMappings"].reverse()
        for mapping in rule["objectMappings"]:
            mapping["attributeMappings"].reverse()
            mapping["metadata"] = METADATA
            mapping["flowTypes"] = "Add,Update,Delete"
            mapping["scope"] = {"id": "s", "name": "", "categoryFilterGroups": [], "groups": []}
            for each in mapping["attributeMappings"]:
                each["defaultValue"] = ""
                each["exportMissingReferences"] = False
                each["somethingOfTheirs"] = [1]
                each["source"]["expression"] = each["source"]["expression"].replace(", ", ",")
    other["directories"].reverse()
    return {key: other[key] for key in sorted(other)}


def test_has_the_same_digest_however_it_is_written():
    assert meaning.digest(rewritten(schema())) == meaning.digest(schema())


def changed(**people: Any) -> dict[str, Any]:
    return schema([attribute("userName", "[userPrincipalName]", matching=1)], **people)


@pytest.mark.parametrize(
    "other",
    [
        changed(flowTypes="Add, Update"),
        changed(enabled=False),
        changed(scope={"groups": [{"name": "g", "clauses": [{"operatorName": "EQUALS"}]}]}),
        schema([attribute("userName", "[mail]", matching=1)]),
        schema([attribute("userName", "[userPrincipalName]")]),
        schema([{**attribute("userName", "[userPrincipalName]", matching=1), "defaultValue": "x"}]),
        schema([{**attribute("userName", "[userPrincipalName]", matching=1), "flowType": "ObjectAddOnly"}]),
        schema([attribute("userName", "[userPrincipalName]", matching=1)], groups=False),
    ],
)
def test_has_another_digest_once_something_else_is_meant(other):
    assert meaning.digest(other) != meaning.digest(changed())


def test_tells_values_in_quotes_apart_by_case_and_blank():
    assert not meaning.same_expression('Switch([a], , "False", "True")', 'Switch([a], , "false", "True")')
    assert not meaning.same_expression('Append([a], " x")', 'Append([a], "x")')
    assert meaning.same_expression('Append([mailNickname], "x")', 'append( [MailNickname],"x" )')


def test_plans_the_same_for_a_document_in_any_order():
    plans = set()
    for seed in range(5):
        document = schema()
        random.Random(seed).shuffle(people_of(document)["attributeMappings"])
        verdict = Mappings().assess(at_step("mappings"), Facts(job(), document))
        plans.add(fingerprint(verdict.changes))
    assert len(plans) == 1


def test_writes_what_was_approved_though_the_service_answers_in_another_form(tenant, far):
    verdict = Mappings().assess(at_step("mappings"), Facts(job(), schema()))
    far.on("GET", f"{JOB_PATH}/schema", Reply(200, rewritten(schema())))
    far.on("PUT", f"{JOB_PATH}/schema", Reply(204))
    Mappings().apply(tenant, at_step("mappings"), verdict.changes[-1])
    [sent] = far.seen("PUT", f"{JOB_PATH}/schema")
    assert mapping_document.compare(ADVOCACY, sent.json).same
    [people] = [each for each in sent.json["synchronizationRules"][0]["objectMappings"] if "User" in each["name"]]
    assert people["metadata"] == METADATA, "what the service adds goes back as it came"


def test_is_done_with_what_the_service_makes_of_what_was_written():
    written = mapping_document.merged(ADVOCACY, schema(), {})
    assert mapping_document.compare(ADVOCACY, rewritten(written)).same


# Of one nothing is taken for granted


DOCUMENT = schema()
[RULE] = DOCUMENT["synchronizationRules"]
USERS = RULE["objectMappings"][0]
SEVERAL = [
    ({**DOCUMENT, "synchronizationRules": [RULE, {**RULE, "name": "Second"}]}, "Second"),
    ({**DOCUMENT, "synchronizationRules": [{**RULE, "objectMappings": [USERS, {**USERS, "name": "Two"}]}]}, "Two"),
    ({**DOCUMENT, "directories": [*DOCUMENT["directories"], {"id": "d-3", "name": "customappsso"}]}, "d-3"),
    ({**DOCUMENT, "directories": [*DOCUMENT["directories"], {"id": "d-4", "name": "Azure Active Directory"}]}, "d-4"),
]


@pytest.mark.parametrize(("document", "named"), SEVERAL)
def test_refuses_with_all_their_names_where_there_is_more_than_one(tenant, far, document, named):
    far.on("GET", f"{JOB_PATH}/schema", Reply(200, document))
    facts = Mappings().read(tenant, at_step("mappings"))
    verdict = instance(Broken, Mappings().assess(at_step("mappings"), facts))
    assert verdict.code == Code.SEVERAL_MAPPINGS
    assert named in str(verdict.why)


def test_switches_groups_off_in_whatever_rule_they_stand():
    document = schema(groups=False)
    groups = {**document["synchronizationRules"][0]["objectMappings"][1], "enabled": True}
    document["synchronizationRules"].append({"id": "rule-2", "name": "Groups", "objectMappings": [groups]})
    assert mapping_document.compare(ADVOCACY, document).groups_enabled
    after = mapping_document.merged(ADVOCACY, document, {})
    assert not mapping_document.compare(ADVOCACY, after).groups_enabled


def test_gives_a_backup_the_id_of_the_job_that_it_goes_to():
    backup = {**schema(), "id": "scim.old"}
    assert mapping_document.as_of_job(backup, JOB) == {**schema(), "id": JOB}
    assert backup["id"] == "scim.old"


def test_writes_a_document_without_an_id_under_that_of_its_job(tenant, far):
    document = {key: value for key, value in schema().items() if key != "id"}
    [_back_up, write] = Mappings().assess(at_step("mappings"), Facts(job(), document)).changes
    far.on("GET", f"{JOB_PATH}/schema", Reply(200, document))
    far.on("PUT", f"{JOB_PATH}/schema", Reply(204))
    Mappings().apply(tenant, at_step("mappings"), write)
    [sent] = far.seen("PUT", f"{JOB_PATH}/schema")
    assert sent.json["id"] == JOB
