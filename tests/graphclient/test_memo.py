"""The same GET is sent once, until something is written; what a batch has read ahead is not asked for again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from graphclient import (
    GraphClient,
    GraphError,
    Memo,
    NotThere,
    Read,
    RoleMissing,
    Throttled,
    Transport,
    TryLater,
    WriteRefused,
    guards,
    probe,
    probes,
)
from tests.fixtures.graph import Waits

from .graph_stub import DROP, Asked, GraphStub, Reply
from .samples import JOB_ID, ORGANIZATION, SP

V = "/v1.0"
SYNC = f"/servicePrincipals/{SP}/synchronization"
ORGANIZATIONS = Reply(200, {"value": [ORGANIZATION]})


class Clock:
    """Stands until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def remembering(make_transport: Callable[..., Transport], clock: Clock) -> Transport:
    return make_transport(memo=Memo(max_bytes=1000, clock=clock))


def test_sends_the_same_read_once(far: GraphStub, remembering: Transport) -> None:
    far.on("GET", f"{V}/organization", ORGANIZATIONS)
    graph = GraphClient(remembering)
    assert graph.organization.get() == graph.organization.get()
    assert (len(far.asked), remembering.calls) == (1, 1)


def test_sends_what_differs_by_query_or_header(far: GraphStub, remembering: Transport) -> None:
    far.on("GET", f"{V}/users", Reply(200, {"value": []}))
    for params, headers in [({"$top": "1"}, None), ({"$top": "2"}, None), ({"$top": "2"}, {"Prefer": "x"})] * 2:
        remembering.get("/users", params, headers)
    assert len(far.asked) == 3


def test_without_a_memo_each_read_is_sent(far: GraphStub, transport: Transport) -> None:
    far.on("GET", f"{V}/organization", ORGANIZATIONS)
    for _time in range(2):
        transport.get("/organization")
    transport.read_ahead(Read("/organization"), Read("/users"))
    assert len(far.asked) == 2


def test_gives_each_caller_a_document_of_its_own(far: GraphStub, remembering: Transport) -> None:
    far.on("GET", f"{V}/thing", Reply(200, {"rows": [1]}))
    remembering.get("/thing")["rows"].append(2)
    assert remembering.get("/thing") == {"rows": [1]}


@pytest.mark.parametrize("answer", [Reply(200, {}), Reply(409, {"error": {"code": "x"}}), DROP])
def test_asks_again_after_a_write_however_it_ended(far: GraphStub, remembering: Transport, answer: Reply) -> None:
    far.on("GET", f"{V}/things", Reply(200, {"value": [1]}), Reply(200, {"value": [2]}))
    far.on("POST", f"{V}/things", answer)
    assert remembering.get("/things") == {"value": [1]}
    with suppress(GraphError):
        remembering.send("POST", "/things", json={})
    assert remembering.get("/things") == {"value": [2]}


def test_a_write_of_provisioning_leaves_what_it_cannot_change(far: GraphStub, remembering: Transport) -> None:
    paths = [f"{SYNC}/jobs", f"{SYNC}/secrets", "/auditLogs/provisioning", "/users/eva"]
    for path in paths:
        far.on("GET", V + path, Reply(200, {"value": []}))
    far.on("PUT", f"{V}{SYNC}/secrets", Reply(204))
    for _time in range(2):
        for path in paths:
            remembering.get(path)
        remembering.send("PUT", f"{SYNC}/secrets", json={})
    assert [len(far.seen("GET", V + path)) for path in paths] == [2, 2, 2, 1]


def test_a_post_that_changes_nothing_leaves_everything(far: GraphStub, remembering: Transport) -> None:
    far.on("GET", f"{V}{SYNC}/jobs", Reply(200, {"value": []}))
    far.on("POST", f"{V}{SYNC}/jobs/validateCredentials", Reply(204))
    graph = GraphClient(remembering)
    for _time in range(2):
        graph.synchronization.jobs(SP)
        graph.synchronization.validate_credentials(SP, template_id="scim", saved=True)
    assert (len(far.seen("GET", f"{V}{SYNC}/jobs")), len(far.asked)) == (1, 3)


def test_keeps_no_refusal(far: GraphStub, remembering: Transport) -> None:
    far.on("GET", f"{V}/thing", Reply(404, {"error": {"code": "x"}}), Reply(200, {"id": "1"}))
    with pytest.raises(NotThere):
        remembering.get("/thing")
    assert remembering.get("/thing") == {"id": "1"}


