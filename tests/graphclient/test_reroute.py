"""Reroutes carry Microsoft's addresses elsewhere, and nothing else."""

from __future__ import annotations

import requests

from graphclient import GLOBAL, Reroutes

from .graph_stub import GraphStub, Reply


def test_keeps_host_path_and_query(far: GraphStub) -> None:
    far.on("GET", "/v1.0/users", Reply(200, {}))
    with requests.Session() as http:
        Reroutes({GLOBAL.graph: far.url + "/"}).mount(http)
        http.get(f"{GLOBAL.graph}/v1.0/users?a=b%20c", timeout=60)
    asked = far.asked[0]
    assert (asked.headers["host"], asked.query) == ("graph.microsoft.com", {"a": "b c"})


def test_leaves_other_hosts_alone() -> None:
    with requests.Session() as http:
        usual = http.get_adapter("https://graph.microsoft.com/")
        Reroutes({GLOBAL.graph: "http://127.0.0.1:1"}).mount(http)
        assert http.get_adapter("https://graph.microsoft.com/v1.0") is not usual
        for other in (
            "https://login.microsoftonline.com/",
            "https://graph.microsoft.com.evil.example/",
            "http://graph.microsoft.com/",
        ):
            assert http.get_adapter(other).__class__ is requests.adapters.HTTPAdapter


def test_changes_nothing_when_empty() -> None:
    with requests.Session() as http:
        before = dict(http.adapters)
        Reroutes({}).mount(http)
        assert dict(http.adapters) == before
    assert Reroutes({}).url("https://graph.microsoft.com/v1.0") == "https://graph.microsoft.com/v1.0"


def test_rewrites_addresses_for_a_browser() -> None:
    reroutes = Reroutes({GLOBAL.login: "http://127.0.0.1:9000"})
    assert reroutes.url(f"{GLOBAL.login}/t/authorize?a=b%20c#d") == "http://127.0.0.1:9000/t/authorize?a=b%20c#d"
    assert reroutes.url(GLOBAL.login) == "http://127.0.0.1:9000/"
    assert reroutes.url("https://dashboard.example/x") == "https://dashboard.example/x"
