"""What GET /journal keeps, what it says of the rest, and that nobody's cycle pushes anything out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.journal import Journal

from .conftest import Entra, RunningSandbox

AT = datetime(2026, 3, 2, 9, 44, tzinfo=UTC)
HOST = "a.smarpshare.com"


def scim(journal: Journal, calls: int, status: int = 200, method: str = "GET") -> None:
    for number in range(calls):
        journal.note_scim(AT, HOST, method, f"/api/scim/v2/Users/{number}", b"", status)


def paths(journal: Journal) -> list[str]:
    return [line["path"] for line in journal.lines(lambda _host: "")]


def test_keeps_what_graph_was_asked_whatever_haiilo_is_asked() -> None:
    journal = Journal(kept=5, kept_scim=3)
    journal.append({"kind": "graph", "path": "/organization"})
    scim(journal, 100)
    journal.append({"kind": "login", "path": "/token"})
    assert paths(journal) == ["/organization", *(f"/api/scim/v2/Users/{number}" for number in (97, 98, 99)), "/token"]
    assert (journal.kept, journal.dropped) == (5, 97)


def test_is_bounded_for_graph_too_and_says_so() -> None:
    journal = Journal(kept=2)
    for number in range(5):
        journal.append({"kind": "graph", "path": str(number)})
    assert paths(journal) == ["3", "4"]
    assert (journal.kept, journal.dropped) == (2, 3)


def test_counts_every_call_also_those_that_are_gone() -> None:
    journal = Journal(kept_scim=1)
    scim(journal, 3)
    scim(journal, 2, status=201, method="POST")
    journal.append({"kind": "graph", "path": "/organization"})
    assert journal.counts() == {
        "kept": 2,
        "dropped": 4,
        "calls": {"graph": 1, "scim": 5},
        "scim": [
            {"host": HOST, "method": "GET", "status": 200, "calls": 3},
            {"host": HOST, "method": "POST", "status": 201, "calls": 2},
        ],
    }


@pytest.mark.parametrize(("query", "shown"), [(b"", {}), (b"filter=a%20eq%20%22x%22&count=&count=2", ...)])
def test_shows_a_packed_call_as_the_others(query: bytes, shown: Any) -> None:
    journal = Journal()
    journal.note_scim(AT, HOST, "GET", "/api/scim/v2/Users", query, 200)
    (line,) = journal.lines({HOST: "tenant-1"}.__getitem__)
    assert line["query"] == ({"filter": 'a eq "x"', "count": ""} if shown is ... else shown)
    assert (line["time"], line["kind"], line["tenant"], line["status"]) == (AT.isoformat(), "scim", "tenant-1", 200)


def test_shows_what_is_of_one_kind_or_of_one_tenant_in_order() -> None:
    journal = Journal()
    for kind, tenant in [("graph", "a"), ("login", "b"), ("graph", "b")]:
        journal.append({"kind": kind, "tenant": tenant, "path": f"/{kind}"})
    scim(journal, 1)
    whose = {HOST: "b"}.__getitem__
    assert [line["path"] for line in journal.lines(whose, kind="graph")] == ["/graph", "/graph"]
    assert [line["path"] for line in journal.lines(whose, tenant="b")] == ["/login", "/graph", "/api/scim/v2/Users/0"]
    assert [line["kind"] for line in journal.lines(whose, kind="scim", tenant="b")] == ["scim"]
    assert list(journal.lines(whose, kind="scim", tenant="a")) == []


def test_says_over_http_how_much_it_keeps(running: RunningSandbox, entra: Entra) -> None:
    entra.started()
    answer = running.session.get(f"{running.control_url}/journal?tenant={entra.tid}&kind=scim&method=POST", timeout=30)
    created = [line for line in answer.json() if line["status"] == 201]
    assert len(created) == len(running.control("GET", f"/haiilo/{entra.made['haiilo_host']}/users")["users"])
    assert int(answer.headers["Journal-Kept"]) >= len(created)
    assert int(answer.headers["Journal-Dropped"]) == 0
    counts = running.control("GET", "/journal/counts")
    mine = [row for row in counts["scim"] if row["host"] == entra.made["haiilo_host"] and row["status"] == 201]
    assert [row["calls"] for row in mine] == [len(created)]
    assert counts["kept"] + counts["dropped"] == sum(counts["calls"].values())


def test_has_the_fields_of_a_graph_call(running: RunningSandbox, entra: Entra) -> None:
    entra.started()
    lines = {line["kind"]: line for line in running.control("GET", f"/journal?tenant={entra.tid}")}
    assert lines["scim"].keys() == lines["graph"].keys() == lines["login"].keys()
