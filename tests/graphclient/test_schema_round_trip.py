"""The mappings are Microsoft's document: what was read is written back to the last unknown property, in its order."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphclient import GraphClient

from .graph_stub import GraphStub, Reply
from .schema_documents import loose, schemas, texts

PATH = "/v1.0/servicePrincipals/sp/synchronization/jobs/job/schema"
TEMPLATE = "/v1.0/servicePrincipals/sp/synchronization/templates/scim/schema"
CONTEXT = {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#x"}
per_run = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def exact(value: Any) -> str:
    """A form in which order, types (1, 1.0, true), and every character count."""
    return json.dumps(value)


def written(far: GraphStub) -> Any:
    return far.asked[-1].json


@per_run
@given(document=schemas, at_the_end=st.booleans())
def test_writes_back_exactly_what_it_read(
    far: GraphStub, graph: GraphClient, document: dict[str, Any], at_the_end: bool
) -> None:
    far.forget()
    far.on("GET", PATH, Reply(200, document | CONTEXT if at_the_end else CONTEXT | document))
    far.on("PUT", PATH, Reply(204))
    read = graph.synchronization.schema("sp", "job")
    graph.synchronization.put_schema("sp", "job", read)
    assert exact(read) == exact(document) == exact(written(far))


@per_run
@given(document=schemas)
def test_changes_nothing_but_what_is_changed(far: GraphStub, graph: GraphClient, document: dict[str, Any]) -> None:
    """As the product does: switch one kind of object off, leave all else."""
    far.forget()
    far.on("GET", PATH, Reply(200, CONTEXT | document))
    far.on("PUT", PATH, Reply(204))
    read, expected = graph.synchronization.schema("sp", "job"), copy.deepcopy(document)
    for changed in (read, expected):
        for rule in changed["synchronizationRules"]:
            for mapping in rule["objectMappings"]:
                if mapping["sourceObjectName"] == "Group":
                    mapping["enabled"] = False
    graph.synchronization.put_schema("sp", "job", read)
    assert exact(written(far)) == exact(expected)


@per_run
@given(document=st.dictionaries(texts, loose, max_size=6).map(lambda others: {**others, "synchronizationRules": []}))
def test_carries_any_document_there_and_back(far: GraphStub, graph: GraphClient, document: dict[str, Any]) -> None:
    far.forget()
    far.on("GET", PATH, Reply(200, document))
    far.on("GET", TEMPLATE, Reply(200, document))
    far.on("PUT", PATH, Reply(204))
    expected = {key: value for key, value in document.items() if key != "@odata.context"}
    assert exact(graph.synchronization.template_schema("sp", "scim")) == exact(expected)
    graph.synchronization.put_schema("sp", "job", graph.synchronization.schema("sp", "job"))
    assert exact(written(far)) == exact(expected)


def test_takes_off_only_the_outermost_context(far: GraphStub, graph: GraphClient) -> None:
    kept = {"@odata.context": "kept", "metadata@odata.context": "kept", "objectMappings": []}
    inner = {"synchronizationRules": [kept]}
    far.on("GET", PATH, Reply(200, inner | {"@odata.context": "gone"}))
    assert graph.synchronization.schema("sp", "job") == inner


def test_goes_back_to_the_mappings_of_the_template(far: GraphStub, graph: GraphClient) -> None:
    far.on("DELETE", PATH, Reply(503), Reply(204))
    graph.synchronization.delete_schema("sp", "job")
    assert len(far.asked) == 2


def test_lets_entra_read_a_directory_anew(far: GraphStub, graph: GraphClient) -> None:
    answer = {
        "id": "66e4",
        "name": "customappsso",
        "readOnly": False,
        "objects": [{"name": "User", "attributes": [{"name": "userName"}, {"name": "active"}]}, {"name": "Group"}],
    }
    far.on("POST", f"{PATH}/directories/66e4/discover", Reply(200, answer))
    found = graph.synchronization.discover("sp", "job", "66e4")
    assert (found.name, found.read_only) == ("customappsso", False)
    assert found.objects == {"User": ("userName", "active"), "Group": ()}