def test_believes_nothing_for_longer_than_a_minute(far: GraphStub, remembering: Transport, clock: Clock) -> None:
    far.on("GET", f"{V}/thing", Reply(200, {"id": "1"}))
    remembering.get("/thing")
    clock.now += 60
    remembering.get("/thing")
    clock.now += 1
    remembering.get("/thing")
    assert len(far.asked) == 2


def test_keeps_so_many_bytes_and_no_more(far: GraphStub, remembering: Transport) -> None:
    for name in ("a", "b"):
        far.on("GET", f"{V}/{name}", Reply(200, {"text": name * 600}))
    for name in ("a", "b", "b", "a"):
        remembering.get(f"/{name}")
    assert [asked.path for asked in far.asked] == [f"{V}/a", f"{V}/b", f"{V}/a"]


# Reading ahead


def by_item(headers: dict[str, str] | None = None, **refused: int) -> Callable[[Asked], Reply]:
    """A batch whose items are answered 200, but for the paths that are refused, with these headers."""

    def answer(asked: Asked) -> Reply:
        rows = []
        for item in asked.json["requests"]:
            name = item["url"].partition("?")[0].strip("/")
            status = refused.get(name, 200)
            body = {"value": [], "id": SP} if status == 200 else {"error": {"code": "Authorization_RequestDenied"}}
            told = headers if status != 200 and headers else {}
            rows.append({"id": item["id"], "status": status, "headers": told, "body": body})
        return Reply(200, {"responses": rows})

    return answer


READS = (Read("/users", {"$top": "1", "$filter": "id in ('a','b')"}), Read("/groups"), Read("/groups"))


def test_reads_ahead_in_one_batch(far: GraphStub, remembering: Transport) -> None:
    far.on("POST", f"{V}/$batch", by_item())
    remembering.read_ahead(*READS)
    remembering.read_ahead(*READS)
    assert remembering.get("/users", READS[0].params) == remembering.get("/groups") == {"value": [], "id": SP}
    [asked] = far.asked
    urls = [item["url"] for item in asked.json["requests"]]
    assert urls == ["/users?$top=1&$filter=id%20in%20('a','b')", "/groups"]


def test_leaves_what_was_refused_to_the_call_itself(far: GraphStub, remembering: Transport) -> None:
    denied = Reply(403, {"error": {"code": "Authorization_RequestDenied", "message": "no"}})
    far.on("POST", f"{V}/$batch", by_item(groups=403))
    far.on("GET", f"{V}/groups", denied)
    remembering.read_ahead(*READS)
    remembering.get("/users", READS[0].params)
    with pytest.raises(RoleMissing):
        remembering.get("/groups")
    assert len(far.asked) == 2


def test_tells_what_only_a_call_alone_is_answered(far: GraphStub, make_transport: Callable[..., Transport]) -> None:
    memo = Memo()
    transport = make_transport(memo=memo)
    far.on("POST", f"{V}/$batch", by_item(groups=400))
    far.on("GET", f"{V}/groups", Reply(200, {"value": [1]}))
    transport.read_ahead(*READS)
    assert not memo.alone
    assert transport.get("/groups") == {"value": [1]}
    assert memo.alone == (READS[1],)
    memo.forget()
    transport.read_ahead(*READS)  # all but what is answered alone, which is one read and needs no batch
    assert len(far.seen("POST", f"{V}/$batch")) == 1


def test_what_a_call_alone_is_refused_as_well_says_nothing_about_batches(
    far: GraphStub, make_transport: Callable[..., Transport]
) -> None:
    memo = Memo()
    transport = make_transport(memo=memo)
    far.on("POST", f"{V}/$batch", by_item(groups=403))
    far.on("GET", f"{V}/groups", Reply(403, {"error": {"code": "Authorization_RequestDenied"}}))
    transport.read_ahead(*READS)
    with pytest.raises(RoleMissing):
        transport.get("/groups")
    assert memo.alone == ()


