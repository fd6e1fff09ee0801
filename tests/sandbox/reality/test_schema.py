"""How a schema may look, and what of it may be written."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from ..conftest import Entra, RunningSandbox


def mappings(schema: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = schema["synchronizationRules"][0]["objectMappings"]
    return found


def users_of(schema: dict[str, Any]) -> dict[str, Any]:
    return next(each for each in mappings(schema) if each["sourceObjectName"] == "User")


def test_shows_a_schema_as_it_was_recorded(running: RunningSandbox) -> None:
    entra = running.tenant(reality={"schema_document": "recorded"})
    job = entra.job()
    schema = entra.get(f"{job}/schema")
    assert schema["id"] == job.rpartition("/")[2]
    assert schema["version"].startswith("Date:")
    [rule] = schema["synchronizationRules"]
    metadata = {each["key"]: each["value"] for each in rule["metadata"]}
    assert json.loads(metadata["defaultSourceObjectMappings"])[0]["SourceObjectName"] == "Group"
    for mapping in mappings(schema):
        assert mapping["flowTypes"] == "Add,Update,Delete"
        values = {each["key"]: each["value"] for each in mapping["metadata"]}
        assert values["Disposition"] == '"Normal"'
        assert values["OriginalJoiningProperty"] == "displayName"
        assert len(values) == 7
        assert {each["defaultValue"] for each in mapping["attributeMappings"]} == {""}
    template = entra.get(f"{entra.sync}/templates/scim/schema")
    assert (template["id"], template["version"]) == (f"scim.{'0' * 32}", "6.0")


def test_provisions_by_a_recorded_schema(running: RunningSandbox) -> None:
    entra = running.tenant(reality={"schema_document": "recorded"})
    job = entra.started()
    assert entra.get(job)["status"]["lastExecution"]["state"] == "Succeeded"
    before = entra.get(f"{job}/schema")
    assert entra.ask("PUT", f"{job}/schema", before).status_code == 204
    after = entra.get(f"{job}/schema")
    assert after["id"] == before["id"]
    assert after["version"] != before["version"]


def test_shows_a_plain_schema(running: RunningSandbox) -> None:
    entra = running.tenant(reality={"schema_document": "plain"})
    assert [each["metadata"] for each in mappings(entra.get(f"{entra.job()}/schema"))] == [[], []]


def test_keeps_the_id_of_a_schema_that_is_written_without_one(entra: Entra) -> None:
    job = entra.job()
    schema = entra.get(f"{job}/schema")
    assert entra.ask("PUT", f"{job}/schema", {k: v for k, v in schema.items() if k != "id"}).status_code == 204
    assert entra.get(f"{job}/schema")["id"] == schema["id"]
    assert entra.ask("PUT", f"{job}/schema", schema).status_code == 204


@pytest.mark.parametrize(("taken", "status"), [("fixed", 400), ("any", 204)])
def test_takes_the_schema_of_another_job(running: RunningSandbox, taken: str, status: int) -> None:
    entra = running.tenant(reality={"schema_id": taken})
    job = entra.job()
    schema = entra.get(f"{job}/schema")
    foreign = {**schema, "id": "customappsso.0.another"}
    assert entra.ask("PUT", f"{job}/schema", foreign).status_code == status
    assert entra.get(f"{job}/schema")["id"] == schema["id"]


def wrong_expression(schema: dict[str, Any]) -> None:
    users_of(schema)["attributeMappings"][2]["source"]["expression"] = "Join("


def unknown_attribute(schema: dict[str, Any]) -> None:
    users_of(schema)["attributeMappings"][2]["source"]["expression"] = "[noSuchAttribute]"


def two_of_a_priority(schema: dict[str, Any]) -> None:
    users_of(schema)["attributeMappings"][2]["matchingPriority"] = 1


def no_directories(schema: dict[str, Any]) -> None:
    schema["directories"] = []


def scope(schema: dict[str, Any], attribute: str, operator: str) -> None:
    clause = {"operatorName": operator, "sourceOperandName": attribute, "targetOperand": {"values": ["x"]}}
    group = {"name": "g", "clauses": [clause]}
    users_of(schema)["scope"] = {"categoryFilterGroups": [], "groups": [group], "inputFilterGroups": []}


def scope_by_user_type(schema: dict[str, Any]) -> None:
    scope(schema, "userType", "EQUALS")


def unknown_operator(schema: dict[str, Any]) -> None:
    scope(schema, "department", "LIKE")


WRONG = [
    wrong_expression,
    unknown_attribute,
    two_of_a_priority,
    no_directories,
    scope_by_user_type,
    unknown_operator,
]


@pytest.mark.parametrize("spoil", WRONG)
def test_refuses_what_the_portal_refuses(running: RunningSandbox, spoil: Any) -> None:
    entra = running.tenant(reality={"schema_checks": "few"})
    job = entra.job()
    schema = entra.get(f"{job}/schema")
    wrong = copy.deepcopy(schema)
    spoil(wrong)
    assert entra.ask("PUT", f"{job}/schema", wrong).status_code == 204
    entra.control("POST", "/reality", {"schema_checks": "portal"})
    assert entra.refused("PUT", f"{job}/schema", wrong)[0] == 400
    assert entra.ask("PUT", f"{job}/schema", schema).status_code == 204


def test_gives_the_parts_of_a_schema_in_another_order_each_time(running: RunningSandbox) -> None:
    entra = running.tenant(reality={"schema_order": "turned"})
    job = entra.job()
    first, second = (users_of(entra.get(f"{job}/schema"))["attributeMappings"] for _look in range(2))
    assert first != second
    assert sorted(map(json.dumps, first)) == sorted(map(json.dumps, second))
    entra.control("POST", "/reality", {"schema_order": "kept"})
    assert entra.get(f"{job}/schema") == entra.get(f"{job}/schema")
