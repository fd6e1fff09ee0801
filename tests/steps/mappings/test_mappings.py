import copy

import pytest

from onboarding.domain.products import ACTIVE, ADVOCACY, HOME, WORK
from onboarding.domain.verdicts import Broken, Done, Todo, Waiting, fingerprint
from onboarding.steps.base import StepFailed
from onboarding.steps.mappings import document as mapping_document
from onboarding.steps.mappings import meaning
from onboarding.steps.mappings.causes import CAUSES, Code
from onboarding.steps.mappings.evidence import DefaultSeen, MappingsEvidence
from onboarding.steps.mappings.step import Facts, Mappings
from tests.graphclient.graph_stub import Reply
from tests.graphclient.samples import NEW_JOB
from tests.narrow import instance, present
from tests.steps.facts import APP, JOB, NOW, at_step, attribute, finished, job, people_of, schema, texts

JOB_PATH = f"/v1.0/servicePrincipals/{APP}/synchronization/jobs/{JOB}"
TREE = {"expression": ACTIVE, "name": "Switch", "type": "Function", "parameters": [{"key": "source"}]}
assess = Mappings().assess


def wanted_document(profile=ADVOCACY):
    """A document that needs no change."""
    return mapping_document.merged(profile, schema(), {})


def look(document, **fields):
    return assess(at_step("mappings", **fields), Facts(job(), document))


def lines(todo):
    return {f"{detail.sign} {detail.text}" for detail in todo.changes[-1].details}


def test_shows_in_words_what_is_added_changed_removed_and_left():
    verdict = look(schema())
    assert isinstance(verdict, Todo)
    assert lines(verdict) == {
        "= user name: user principal name",
        "= account active: no, once somebody is unassigned or disabled",
        "= first name: first name",
        "= last name: last name",
        "+ country: country",
        "~ city: city (before: office)",
        "+ region: state",
        "- display name (before: display name)",
        "- external ID (before: mail nickname)",
        "- groups are not created in Haiilo; people assigned through a group still are",
    }


def test_keeps_a_copy_before_it_writes():
    assert [change.key for change in look(schema()).changes] == ["back_up_mapping", "write_mapping"]


@pytest.mark.parametrize("profile", [ADVOCACY, HOME])
def test_is_done_with_what_it_writes_itself(profile):
    verdict = look(wanted_document(profile), profile=profile)
    assert isinstance(verdict, Done)
    assert verdict.evidence.to_json() == {
        "rule_id": "rule-1",
        "mapped": [mapped.target for mapped in profile.mappings],
        "removed": [],
        "groups_enabled": False,
        "digest": meaning.digest(wanted_document(profile)),
        "wanted": mapping_document.wanted(profile),
        "job_id": JOB,
        "job_made_at": None,
        "seen_at": NOW.isoformat(),
        "defaults": [],
        "variant": [],
        "ours_at": None,
    }


def test_remembers_the_defaults_that_the_tenant_has_beside_our_expressions():
    document = wanted_document()
    [country] = [each for each in people_of(document)["attributeMappings"] if "country" in each["targetAttributeName"]]
    country["defaultValue"] = "Suomi"
    verdict = look(document)
    assert isinstance(verdict, Done)
    assert instance(MappingsEvidence, verdict.evidence).defaults == (
        DefaultSeen(country["targetAttributeName"], "Suomi"),
    )
    people_of(document)["attributeMappings"].reverse()
    assert look(document).evidence == verdict.evidence


def test_remembers_what_it_removed():
    made = {"mappings": {"write_mapping": {"removed": ["externalId"]}}}
    assert look(wanted_document(), applied=made).evidence.removed == ("externalId",)


def changed(change):
    document = wanted_document()
    change(document)
    return document


def add(target, expression, **more):
    return lambda document: people_of(document)["attributeMappings"].append(attribute(target, expression, **more))