def test_waits_as_long_as_a_throttled_part_was_told(
    far: GraphStub, make_transport: Callable[..., Transport], waits: Waits
) -> None:
    memo = Memo()
    transport = make_transport(memo=memo)
    far.on("POST", f"{V}/$batch", by_item({"Retry-After": "4"}, groups=429))
    far.on("GET", f"{V}/groups", Reply(200, {"value": []}))
    transport.read_ahead(*READS)
    transport.get("/groups")
    assert waits == [4.0]
    assert memo.alone == ()


def test_a_throttled_part_that_has_to_wait_long_is_not_asked_for_again(far: GraphStub, remembering: Transport) -> None:
    far.on("POST", f"{V}/$batch", by_item({"Retry-After": "60"}, groups=429))
    remembering.read_ahead(*READS)
    with pytest.raises(Throttled) as caught:
        remembering.get("/groups")
    assert caught.value.retry_after == 60
    assert len(far.asked) == 1


def test_a_page_in_place_of_a_part_says_nothing(far: GraphStub, remembering: Transport) -> None:
    def pages(asked: Asked) -> Reply:
        rows = [{"id": item["id"], "status": 200, "body": "PGh0bWw+"} for item in asked.json["requests"]]
        return Reply(200, {"responses": rows})

    far.on("POST", f"{V}/$batch", pages)
    far.on("GET", f"{V}/groups", Reply(200, {"value": [1]}))
    remembering.read_ahead(*READS)
    assert remembering.get("/groups") == {"value": [1]}


@pytest.mark.parametrize(("answer", "told"), [(Reply(400, {"error": {"code": "BadRequest"}}), 2), (DROP, 0)])
def test_a_refusal_of_the_whole_is_told_and_silence_is_not(
    far: GraphStub, make_transport: Callable[..., Transport], answer: Reply, told: int
) -> None:
    memo = Memo()
    transport = make_transport(memo=memo)
    far.on("POST", f"{V}/$batch", answer)
    for path in ("/users", "/groups"):
        far.on("GET", f"{V}{path}", Reply(200, {"value": []}))
    with suppress(TryLater):
        transport.read_ahead(*READS)
    transport.get("/users", READS[0].params)
    transport.get("/groups")
    assert len(memo.alone) == told


BROKEN_BATCHES = (Reply(200, {"responses": []}), Reply(200, body=b"<html>"), Reply(200, {"error": {"code": "x"}}))


@pytest.mark.parametrize("answer", [*BROKEN_BATCHES, Reply(400, {"error": {"code": "BadRequest"}})])
def test_a_batch_that_is_refused_costs_only_itself(far: GraphStub, remembering: Transport, answer: Reply) -> None:
    far.on("POST", f"{V}/$batch", answer)
    far.on("GET", f"{V}/groups", Reply(200, {"value": []}))
    remembering.read_ahead(*READS)
    assert remembering.get("/groups") == {"value": []}


@pytest.mark.parametrize("answer", [Reply(500, {}), DROP])
def test_waits_for_a_graph_that_is_out_of_reach_once(far: GraphStub, remembering: Transport, answer: Reply) -> None:
    far.on("POST", f"{V}/$batch", answer)
    with pytest.raises(TryLater):
        remembering.read_ahead(*READS)
    assert {asked.path for asked in far.asked} == {f"{V}/$batch"}


def test_a_single_read_needs_no_batch(far: GraphStub, remembering: Transport) -> None:
    remembering.read_ahead(Read("/groups"))
    assert far.asked == []


def test_asks_the_guard_about_each_item(far: GraphStub, make_transport: Callable[..., Transport]) -> None:
    def guard(method: str, path: str) -> None:
        if path == "/groups":
            raise WriteRefused("not this one", method=method, path=path)

    with pytest.raises(WriteRefused):
        make_transport(memo=Memo(), guard=guard).read_ahead(*READS)
    make_transport(memo=Memo(), guard=guards.read_only)
    assert far.asked == []


def test_the_probes_ask_for_what_was_read_ahead(far: GraphStub, make_transport: Callable[..., Transport]) -> None:
    far.on("POST", f"{V}/$batch", by_item(organization=403))
    far.on("GET", f"{V}/organization", ORGANIZATIONS)
    graph = GraphClient(make_transport(memo=Memo()))
    graph.read_ahead(*probes.reads())
    found = probe(graph, job_id=JOB_ID)
    assert [asked.path for asked in far.asked][:2] == [f"{V}/$batch", f"{V}/organization"]
    assert {each.operation for each in found if each.works} >= {"find people", "read groups"}
