"""What goes over the wire, what is sent again, and what is never sent again."""

from __future__ import annotations

import base64
import gzip
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import requests

from graphclient import (
    GLOBAL,
    HostRefused,
    NotAllowed,
    OutcomeUnknown,
    Reroutes,
    RoleMissing,
    Throttled,
    TooLarge,
    Transport,
    Unavailable,
    WriteRefused,
    guards,
)
from graphclient.http.exchange import Answer, LossReason, Lost, exchange
from graphclient.http.interpret import Call
from graphclient.http.retry import Effect
from graphclient.http.sender import Request, Sender
from tests.fixtures.graph import Tokens, Waits

from .graph_stub import DROP, Asked, GraphStub, Reply

JOBS = "/servicePrincipals/7b0a/synchronization/jobs"
OK = Reply(200, {"value": []})
EXPIRED = Reply(401, {"error": {"code": "InvalidAuthenticationToken", "message": "expired"}})
SILENT = Reply(401, {"error": {"code": "UnknownError", "message": ""}})


def test_sends_the_token_and_an_id_of_its_own_to_graphs_host(far: GraphStub, transport: Transport) -> None:
    far.on("GET", "/v1.0/users", OK)
    transport.get("/users", {"$top": "1"})
    transport.get("/users")
    first, second = far.asked
    assert first.headers["host"] == "graph.microsoft.com"
    assert first.headers["authorization"] == "Bearer token-1"
    assert first.query == {"$top": "1"}
    ids = {uuid.UUID(asked.headers["client-request-id"]) for asked in (first, second)}
    assert len(ids) == transport.calls == 2


def test_asks_the_guard_before_anything_leaves(
    far: GraphStub, tokens: Tokens, make_transport: Callable[..., Transport]
) -> None:
    transport = make_transport(guard=guards.read_only)
    with pytest.raises(WriteRefused) as caught:
        transport.send("POST", JOBS, json={})
    assert (caught.value.method, caught.value.path) == ("POST", JOBS)
    assert (far.asked, transport.calls) == ([], 0)
    far.on("POST", f"/v1.0{JOBS}", Reply(201, {"id": "1"}))
    transport.guard = guards.only_service_principal("7b0a")
    assert transport.send("POST", JOBS, json={}) == {"id": "1"}


def test_gives_none_for_an_empty_answer(far: GraphStub, transport: Transport) -> None:
    far.on("PUT", "/v1.0/a", Reply(204))
    assert transport.send("PUT", "/a", json={}) is None


def test_waits_as_long_as_a_read_was_told_and_asks_again(far: GraphStub, transport: Transport, waits: Waits) -> None:
    far.on("GET", "/v1.0/users", Reply(429, headers={"Retry-After": "2"}), Reply(503), OK)
    assert transport.get("/users") == {"value": []}
    assert waits == [2.0, 1.0]
    assert transport.calls == 3


def test_hands_long_waits_to_the_caller(far: GraphStub, transport: Transport, waits: Waits) -> None:
    far.on("GET", "/v1.0/users", Reply(429, headers={"Retry-After": "120", "x-ms-throttle-scope": "Tenant"}))
    with pytest.raises(Throttled) as caught:
        transport.get("/users")
    assert (caught.value.retry_after, caught.value.scope, waits) == (120.0, "Tenant", [])
    assert transport.calls == 1


@pytest.mark.parametrize(
    "reply", [*[Reply(status) for status in (404, 429, 500, 502, 503, 504)], DROP, Reply(201, {"id": "1"}, cut=True)]
)
def test_never_sends_a_creating_post_twice(far: GraphStub, transport: Transport, reply: Reply) -> None:
    far.on("POST", f"/v1.0{JOBS}", reply)
    with pytest.raises(OutcomeUnknown):
        transport.send("POST", JOBS, json={"templateId": "scim"})
    assert len(far.asked) == transport.calls == 1


@pytest.mark.parametrize("reply", [Reply(503), Reply(429, headers={"Retry-After": "1"}), DROP])
@pytest.mark.parametrize(
    ("method", "kwargs"), [("PUT", {}), ("POST", {"effect": Effect.SAME}), ("POST", {"safe": True}), ("DELETE", {})]
)
def test_sends_again_what_is_harmless_to_repeat(
    far: GraphStub, transport: Transport, method: str, kwargs: dict[str, Any], reply: Reply
) -> None:
    far.on(method, "/v1.0/a", reply, Reply(204))
    assert transport.send(method, "/a", **kwargs) is None
    assert len(far.asked) == 2