DRIFTS = [
    (lambda document: document["synchronizationRules"][0]["objectMappings"][1].update(enabled=True), "- groups"),
    (lambda document: people_of(document).update(flowTypes="Add,Update"), "~ people are created"),
    (lambda document: people_of(document).update(enabled=False), "~ people are provisioned"),
    (lambda document: people_of(document)["attributeMappings"].pop(), "+ region"),
    (lambda document: people_of(document)["attributeMappings"][2].update(flowType="ObjectAddOnly"), "~ first name"),
    (lambda document: people_of(document)["attributeMappings"][2].update(matchingPriority=2), "~ first name"),
    (add("title", "[jobTitle]"), "- job title"),
    (add("urn:x:custom", "[city]"), "- urn:x:custom"),
]


@pytest.mark.parametrize(("change", "says"), DRIFTS)
def test_notices_every_difference(change, says):
    verdict = look(changed(change))
    assert isinstance(verdict, Todo)
    assert any(line.startswith(says) for line in lines(verdict)), lines(verdict)


def ours(profile=ADVOCACY, **fields):
    """What the step saw when all was as it should be."""
    done = look(wanted_document(profile), profile=profile)
    return {"mappings": instance(Done, done).evidence.to_json() | fields}


def test_tells_what_somebody_changed_and_since_when():
    document = changed(lambda document: people_of(document)["attributeMappings"].pop(3))
    add("title", "[jobTitle]")(document)
    people_of(document)["attributeMappings"][2]["source"] = {"type": "Attribute", "name": "displayName"}
    verdict = instance(Todo, look(document, evidence=ours()))
    assert verdict.code == Code.MAPPING_CHANGED
    why = str(verdict.why)
    assert why.startswith("Somebody changed the attribute mapping in the customer's tenant after 2026-")
    assert all(name in why for name in ("first name", "last name", "job title"))
    assert "last name: before: last name; now: nothing" in texts(verdict.warnings)
    assert "first name: before: first name; now: display name" in texts(verdict.warnings)
    assert "job title: before: nothing; now: job title" in texts(verdict.warnings)
    assert str(verdict.button) == "Write our mapping again"
    assert [change.key for change in verdict.changes] == ["back_up_mapping", "write_mapping"]


def test_says_what_writing_it_again_costs():
    desired = at_step("mappings", evidence=ours() | {"scope": {"total": 1000}})
    document = changed(lambda document: people_of(document)["attributeMappings"].pop())
    told = texts(instance(Todo, assess(desired, Facts(finished(), document))).warnings)
    assert "10 to 80 minutes" in told


@pytest.mark.parametrize(("change", "says"), DRIFTS)
def test_tells_every_difference_of_a_mapping_that_was_ours_as_somebodys_change(change, says):
    verdict = instance(Todo, look(changed(change), evidence=ours()))
    assert verdict.code == Code.MAPPING_CHANGED
    assert "Check the attribute mapping" not in str(verdict.why)


@pytest.mark.parametrize(
    "evidence",
    [
        {"mappings": {"rule_id": "rule-1"}},  # as an earlier release stored it
        ours(job_id="another"),
        ours(job_made_at=NOW.isoformat()),
        ours(wanted="of another release"),
    ],
)
def test_blames_nobody_for_what_may_be_ours(evidence):
    document = changed(lambda document: people_of(document)["attributeMappings"].pop())
    verdict = instance(Todo, look(document, evidence=evidence))
    assert (verdict.code, str(verdict.why)) == ("", "Check the attribute mapping")


def test_names_at_most_some_of_many():
    def spoil(document):
        for each in people_of(document)["attributeMappings"]:
            each["source"] = {"type": "Attribute", "name": "city"}

    why = str(instance(Todo, look(changed(spoil), profile=HOME, evidence=ours(HOME))).why)
    assert "2 more attributes. Ask the customer" in why


