"""Tokens of many tenants: bounded, one flight each, and a kept token costs the same however many tenants there are."""

from __future__ import annotations

import gc
import json
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import msal
import pytest
import requests

from graphclient import (
    GLOBAL,
    ClientCredentials,
    ConsentMissing,
    Discoveries,
    GraphError,
    Secret,
    SignIn,
    TokenSources,
    Unavailable,
    resolve_tenant,
)
from graphclient.http.exchange import Answer
from tests.narrow import present

from .entra import CLIENT, OTHER_TENANT, TENANT, Entra
from .graph_stub import Asked, GraphStub, Reply

CLAIMS = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}'


def tenant(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


@pytest.fixture
def sources(session: requests.Session) -> TokenSources:
    return TokenSources(CLIENT, Secret("s3cret"), session)


def together(*work: Callable[[], Any]) -> None:
    """Run all at once, each in a thread."""
    start = threading.Barrier(len(work))

    def run(each: Callable[[], Any]) -> None:
        start.wait()
        each()

    threads = [threading.Thread(target=run, args=(each,)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_keeps_one_source_for_each_tenant(sources: TokenSources) -> None:
    assert sources.of(TENANT) is sources.of(TENANT.upper())
    assert sources.of(TENANT) is not sources.of(OTHER_TENANT)
    assert len(sources) == 2


def test_drops_the_tenant_that_was_used_longest_ago(session: requests.Session) -> None:
    sources = TokenSources(CLIENT, Secret("s3cret"), session, max_tenants=3)
    kept = [sources.of(tenant(number)) for number in range(3)]
    sources.of(tenant(0))
    sources.of(tenant(3))
    assert len(sources) == 3
    assert sources.of(tenant(0)) is kept[0]
    assert sources.of(tenant(2)) is kept[2]
    assert sources.of(tenant(1)) is not kept[1]


@pytest.mark.parametrize("wrong", ["common", "Organizations", "", "a/b"])
def test_keeps_no_source_for_what_is_no_tenant(sources: TokenSources, wrong: str) -> None:
    with pytest.raises(ValueError, match="exactly one tenant"):
        sources.of(wrong)
    assert len(sources) == 0


def test_wants_room_for_one_tenant(session: requests.Session) -> None:
    with pytest.raises(ValueError, match="at least one"):
        TokenSources(CLIENT, Secret("s3cret"), session, max_tenants=0)


def test_makes_one_request_per_tenant_for_32_cold_threads(far: GraphStub, sources: TokenSources) -> None:
    tenants = [tenant(number) for number in range(4)]
    entras = [Entra(far, tenant=each).open() for each in tenants]
    got = list[str]()
    together(*[lambda number=number: got.append(sources.of(tenants[number % 4]).token()) for number in range(32)])
    assert got == ["app-only"] * 32
    assert [len(far.seen("POST", entra.token_path)) for entra in entras] == [1] * 4
    assert len(far.asked) == 8  # and one discovery each


def test_holds_up_no_tenant_for_another(far: GraphStub, sources: TokenSources) -> None:
    slow, quick = Entra(far, tenant=TENANT).open(), Entra(far, tenant=OTHER_TENANT).open()
    arrived, release = threading.Event(), threading.Event()

    def wait(asked: Asked) -> Reply:
        arrived.set()
        release.wait(10)
        return quick._token(asked)

    far.on("POST", slow.token_path, wait)
    waiting = threading.Thread(target=sources.of(TENANT).token)
    waiting.start()
    assert arrived.wait(10)
    assert sources.of(OTHER_TENANT).token() == "app-only"
    assert waiting.is_alive()
    release.set()
    waiting.join()


def test_tells_waiting_threads_of_one_failure(far: GraphStub, sources: TokenSources) -> None:
    """Else each of 32 threads would wait for a time-out of its own, one after the other."""
    entra, all_there, told = Entra(far).open(), threading.Event(), list[GraphError]()
    source = sources.of(TENANT)

    def fail(asked: Asked) -> Reply:
        all_there.wait(10)
        return Reply(503, body=b"<html>")

    def ask() -> None:
        try:
            source.token()
        except GraphError as error:
            told.append(error)

    far.on("POST", entra.token_path, fail)
    threads = [threading.Thread(target=ask) for _ in range(32)]
    for thread in threads:
        thread.start()
    while sum(_is_waiting(thread) for thread in threads) < 31:
        pass
    all_there.set()
    for thread in threads:
        thread.join()
    assert {type(error) for error in told} == {Unavailable}
    assert len({id(error) for error in told}) == len(told) == 32
    assert len(far.seen("POST", entra.token_path)) == 1
    far.on("POST", entra.token_path, entra._token)
    assert source.token() == "app-only"


def _is_waiting(thread: threading.Thread) -> bool:
    """Whether it has come to the lock: it is in `ClientCredentials.token` and has noted the failures so far."""
    frame = sys._current_frames().get(thread.ident or 0)
    return frame is not None and frame.f_code is ClientCredentials.token.__code__ and "seen" in frame.f_locals


def python_calls(work: Callable[[], Any]) -> int:
    """How many Python functions were entered."""
    count = 0

    def note(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_gives_a_kept_token_at_the_same_cost_however_many_tenants(far: GraphStub, sources: TokenSources) -> None:
    def hit() -> None:
        assert sources.of(tenant(0)).token() == "app-only"

    Entra(far, tenant=tenant(0)).open()
    hit()
    alone = python_calls(hit)
    for number in range(1, 150):
        Entra(far, tenant=tenant(number)).open()
        sources.of(tenant(number)).token()
    before = len(far.asked)
    assert python_calls(hit) == alone
    assert 0 < alone < 200
    assert len(far.asked) == before


def test_keeps_a_token_and_nothing_of_msal(far: GraphStub, sources: TokenSources) -> None:
    """Ten thousand tenants take some 30 MiB; an msal application and its cache would take 12 KiB each."""
    before = msal_applications()
    for number in range(5):
        Entra(far, tenant=tenant(number)).open()
        sources.of(tenant(number)).token()
    assert msal_applications() == before


def msal_applications() -> int:
    gc.collect()
    return sum(issubclass(type(thing), msal.ClientApplication) for thing in gc.get_objects())


def test_a_tenant_that_was_dropped_costs_a_token_and_no_discovery(far: GraphStub, session: requests.Session) -> None:
    sources, entra = TokenSources(CLIENT, Secret("s3cret"), session, max_tenants=1), Entra(far).open()
    Entra(far, tenant=OTHER_TENANT).open()
    for each in (TENANT, OTHER_TENANT, TENANT):
        sources.of(each).token()
    assert len(far.seen("POST", entra.token_path)) == 2
    assert len(far.seen("GET", entra.discovery_path)) == 1


def looked_up(far: GraphStub, session: requests.Session, entra: Entra, document: Reply) -> Discoveries:
    """What is kept once the domain's metadata have named the tenant."""
    far.on("GET", entra.discovery_path.replace(TENANT, "nordwind.example"), document)
    kept = Discoveries()
    assert resolve_tenant(session, GLOBAL, "nordwind.example", discoveries=kept) == TENANT
    return kept


def test_a_token_after_the_domain_was_looked_up_needs_no_discovery(far: GraphStub, session: requests.Session) -> None:
    entra = Entra(far).open()
    kept = looked_up(far, session, entra, Reply(200, entra.metadata))
    TokenSources(CLIENT, Secret("s3cret"), session, discoveries=kept).of(TENANT).token()
    assert far.seen("GET", entra.discovery_path) == []
    assert len(far.seen("POST", entra.token_path)) == 1


@pytest.mark.parametrize("endpoint", ["token_endpoint", "jwks_uri", "authorization_endpoint"])
@pytest.mark.parametrize("elsewhere", ["common", "nordwind.example", OTHER_TENANT])
def test_a_domains_metadata_are_the_tenants_only_with_its_addresses(
    far: GraphStub, session: requests.Session, endpoint: str, elsewhere: str
) -> None:
    entra = Entra(far).open()
    document = entra.metadata
    document[endpoint] = document[endpoint].replace(TENANT, elsewhere)
    kept = looked_up(far, session, entra, Reply(200, document))
    TokenSources(CLIENT, Secret("s3cret"), session, discoveries=kept).of(TENANT).token()
    assert len(far.seen("GET", entra.discovery_path)) == 1


def test_a_sign_in_and_a_token_share_a_discovery(far: GraphStub, session: requests.Session) -> None:
    entra, shared = Entra(far).open(), Discoveries()
    sign_in = SignIn(CLIENT, Secret("s3cret"), session, discoveries=shared)
    begun = sign_in.begin(TENANT, "https://dashboard.example/", "state")
    sign_in.finish(begun.flow, entra.visit(begun.url))
    TokenSources(CLIENT, Secret("s3cret"), session, discoveries=shared).of(TENANT).token()
    assert len(far.seen("GET", entra.discovery_path)) == len(shared) == 1


def test_keeps_discoveries_for_a_day_and_the_newest_of_them() -> None:
    now = [0.0]
    kept = Discoveries(max_documents=2, clock=lambda: now[0])
    at = {name: f"{GLOBAL.login}/{name}/v2.0/.well-known/openid-configuration" for name in "abc"}
    body = json.dumps({"token_endpoint": f"{GLOBAL.login}/a/token", "claims_supported": ["x"] * 1000}).encode()
    for name in "ab":
        kept.keep(at[name], Answer(200, {}, body), GLOBAL.login)
    assert len(present(kept.find(at["a"])).body) < 100
    kept.keep(at["c"], Answer(200, {}, body), GLOBAL.login)
    assert [name for name in "abc" if kept.find(at[name])] == ["a", "c"]
    now[0] = 24 * 3600.0 + 1
    assert kept.find(at["c"]) is None


@pytest.mark.parametrize(
    ("path", "status", "document"),
    [
        ("/a/v2.0/.well-known/openid-configuration", 400, {"token_endpoint": f"{GLOBAL.login}/a/token"}),
        ("/a/v2.0/.well-known/openid-configuration", 200, {"token_endpoint": "https://evil.example/a/token"}),
        ("/a/v2.0/.well-known/openid-configuration", 200, {"issuer": "x"}),
        ("/a/discovery/v2.0/keys", 200, {"token_endpoint": f"{GLOBAL.login}/a/token"}),
    ],
)
def test_keeps_no_document_that_leads_elsewhere_or_is_none(path: str, status: int, document: dict[str, str]) -> None:
    kept = Discoveries()
    kept.keep(GLOBAL.login + path, Answer(status, {}, json.dumps(document).encode()), GLOBAL.login)
    assert len(kept) == 0


def test_signs_with_a_new_key_and_forgets_what_the_old_one_brought(far: GraphStub, sources: TokenSources) -> None:
    entra = Entra(far).open()
    sources.of(TENANT).token()
    sources.rotate(Secret("newer"))
    assert len(sources) == 0
    sources.of(TENANT).token()
    assert [asked.form["client_secret"] for asked in far.seen("POST", entra.token_path)] == ["s3cret", "newer"]


def test_forgets_the_token_of_one_tenant(far: GraphStub, sources: TokenSources) -> None:
    entra, other = Entra(far).open(), Entra(far, tenant=OTHER_TENANT).open()
    for each in (TENANT, OTHER_TENANT):
        sources.of(each).token()
    sources.drop(TENANT.upper())
    sources.drop(tenant(9))
    assert len(sources) == 2
    for each in (TENANT, OTHER_TENANT):
        sources.of(each).token()
    assert len(far.seen("POST", entra.token_path)) == 2
    assert len(far.seen("POST", other.token_path)) == 1


def numbered(far: GraphStub, entra: Entra) -> None:
    """Tokens t1, t2 … in the order in which they are asked for."""

    def give(asked: Asked) -> Reply:
        number = len(far.seen("POST", entra.token_path))
        return Reply(200, {"token_type": "Bearer", "expires_in": 3599, "access_token": f"t{number}"})

    far.on("POST", entra.token_path, give)


def test_renews_a_refused_token_once_for_a_herd(far: GraphStub, sources: TokenSources) -> None:
    entra, source = Entra(far).open(), sources.of(TENANT)
    numbered(far, entra)
    assert source.token() == "t1"
    got = list[str]()

    def renew() -> None:
        source.drop(refused="t1")
        got.append(source.token())

    together(*[renew] * 16)
    assert got == ["t2"] * 16
    source.drop(refused="t1", claims=CLAIMS)
    assert source.token() == "t2"


def test_asks_with_the_claims_of_a_challenge_once(far: GraphStub, sources: TokenSources) -> None:
    entra, source = Entra(far).open(), sources.of(TENANT)
    numbered(far, entra)
    source.token()
    source.drop(refused="t1", claims=CLAIMS)
    assert [source.token(), source.token()] == ["t2", "t2"]
    forms = [asked.form for asked in far.seen("POST", entra.token_path)]
    assert ["claims" in form for form in forms] == [False, True]
    assert forms[1]["claims"] == CLAIMS


def test_keeps_the_claims_over_an_outage_but_not_over_a_refusal(far: GraphStub, sources: TokenSources) -> None:
    entra, source = Entra(far).open(), sources.of(TENANT)
    refused = Reply(400, {"error": "invalid_grant", "error_codes": [700016]})
    far.on("POST", entra.token_path, entra._token, Reply(503), refused, entra._token)
    source.token()
    source.drop(claims=CLAIMS)
    for kind in (Unavailable, ConsentMissing):
        with pytest.raises(kind):
            source.token()
    assert source.token() == "app-only"
    sent = ["claims" in asked.form for asked in far.seen("POST", entra.token_path)]
    assert sent[:3] == [False, True, True]


def test_asks_for_no_second_discovery_when_a_token_is_replaced(far: GraphStub, sources: TokenSources) -> None:
    entra, source = Entra(far).open(), sources.of(TENANT)
    for _ in range(3):
        source.token()
        source.drop()
    assert len(far.seen("GET", entra.discovery_path)) == 1
    assert len(far.seen("POST", entra.token_path)) == 3
