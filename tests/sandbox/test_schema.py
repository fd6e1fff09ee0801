from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Entra


@pytest.fixture
def job(entra: Entra) -> str:
    return entra.job()


@pytest.fixture
def document(entra: Entra, job: str) -> dict[str, Any]:
    found: dict[str, Any] = entra.get(f"{job}/schema")
    del found["@odata.context"]
    return found


def users(document: dict[str, Any]) -> dict[str, Any]:
    mappings = document["synchronizationRules"][0]["objectMappings"]
    return next(mapping for mapping in mappings if mapping["sourceObjectName"] == "User")


def test_keeps_what_was_put_and_counts_a_version(entra: Entra, job: str, document: dict[str, Any]) -> None:
    users(document)["attributeMappings"].pop()
    assert entra.ask("PUT", f"{job}/schema", document).status_code == 204
    after = entra.get(f"{job}/schema")
    assert after["version"] != document["version"]
    assert after["synchronizationRules"] == document["synchronizationRules"]
    assert after["directories"] == document["directories"]


def test_comes_back_to_the_default_when_deleted(entra: Entra, job: str, document: dict[str, Any]) -> None:
    before = entra.get(f"{job}/schema")
    users(document)["attributeMappings"].pop()
    entra.ask("PUT", f"{job}/schema", document)
    assert entra.ask("DELETE", f"{job}/schema").status_code == 204
    assert without_version(entra.get(f"{job}/schema")) == without_version(before)


def without_version(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "version"}


def spoil_property(document: dict[str, Any]) -> None:
    users(document)["attributeMappings"][0]["nonsense"] = 1


def spoil_matching(document: dict[str, Any]) -> None:
    for each in users(document)["attributeMappings"]:
        each["matchingPriority"] = 0


def spoil_target(document: dict[str, Any]) -> None:
    users(document)["attributeMappings"][0]["targetAttributeName"] = "nowhere"


def spoil_double(document: dict[str, Any]) -> None:
    rows = users(document)["attributeMappings"]
    rows.append(rows[0])


def spoil_length(document: dict[str, Any]) -> None:
    users(document)["attributeMappings"][0]["source"]["expression"] = "[" + "x" * 10_000 + "]"


def spoil_rules(document: dict[str, Any]) -> None:
    del document["synchronizationRules"]


@pytest.mark.parametrize(
    "spoil",
    [spoil_property, spoil_matching, spoil_target, spoil_double, spoil_length, spoil_rules],
)
def test_refuses_a_document_that_the_service_cannot_use(
    entra: Entra, job: str, document: dict[str, Any], spoil: Callable[[dict[str, Any]], None]
) -> None:
    before = entra.get(f"{job}/schema")
    spoil(document)
    assert entra.refused("PUT", f"{job}/schema", document)[0] == 400
    assert entra.get(f"{job}/schema") == before


def test_takes_a_target_attribute_that_is_defined_in_the_same_document(
    entra: Entra, job: str, document: dict[str, Any]
) -> None:
    directory = next(each for each in document["directories"] if each["name"] == "customappsso")
    name = users(document)["targetObjectName"]
    [target] = [each for each in directory["objects"] if each["name"] == name]
    new = "urn:ietf:params:scim:schemas:extension:Haiilo:2.0:User:team"
    target["attributes"].append({**target["attributes"][-1], "name": new})
    row = users(document)["attributeMappings"][-1]
    users(document)["attributeMappings"].append({**row, "targetAttributeName": new, "matchingPriority": 0})
    assert entra.ask("PUT", f"{job}/schema", document).status_code == 204


def test_parses_an_expression_and_says_what_is_wrong_with_another(entra: Entra, job: str) -> None:
    good = entra.ask("POST", f"{job}/schema/parseExpression", {"expression": "ToLower([mail])"}).json()
    assert (good["parsingSucceeded"], good["parsedExpression"]["name"]) == (True, "ToLower")
    answer = entra.ask("POST", f"{job}/schema/parseExpression", {"expression": "ToLower([mail]"})
    assert (answer.status_code, answer.json()["parsingSucceeded"]) == (200, False)
    assert answer.json()["error"]["message"]


def test_lists_functions_and_operators(entra: Entra, job: str) -> None:
    assert {"Switch", "Join", "Coalesce"} <= {row["id"] for row in entra.get(f"{job}/schema/functions")["value"]}
    assert "EQUALS" in {row["id"] for row in entra.get(f"{job}/schema/filterOperators")["value"]}


def test_offers_the_template_s_schema_before_there_is_a_job(entra: Entra) -> None:
    found = entra.get(f"{entra.sync}/templates/scim/schema")
    assert users(found)["enabled"] is True
    assert entra.refused("GET", f"{entra.sync}/templates/other/schema")[0] == 404


def test_discovers_no_directory_that_does_not_allow_it(entra: Entra, job: str, document: dict[str, Any]) -> None:
    key = document["directories"][1]["id"]
    assert entra.refused("POST", f"{job}/schema/directories/{key}/discover")[0] == 400
    assert entra.refused("POST", f"{job}/schema/directories/none/discover")[0] == 404
