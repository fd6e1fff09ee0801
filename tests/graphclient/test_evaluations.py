"""What Microsoft makes of an expression for somebody: several in one batch, and what is refused there alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graphclient import (
    ExpressionTest,
    GraphClient,
    GraphError,
    NotAllowed,
    ParsedExpression,
    ReadOnly,
    Throttled,
    Transport,
    Unreadable,
    guards,
)

from .graph_stub import GraphStub, Reply
from .samples import JOB_ID, SP

PATH = f"/servicePrincipals/{SP}/synchronization/jobs/{JOB_ID}/schema/parseExpression"
BATCH, ALONE = "/v1.0/$batch", f"/v1.0{PATH}"
TESTS = [ExpressionTest("ToUpper([a])", {"a": each}) for each in ("eva", None, "ida")]
REFUSED = {"error": {"code": "BadRequest", "message": "This request is not supported in batches."}}


def made(*values: str) -> dict[str, Any]:
    return {"parsingSucceeded": True, "error": None, "evaluationSucceeded": True, "evaluationResult": list(values)}


def part(number: int, status: int, body: Any) -> dict[str, Any]:
    return {"id": str(number), "status": status, "body": body}


def evaluate(graph: GraphClient, tests: list[ExpressionTest]) -> list[tuple[str, ...] | type[GraphError]]:
    answers = graph.synchronization.evaluations(SP, JOB_ID, tests)
    return [each.result if isinstance(each, ParsedExpression) else type(each) for each in answers]


def test_asks_for_several_in_one_request(far: GraphStub, graph: GraphClient) -> None:
    parts = [part(2, 200, made("IDA")), part(0, 200, made("EVA")), part(1, 200, made())]
    far.on("POST", BATCH, Reply(200, {"responses": parts}))
    assert evaluate(graph, TESTS) == [("EVA",), (), ("IDA",)]
    [asked] = far.asked
    rows = asked.json["requests"]
    assert [(row["method"], row["url"], row["headers"]) for row in rows] == [
        ("POST", PATH, {"Content-Type": "application/json"})
    ] * 3
    attribute = {"name": "User", "attributes": [{"name": "a", "type": "String"}]}
    assert [row["body"]["testInputObject"] for row in rows[:2]] == [
        {"definition": attribute, "properties": [{"key": "a", "value": "eva"}]},
        {"definition": attribute, "properties": []},
    ]


def test_asks_for_one_without_a_batch(far: GraphStub, graph: GraphClient) -> None:
    far.on("POST", ALONE, Reply(200, made("EVA")))
    assert evaluate(graph, TESTS[:1]) == [("EVA",)]
    assert evaluate(graph, []) == []
    assert len(far.asked) == 1


def test_asks_alone_for_what_a_batch_refuses(far: GraphStub, graph: GraphClient) -> None:
    far.on(
        "POST", BATCH, Reply(200, {"responses": [part(0, 400, REFUSED), part(1, 200, made()), part(2, 400, REFUSED)]})
    )
    far.on("POST", ALONE, Reply(200, made("EVA")), Reply(200, made("IDA")))
    assert evaluate(graph, TESTS) == [("EVA",), (), ("IDA",)]


def test_asks_alone_where_the_whole_batch_is_refused_until_that_is_refused_too(
    far: GraphStub, graph: GraphClient
) -> None:
    far.on("POST", BATCH, Reply(400, REFUSED))
    far.on("POST", ALONE, Reply(200, made("EVA")), Reply(403, {"error": {"code": "Authorization_RequestDenied"}}))
    first, *others = evaluate(graph, TESTS)
    assert first == ("EVA",)
    assert all(isinstance(each, type) and issubclass(each, NotAllowed) for each in others)
    assert len(far.asked) == 3


def test_asks_nobody_again_who_is_busy_or_unreadable(far: GraphStub, graph: GraphClient) -> None:
    parts = [part(0, 429, REFUSED), part(1, 200, {"evaluationResult": ["x"]}), part(2, 200, made("IDA"))]
    far.on("POST", BATCH, Reply(200, {"responses": parts}))
    assert evaluate(graph, TESTS) == [Throttled, Unreadable, ("IDA",)]
    far.on("POST", BATCH, Reply(429, REFUSED, headers={"Retry-After": "60"}))
    assert evaluate(graph, TESTS) == [Throttled] * 3
    assert {asked.path for asked in far.asked} == {BATCH}


def test_sends_nothing_where_nothing_may_be_sent(far: GraphStub, make_transport: Callable[..., Transport]) -> None:
    graph = GraphClient(make_transport(guard=guards.read_only))
    assert evaluate(graph, TESTS) == [ReadOnly] * 3
    assert far.asked == []


def test_shows_no_value_of_anybody(far: GraphStub, graph: GraphClient) -> None:
    echo = {"error": {"code": "Bad", "message": "cannot read ida@nordwind.example"}}
    tests = [ExpressionTest("ToUpper([mail])", {"mail": f"{each}@nordwind.example"}) for each in ("eva", "ida")]
    far.on("POST", BATCH, Reply(200, {"responses": [part(0, 200, made("EVA")), part(1, 503, echo)]}))
    answers = graph.synchronization.evaluations(SP, JOB_ID, tests)
    assert "ida" not in f"{tests}{answers}{answers[1]}"
    with pytest.raises(ValueError, match="twenty"):
        graph.synchronization.evaluations(SP, JOB_ID, tests * 11)