SAME = [
    lambda document: people_of(document).update(flowTypes="Delete,Update,Add"),
    lambda document: people_of(document).update(targetObjectName="User"),
    lambda document: people_of(document)["attributeMappings"][1]["source"].update(expression=ACTIVE.replace(" ", "")),
    lambda document: people_of(document)["attributeMappings"].reverse(),
    lambda document: people_of(document).update(name="Provision Azure Active Directory Users"),
    lambda document: document.update(version="8"),
]


@pytest.mark.parametrize("change", SAME)
def test_writes_nothing_where_only_the_form_differs(change):
    assert isinstance(look(changed(change)), Done)


def test_says_that_people_are_matched_by_something_that_changes():
    document = changed(add("externalId", "[mailNickname]", matching=2))
    assert "matched by external ID too" in texts(look(document).warnings)


def test_says_that_advocacy_deletes_for_good():
    assert "deletes an account for good" in texts(look(schema()).warnings)
    assert "for good" not in texts(look(schema(), profile=HOME).warnings)


def test_says_what_a_change_costs_once_the_job_has_run():
    desired = at_step("mappings", evidence={"scope": {"total": 1000}})
    assert "10 to 80 minutes" in texts(instance(Todo, assess(desired, Facts(finished(), schema()))).warnings)
    assert "minutes" not in texts(instance(Todo, assess(desired, Facts(job(), schema()))).warnings)


def test_names_a_source_that_the_tenant_does_not_have():
    document = schema()
    document["directories"][0]["objects"][0]["attributes"].pop(4)
    assert "no attribute country" in texts(look(document).warnings)


def test_plans_the_same_for_the_same_facts():
    assert fingerprint(look(schema()).changes) == fingerprint(look(schema()).changes)
    assert fingerprint(look(schema()).changes) != fingerprint(look(schema(groups=False)).changes)


@pytest.mark.parametrize(("minutes", "kind"), [(1, Waiting), (20, Broken)])
def test_tells_a_new_job_from_one_that_was_deleted(minutes, kind):
    from tests.steps.facts import ago

    made = {"connection": {"create_job": {"at": ago(minutes=minutes).isoformat()}}}
    verdict = assess(at_step("mappings", applied=made), Facts())
    assert isinstance(verdict, kind)
    assert kind is Waiting or verdict.code == Code.JOB_GONE


def test_does_not_touch_a_job_that_maps_no_people():
    verdict = look({"synchronizationRules": [{"objectMappings": []}]})
    assert isinstance(verdict, Broken)
    assert verdict.code == Code.NO_MAPPING


# The document


def test_leaves_everything_else_in_the_document_as_it_is():
    before = schema()
    given = copy.deepcopy(before)
    after = mapping_document.merged(ADVOCACY, before, {})
    assert before == given, "the given document is not changed"
    people_of(after)["attributeMappings"] = people_of(before)["attributeMappings"]
    after["synchronizationRules"][0]["objectMappings"][1]["enabled"] = True
    attributes = after["directories"][1]["objects"][0]["attributes"]
    del attributes[len(before["directories"][1]["objects"][0]["attributes"]) :]
    assert after == before


def test_defines_the_attributes_that_the_target_lacks():
    attributes = wanted_document()["directories"][1]["objects"][0]["attributes"]
    added = [each["name"] for each in attributes if "mutability" in each]
    assert added == [f"{WORK}.country", f"{WORK}.region"]


def test_takes_functions_from_microsofts_own_parse_tree():
    document = changed(lambda document: people_of(document)["attributeMappings"].pop(1))
    assert mapping_document.needs_parsing(ADVOCACY, document) == [ACTIVE]
    after = mapping_document.merged(ADVOCACY, document, {ACTIVE: TREE})
    [active] = [each for each in people_of(after)["attributeMappings"] if each["targetAttributeName"] == "active"]
    assert active["source"] == TREE


