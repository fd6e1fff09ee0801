"""Rows of a batch are throttled one by one."""

from __future__ import annotations

from graphclient import Transport

from .graph_stub import GraphStub, Reply


def test_asks_again_for_the_rows_of_a_batch_that_were_put_off(far: GraphStub, transport: Transport) -> None:
    busy = {"id": "1", "status": 429, "headers": {"Retry-After": "1"}, "body": {"error": {"code": "TooManyRequests"}}}
    first = [{"id": "0", "status": 200, "body": {"id": "a"}}, busy]
    again = [{"id": "0", "status": 200, "body": {"id": "b"}}]
    far.on("POST", "/v1.0/$batch", Reply(200, {"responses": first}), Reply(200, {"responses": again}))
    assert transport.batch_get(["/users/a", "/users/b"]) == [{"id": "a"}, {"id": "b"}]