def test_says_unavailable_when_a_post_never_left(make_transport: Callable[..., Transport]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with requests.Session() as http:
        Reroutes({GLOBAL.graph: f"http://127.0.0.1:{port}"}).mount(http)
        with pytest.raises(Unavailable):
            Transport(http, Tokens()).send("POST", JOBS, json={})


def test_says_outcome_unknown_when_the_answer_comes_too_late(session: requests.Session, far: GraphStub) -> None:
    enough = threading.Event()

    def late(asked: Asked) -> Reply:
        enough.wait(60)
        return Reply(201, {"id": "1"})

    far.on("POST", f"/v1.0{JOBS}", late)
    transport = Transport(session, Tokens())
    with pytest.raises(OutcomeUnknown):
        transport.send("POST", JOBS, json={}, read_timeout=0.1)
    enough.set()
    assert transport.calls == 1


def test_gets_one_fresh_token_for_a_refused_one(far: GraphStub, transport: Transport, tokens: Tokens) -> None:
    far.on("GET", "/v1.0/users", EXPIRED, OK)
    assert transport.get("/users") == {"value": []}
    assert [asked.headers["authorization"] for asked in far.asked] == ["Bearer token-1", "Bearer token-2"]


def challenge(text: str) -> Reply:
    header = f'Bearer realm="", error="insufficient_claims", claims="{text}"'
    return Reply(401, {"error": {"code": "X"}}, headers={"WWW-Authenticate": header})


CLAIMS = '{"access_token":{"nbf":{"essential":true,"value":"1772442000"}}}'


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        (base64.b64encode(CLAIMS.encode()).decode(), CLAIMS),
        (base64.urlsafe_b64encode(b'{"a":"\xc3\xbf\xc3\xbf?>"}').decode().rstrip("="), '{"a":"ÿÿ?>"}'),
        ("!!", None),
        ("eyJ", None),
        (base64.b64encode(b"[1]").decode(), None),
    ],
)
def test_gets_one_fresh_token_for_a_claims_challenge(
    far: GraphStub, transport: Transport, tokens: Tokens, text: str, claims: str | None
) -> None:
    expected = [claims] if text != "!!" else []
    far.on("GET", "/v1.0/users", challenge(text), OK)
    if not expected:  # no claims are readable, so the answer is a refusal like any other
        with pytest.raises(NotAllowed):
            transport.get("/users")
    else:
        assert transport.get("/users") == {"value": []}
    assert tokens.claims == expected


def test_is_blocked_when_the_claims_do_not_help(far: GraphStub, transport: Transport, tokens: Tokens) -> None:
    far.on("GET", "/v1.0/users", challenge(base64.b64encode(CLAIMS.encode()).decode()))
    with pytest.raises(NotAllowed):
        transport.get("/users")
    assert (tokens.claims, transport.calls) == ([CLAIMS], 2)


def test_takes_the_token_that_another_thread_has_renewed(far: GraphStub, transport: Transport, tokens: Tokens) -> None:
    def refused(asked: Asked) -> Reply:
        tokens.number = 7  # meanwhile
        return EXPIRED

    far.on("GET", "/v1.0/users", refused, OK)
    transport.get("/users")
    assert far.asked[1].headers["authorization"] == "Bearer token-7"
    assert tokens.claims == []


def test_does_not_ask_for_a_third_token(far: GraphStub, transport: Transport, tokens: Tokens) -> None:
    far.on("GET", "/v1.0/users", EXPIRED)
    with pytest.raises(NotAllowed):
        transport.get("/users")
    assert (tokens.number, transport.calls) == (2, 2)


def test_replaces_the_token_but_does_not_resend_a_creating_post(
    far: GraphStub, transport: Transport, tokens: Tokens
) -> None:
    far.on("POST", f"/v1.0{JOBS}", EXPIRED)
    with pytest.raises(Unavailable) as caught:
        transport.send("POST", JOBS, json={})
    assert (tokens.number, transport.calls, caught.value.retry_after) == (2, 1, 1.0)


def test_keeps_the_token_when_a_permission_is_missing(far: GraphStub, transport: Transport, tokens: Tokens) -> None:
    far.on("GET", f"/v1.0{JOBS}", SILENT)
    with pytest.raises(RoleMissing):
        transport.get(JOBS)
    assert (tokens.number, transport.calls) == (1, 1)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_follows_no_redirect(far: GraphStub, transport: Transport, status: int) -> None:
    far.on("GET", "/v1.0/users", Reply(status, headers={"Location": f"{far.url}/stolen"}))
    with pytest.raises(HostRefused):
        transport.get("/users")
    assert [asked.path for asked in far.asked] == ["/v1.0/users"]


