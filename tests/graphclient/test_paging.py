"""Lists: every page, and never a step off Graph's host."""

from __future__ import annotations

import pytest

from graphclient import HostRefused, Transport, Unreadable
from graphclient.http.paging import ADVANCED_QUERY, MAX_EMPTY_PAGES, pages
from graphclient.http.paths import literal, part, stays_at

from .graph_stub import Asked, GraphStub, Reply

BASE = "https://graph.microsoft.com/v1.0"
HOSTILE = [
    "https://evil.example/v1.0/users?$skiptoken=x",
    "http://graph.microsoft.com/v1.0/users",
    "https://graph.microsoft.com.evil.example/v1.0/users",
    "https://graph.microsoft.com@evil.example/v1.0/users",
    "https://user:pass@graph.microsoft.com/v1.0/users",
    "https://graph.microsoft.com:444/v1.0/users",
    "https://graph.microsoft.com/beta/users",
    "https://graph.microsoft.com/v1.0",
    "https://graph.microsoft.com/v1.0x/users",
    "https://graph.microsoft.com/v1.0/../beta/users",
    "https://graph.microsoft.com/v1.0/%2e%2e/beta/users",
    "https://graph.microsoft.com/v1.0/..%2fbeta/users",
    "https://graph.microsoft.com\\@evil.example/v1.0/users",
    "https://graph.microsoft.com/v1.0/\\..\\beta",
    " https://graph.microsoft.com/v1.0/users",
    "https://graph.microsoft.com/v1.0/users\r\nX: y",
    "//graph.microsoft.com/v1.0/users",
    "/v1.0/users",
    "https://[graph.microsoft.com/v1.0/users",
    "",
]


def page(*ids: str, link: str | None = None) -> Reply:
    more = {"@odata.nextLink": link} if link else {}
    return Reply(200, {"value": [{"id": id} for id in ids]} | more)


def test_follows_each_link_verbatim_and_keeps_the_headers(far: GraphStub, transport: Transport) -> None:
    link = f"{BASE}/users?$top=1&$skiptoken=a%2Bb%3D%27"
    far.on("GET", "/v1.0/users", page("1", link=link), page("2"))
    rows = list(pages(transport, "/users", {"$top": "1"}, ADVANCED_QUERY))
    assert [row["id"] for row in rows] == ["1", "2"]
    assert far.asked[1].query == {"$top": "1", "$skiptoken": "a+b='"}
    assert all(asked.headers["consistencylevel"] == "eventual" for asked in far.asked)


def test_asks_for_a_page_only_when_it_is_wanted(far: GraphStub, transport: Transport) -> None:
    far.on("GET", "/v1.0/users", page("1", link=f"{BASE}/users?p=2"), page("2"))
    rows = pages(transport, "/users")
    assert far.asked == []
    assert next(rows)["id"] == "1"
    assert len(far.asked) == 1


@pytest.mark.parametrize("link", HOSTILE)
def test_refuses_a_link_that_leads_elsewhere(link: str) -> None:
    assert not stays_at(BASE, link)


@pytest.mark.parametrize("link", [f"{BASE}/users?x=https://evil.example/../..", "https://GRAPH.microsoft.com/v1.0/a"])
def test_accepts_a_link_on_graphs_host(link: str) -> None:
    assert stays_at(BASE, link)


def test_never_shows_the_token_to_a_foreign_host(far: GraphStub, transport: Transport) -> None:
    far.on("GET", "/v1.0/users", page("1", link=f"{far.url}/v1.0/stolen?a=b"))
    far.on("GET", "/v1.0/stolen", page("2"))
    with pytest.raises(HostRefused):
        list(pages(transport, "/users"))
    assert [asked.path for asked in far.asked] == ["/v1.0/users"]


def test_ends_a_circle_of_links(far: GraphStub, transport: Transport) -> None:
    far.on("GET", "/v1.0/users", page("1", link=f"{BASE}/users?p=2"))
    with pytest.raises(Unreadable, match="twice"):
        list(pages(transport, "/users"))
    assert len(far.asked) == 2


def test_goes_on_over_an_empty_page(far: GraphStub, transport: Transport) -> None:
    far.on("GET", "/v1.0/users", page(link=f"{BASE}/users?p=2"), page("2"))
    assert [row["id"] for row in pages(transport, "/users")] == ["2"]


def test_ends_a_chain_of_empty_pages(far: GraphStub, transport: Transport) -> None:
    def empty(asked: Asked) -> Reply:
        return page(link=f"{BASE}/users?p={len(far.asked)}")

    far.on("GET", "/v1.0/users", empty)
    with pytest.raises(Unreadable, match="empty"):
        list(pages(transport, "/users"))
    assert len(far.asked) == MAX_EMPTY_PAGES + 1


@pytest.mark.parametrize("answer", [{}, {"value": None}, {"value": {}}])
def test_refuses_a_list_without_rows(far: GraphStub, transport: Transport, answer: dict[str, object]) -> None:
    far.on("GET", "/v1.0/users", Reply(200, answer))
    with pytest.raises(Unreadable):
        list(pages(transport, "/users"))


@pytest.mark.parametrize("value", ["", ".", "..", "a\nb"])
def test_refuses_a_segment_that_could_climb(value: str) -> None:
    with pytest.raises(ValueError, match="segment"):
        part(value)


def test_encodes_segments_and_quotes() -> None:
    assert part("a/b?c#d%e f") == "a%2Fb%3Fc%23d%25e%20f"
    assert part("scim.2f1b.6d8f") == "scim.2f1b.6d8f"
    assert literal("O'Neil") == "'O''Neil'"