def test_replaces_a_constant_by_the_attribute():
    constant = {**attribute("name.givenName", ""), "source": None, "defaultValue": "Eva"}
    document = changed(lambda document: people_of(document)["attributeMappings"].__setitem__(2, constant))
    assert '~ first name: first name (before: "Eva")' in lines(look(document))
    after = people_of(mapping_document.merged(ADVOCACY, document, {}))["attributeMappings"][2]
    assert (after["source"]["name"], after["defaultValue"]) == ("givenName", None)


# Applying


def planned(document):
    return look(document).changes[-1]


def test_writes_the_whole_document_by_put(tenant, far):
    document = changed(lambda document: people_of(document)["attributeMappings"].pop(1))
    far.on("GET", f"{JOB_PATH}/schema", Reply(200, {"@odata.context": "x", **document}))
    parsed = {"parsingSucceeded": True, "parsedExpression": TREE}
    far.on("POST", f"{JOB_PATH}/schema/parseExpression", Reply(200, parsed))
    far.on("PUT", f"{JOB_PATH}/schema", Reply(204))
    result = Mappings().apply(tenant, at_step("mappings"), planned(document))
    [sent] = far.seen("PUT", f"{JOB_PATH}/schema")
    assert sent.json["somethingNew"] == {"kept": True}
    assert isinstance(look(sent.json), Done)
    assert result["removed"] == []


def test_writes_nothing_when_somebody_changed_the_mapping_since_the_plan(tenant, far):
    far.on("GET", f"{JOB_PATH}/schema", Reply(200, schema(groups=False)))
    with pytest.raises(StepFailed, match="since the plan") as failed:
        Mappings().apply(tenant, at_step("mappings"), planned(schema()))
    assert failed.value.verdict.code == Code.CHANGED_MEANWHILE
    assert far.seen("PUT", f"{JOB_PATH}/schema") == []


def test_writes_nothing_that_microsoft_does_not_understand(tenant, far):
    document = changed(lambda document: people_of(document)["attributeMappings"].pop(1))
    far.on("GET", f"{JOB_PATH}/schema", Reply(200, document))
    wrong = {"parsingSucceeded": False, "error": {"code": "Bad", "message": "no"}}
    far.on("POST", f"{JOB_PATH}/schema/parseExpression", Reply(200, wrong))
    with pytest.raises(StepFailed, match="does not understand") as failed:
        Mappings().apply(tenant, at_step("mappings"), planned(document))
    assert failed.value.verdict.code == Code.EXPRESSION_REFUSED
    assert far.seen("PUT", f"{JOB_PATH}/schema") == []


def test_hands_over_what_was_there_as_a_copy(tenant, far):
    far.on("GET", f"{JOB_PATH}/schema", Reply(200, schema()))
    [back_up, _write] = look(changed(lambda document: people_of(document)["attributeMappings"].pop(1))).changes
    result = Mappings().apply(tenant, at_step("mappings"), back_up)
    assert result["backup"] == {"service_principal_id": APP, "job_id": JOB, "schema": schema()}


def test_takes_a_schema_that_is_not_there_for_none(tenant, far):
    far.on("GET", f"{JOB_PATH}/schema", Reply(404, {"error": {"code": "x"}}))
    assert Mappings().read(tenant, at_step("mappings")) == Facts()


def test_reads_whether_the_job_has_run_only_where_something_would_be_written(tenant, far):
    desired = at_step("mappings")
    listed = [NEW_JOB | {"id": "another"}, NEW_JOB | {"id": JOB}]
    far.on("GET", JOB_PATH.rpartition("/")[0], Reply(200, {"value": listed}))
    far.on("GET", f"{JOB_PATH}/schema", Reply(200, schema()))
    assert present(Mappings().read(tenant, desired).job).id == JOB
    far.on("GET", f"{JOB_PATH}/schema", Reply(200, wanted_document()))
    assert Mappings().read(tenant, desired).job is None
    assert len(far.seen("GET", JOB_PATH.rpartition("/")[0])) == 1


def test_has_one_cause_for_each_code():
    assert sorted(Code) == sorted(cause.code for cause in CAUSES)