@pytest.mark.parametrize("path", ["/../beta/users", "users", "/a b", "/%2e%2e/beta", "/a\\b", ""])
def test_sends_nothing_to_what_is_no_path_of_graph(far: GraphStub, transport: Transport, path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        transport.get(path)
    assert far.asked == []


@pytest.mark.parametrize("reply", [Reply(200, body=b"<html>"), Reply(200, body=b'{"val'), Reply(200, body=b"")])
def test_takes_a_broken_200_for_an_outage(far: GraphStub, transport: Transport, reply: Reply) -> None:
    far.on("GET", "/v1.0/users", reply)
    with pytest.raises(Unavailable):
        transport.get("/users")


def test_takes_a_broken_answer_to_a_creating_post_for_doubt(far: GraphStub, transport: Transport) -> None:
    far.on("POST", f"/v1.0{JOBS}", Reply(201, body=b""))
    with pytest.raises(OutcomeUnknown):
        transport.ask("POST", JOBS, json={})


def test_reads_a_cut_answer_once_more(far: GraphStub, transport: Transport) -> None:
    far.on("GET", "/v1.0/users", Reply(200, {"value": []}, cut=True), OK)
    assert transport.get("/users") == {"value": []}


def test_unpacks_gzip(far: GraphStub, transport: Transport) -> None:
    packed = gzip.compress(json.dumps({"value": ["ä"]}).encode())
    far.on("GET", "/v1.0/users", Reply(200, body=packed, headers={"Content-Encoding": "gzip"}))
    assert transport.get("/users") == {"value": ["ä"]}


@pytest.mark.parametrize("packed", [False, True])
def test_stops_reading_at_the_cap_also_inside_gzip(
    far: GraphStub, make_transport: Callable[..., Transport], packed: bool
) -> None:
    body = b'{"a":"' + b" " * 300_000 + b'"}'
    headers = {"Content-Encoding": "gzip"} if packed else {}
    far.on("GET", "/v1.0/users", Reply(200, body=gzip.compress(body) if packed else body, headers=headers))
    with pytest.raises(TooLarge):
        make_transport(max_bytes=100_000).get("/users")
    assert make_transport(max_bytes=400_000).get("/users")


def test_gives_up_on_a_dripping_body(session: requests.Session, far: GraphStub) -> None:
    far.on("GET", "/v1.0/users", Reply(200, {"value": ["x" * 200_000]}))
    seconds = iter(range(0, 1000, 20))
    outcome = exchange(session, "GET", f"{GLOBAL.graph}/v1.0/users", clock=lambda: float(next(seconds)))
    assert outcome == Lost(LossReason.TIMED_OUT)


@pytest.mark.parametrize("pause", [0.02, 30.0], ids=["dripping", "stuck"])
def test_frees_the_worker_at_the_deadline(session: requests.Session, far: GraphStub, pause: float) -> None:
    far.on("GET", "/v1.0/users", Reply(200, {"value": ["x" * 200]}, drip=pause))
    began = time.monotonic()
    outcome = exchange(session, "GET", f"{GLOBAL.graph}/v1.0/users", read_timeout=30, within=0.3)
    assert outcome == Lost(LossReason.TIMED_OUT)
    assert 0.2 < time.monotonic() - began < 20  # the answer itself would take 30


def test_begins_no_attempt_that_its_time_does_not_cover(
    far: GraphStub, session: requests.Session, waits: Waits
) -> None:
    far.on("GET", "/v1.0/users", Reply(503))
    seconds = iter([0.0, 0.0, 12.0, 12.0, 12.0])
    sender = Sender(session, Tokens(), sleep=waits, timer=lambda: next(seconds))
    outcome = sender.send(Call("GET", "/users", Effect.NONE), Request(f"{GLOBAL.api}/users"))
    assert isinstance(outcome, Answer)
    assert (outcome.status, sender.calls, waits) == (503, 1, [])


def test_says_how_urgent_it_is_and_hears_how_full_the_limit_is(far: GraphStub, session: requests.Session) -> None:
    transport = Transport(session, Tokens(), priority="high")
    full = {"x-ms-throttle-limit-percentage": "0.85"}
    odd = {"x-ms-throttle-limit-percentage": "much"}
    far.on("GET", "/v1.0/users", Reply(200, {}, headers=full), Reply(200, {}, headers=odd), Reply(200, {}))
    heard = []
    for _ in range(3):
        transport.get("/users")
        heard.append(transport.pressure)
    assert heard == [0.85, 0.0, 0.0]
    assert far.asked[0].headers["x-ms-throttle-priority"] == "high"


@pytest.mark.parametrize(
    ("scope", "everywhere"),
    [
        ("Application/ReadWrite/9a3d/", True),
        ("application", True),
        ("Tenant_Application/ReadWrite/9a3d/8f92", False),
        ("Tenant/Read", False),
        ("", False),
    ],
)
def test_tells_whether_every_tenant_has_to_wait(
    far: GraphStub, transport: Transport, scope: str, everywhere: bool
) -> None:
    far.on("GET", "/v1.0/users", Reply(429, headers={"Retry-After": "60", "x-ms-throttle-scope": scope}))
    with pytest.raises(Throttled) as caught:
        transport.get("/users")
    assert (caught.value.scope, caught.value.everywhere) == (scope, everywhere)


def test_takes_no_proxy_no_netrc_and_no_cookie(
    far: GraphStub, session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    far.on("GET", "/v1.0/users", Reply(200, {"value": []}, headers={"Set-Cookie": "tenant=one; Path=/"}))
    transport = Transport(session, Tokens())
    transport.get("/users")
    transport.get("/users")
    assert all("cookie" not in asked.headers for asked in far.asked)
    assert len(session.cookies) == 0


def test_counts_a_plain_number_with_a_byte_order_mark(far: GraphStub, transport: Transport) -> None:
    far.on("GET", "/v1.0/n", Reply(200, body=b"\xef\xbb\xbf431", headers={"Content-Type": "text/plain"}))
    assert transport.get_count("/n") == 431
    far.on("GET", "/v1.0/n", Reply(200, body=b"<html>"))
    with pytest.raises(Unavailable):
        transport.get_count("/n")


def test_can_be_shared_by_threads(far: GraphStub, transport: Transport) -> None:
    far.on("GET", "/v1.0/users", OK)
    threads = [threading.Thread(target=transport.get, args=("/users",)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert transport.calls == len(far.asked) == 16


def test_never_raises_from_an_exchange(session: requests.Session) -> None:
    assert exchange(session, "GET", "https://") == Lost(LossReason.NOT_SENT)
    assert isinstance(exchange(session, "GET", "gopher://x"), Lost)
    assert "body" not in repr(Answer(200, {"a": "b"}, b"body"))


def test_batches_reads_in_order_and_leaves_out_who_is_not_there(
    far: GraphStub, make_transport: Callable[..., Transport]
) -> None:
    transport = make_transport(guard=guards.read_only)
    responses = [
        {"id": "1", "status": 404, "body": {"error": {"code": "Request_ResourceNotFound"}}},
        {"id": "0", "status": 200, "body": {"id": "a"}},
    ]
    far.on("POST", "/v1.0/$batch", Reply(200, {"responses": responses}))
    assert transport.batch_get(["/users/a", "/users/b"]) == [{"id": "a"}, None]
    assert [row["method"] for row in far.asked[0].json["requests"]] == ["GET", "GET"]
    with pytest.raises(WriteRefused):
        transport.send("POST", "/$batch", json={})


def test_asks_the_guard_about_each_read_of_a_batch(far: GraphStub, make_transport: Callable[..., Transport]) -> None:
    asked: list[tuple[str, str]] = []

    def guard(method: str, path: str) -> None:
        asked.append((method, path))
        if path == "/users/b":
            raise WriteRefused("no")

    with pytest.raises(WriteRefused):
        make_transport(guard=guard).batch_get(["/users/a?$select=id", "/users/b"])
    assert asked == [("GET", "/users/a"), ("GET", "/users/b")]
    assert far.asked == []


def test_raises_what_one_row_of_a_batch_says(far: GraphStub, transport: Transport) -> None:
    busy = {"id": "0", "status": 429, "headers": {"Retry-After": "7"}, "body": {"error": {"code": "TooManyRequests"}}}
    far.on("POST", "/v1.0/$batch", Reply(200, {"responses": [busy]}))
    with pytest.raises(Throttled) as caught:
        transport.batch_get(["/users/a"])
    assert caught.value.retry_after == 7.0
    far.on("POST", "/v1.0/$batch", Reply(200, {"responses": []}))
    with pytest.raises(Unavailable):
        transport.batch_get(["/users/a"])
