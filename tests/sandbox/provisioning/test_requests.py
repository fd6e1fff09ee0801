"""What a SCIM target sees of the service's requests, besides what they bring about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pytest_httpserver import HTTPServer

from sandbox.provisioning import Sender
from sandbox.provisioning.exchange import Answer, Send

from .rig import Rig

Seen = list[tuple[str, str, Any]]


def watch(rig: Rig) -> Seen:
    """Method, path with query, and JSON of every request from now on."""
    seen: Seen = []
    send: Send = rig.engine.send

    def watched(
        method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, *, timeout: float = 30.0
    ) -> Answer:
        seen.append((method, url.partition("/scim/v2")[2], json.loads(body) if body else None))
        return send(method, url, headers, body, timeout=timeout)

    rig.engine.send = watched
    return seen


def test_sends_no_user_agent(rig: Rig, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/scim/Users").respond_with_json({})
    rig.world.hosts["rec.example"] = httpserver.url_for("")
    Sender(rig.world)("GET", "https://rec.example/scim/Users", {})
    [(request, _answer)] = httpserver.log
    assert "User-Agent" not in request.headers
    assert request.headers["Host"] == "rec.example"


def test_searches_with_plus_signs(rig: Rig) -> None:
    rig.add_user("eva")
    seen = watch(rig)
    rig.start()
    assert any(path.startswith("/Users?filter=userName+eq+%22eva") for _method, path, _body in seen)


def test_makes_a_user_first_and_writes_its_manager_then(home: Rig) -> None:
    boss = home.add_user("boss")
    home.add_user("eva", manager=boss.id)
    seen = watch(home)
    home.start()
    created = [body for method, _path, body in seen if method == "POST"]
    assert "manager" not in json.dumps(created)
    [patched] = [body for method, _path, body in seen if method == "PATCH"]
    [operation] = patched["Operations"]
    assert operation["op"] == "Add"
    assert operation["path"].endswith(":manager")
    assert operation["value"] == home.memory.links[boss.id]


def test_reads_groups_without_their_members_and_makes_them_with_meta(home: Rig) -> None:
    home.add_group("Staff", [home.add_user("eva", assigned=False)])
    seen = watch(home)
    home.start()
    home.next_cycle()
    reads = [path for method, path, _body in seen if method == "GET" and path.startswith("/Groups")]
    own = [path for path in reads if "eq+%22Staff" in path or "/Groups/" in path]
    assert len(own) == 2
    assert all("excludedAttributes=members" in path for path in own)
    [made] = [body for method, path, body in seen if (method, path) == ("POST", "/Groups")]
    assert made["meta"] == {"resourceType": "Group"}
    assert len(made["schemas"]) == 2
    [filled] = [body for method, _path, body in seen if method == "PATCH"]
    assert set(filled["Operations"][0]["value"][0]) == {"$ref", "value"}


def test_mixes_add_and_replace_in_one_request(home: Rig) -> None:
    eva = home.add_user("eva")
    home.start()
    seen = watch(home)
    home.change(eva, department="IT", city="Turku")
    home.next_cycle()
    [patched] = [body for method, _path, body in seen if method == "PATCH"]
    assert {each["op"] for each in patched["Operations"]} == {"Add", "Replace"}
