"""Requests and answers against Microsoft's OpenAPI document."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.answer_shapes import AnswerShapes
from sandbox.contract import Broken, Contract, strict
from sandbox.graph import routes
from sandbox.graph.exchange import Answer, Call
from sandbox.world import World

from .conftest import Entra, RunningSandbox

VERBS = {"get", "post", "put", "patch", "delete"}
UNKNOWN_TO_THE_DOCUMENT = {
    "/applications",
    "/applications/{application-id}",
    "/applications/{application-id}/owners/$ref",
    "/auditLogs/directoryAudits",
    "/groups/$count",
    "/groups/{group-id}/members",
    "/groups/{group-id}/members/$count",
    "/subscribedSkus",
    "/users/{user-id}/manager",
    "/servicePrincipals/{servicePrincipal-id}/synchronization/jobs/{synchronizationJob-id}"
    "/schema/directories/{directoryDefinition-id}/discover",
    "/servicePrincipals/{servicePrincipal-id}/synchronization/jobs/{synchronizationJob-id}/schema",  # PATCH by switch
}


def test_serves_every_path_of_the_document(running: RunningSandbox) -> None:
    served = {(route.method, route.template) for route in routes.every()}
    paths = strict()["paths"].items()
    wanted = {(verb.upper(), path) for path, verbs in paths for verb in verbs if verb in VERBS}
    assert wanted - served == set()
    assert {path for _verb, path in served - wanted} <= UNKNOWN_TO_THE_DOCUMENT


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/jobs", {"templateId": 5}),
        ("POST", "/jobs", {"templateId": "scim", "nonsense": True}),
        ("POST", "/jobs/validateCredentials", {"templateId": "scim", "useSavedCredentials": "true"}),
        ("POST", "/jobs/validateCredentials", {"templateId": "scim", "credentials": {"BaseAddress": "x"}}),
        ("PUT", "/secrets", {"value": [{"key": "SyncAll", "value": False}]}),
        ("PUT", "/secrets", {"value": [], "credentials": []}),
    ],
)
def test_refuses_an_unknown_property_and_a_wrong_type(entra: Entra, method: str, path: str, body: Any) -> None:
    assert entra.refused(method, entra.sync + path, body)[:2] == (400, "BadRequest")


def test_refuses_an_unknown_property_deep_inside_a_schema(entra: Entra) -> None:
    job = entra.job()
    document = entra.get(f"{job}/schema")
    document["directories"][0]["objects"][0]["attributes"][0]["nonsense"] = 1
    assert entra.refused("PUT", f"{job}/schema", document)[:2] == (400, "BadRequest")


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "PUT"])
def test_has_no_verb_that_the_document_lacks(entra: Entra, method: str) -> None:
    assert entra.refused(method, f"{entra.sync}/jobs", {})[0] == 404


def call(world: World, path: str) -> Call:
    return Call(world, "GET", path, {}, {})


def test_notices_an_answer_of_its_own_that_is_wrong() -> None:
    contract, world = Contract(), World.__new__(World)
    good = {"value": [{"id": "x", "displayName": "X"}]}
    contract.check_answer(call(world, "/organization"), Answer(200, good))
    wrongs: list[Any] = [{"value": [{"id": 5}]}, {"value": [{"id": "x", "nonsense": 1}]}, {"value": {}}]
    for wrong in wrongs:
        with pytest.raises(Broken):
            contract.check_answer(call(world, "/organization"), Answer(200, wrong))


GOOD_ANSWERS = [
    ("GET", "/organization", 200, {"value": [{"id": "x", "displayName": None}]}, True),
    ("GET", "/organization", 200, {"value": [{"id": "x", "nonsense": 1}]}, False),
    ("GET", "/servicePrincipals/a", 200, {"appId": "not-a-guid", "accountEnabled": "yes"}, False),
    ("PUT", "/servicePrincipals/a/synchronization/secrets", 204, None, True),
    ("GET", "/nowhere", 200, {"value": []}, False),
    ("GET", "/organization", 599, {}, False),
]


@pytest.mark.parametrize(("method", "path", "status", "body", "sure"), GOOD_ANSWERS)
def test_is_quick_only_about_what_is_surely_good(method: str, path: str, status: int, body: Any, sure: bool) -> None:
    assert AnswerShapes(strict()).has(method, path, status, "application/json", body) is sure


def test_refuses_the_second_time_what_it_refused_the_first(entra: Entra) -> None:
    for _again in range(2):
        assert entra.refused("GET", "/users?$top=many")[:2] == (400, "BadRequest")
    entra.get("/users?$top=5")
    assert entra.refused("GET", "/users?$top=many")[:2] == (400, "BadRequest")


def test_never_answered_anything_that_contradicts_the_document(running: RunningSandbox) -> None:
    """After all that the tests of this folder asked; by its name the last but for the later modules."""
    assert [line for line in running.control("GET", "/violations") if "broken" in line] == []


def test_is_described_call_by_call_and_switch_by_switch(running: RunningSandbox) -> None:
    text = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text()
    calls = [f"`{route.method} {route.template}`" for route in routes.every()]
    assert [call for call in calls if call not in text] == []
    rows = [f"| `{key}` | {seen} |" for key, seen in running.control("GET", "/switches").items()]
    assert [row for row in rows if row not in text] == []
