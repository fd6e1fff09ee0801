"""The walk's large customers: what a rehearsal told becomes a row, and no row is good that lacks anything."""

from __future__ import annotations

import pytest

from devtools.walk import document, large

ARRIVED = {"name": "C1", "live": True, "users_in_scope": 10_006, "mismatches": [], "untrue": []}
RESULT = {"customers": [ARRIVED], "totals": {"graph_calls": 200, "seconds": 687.0}, "violations": []}


def told(**other):
    return large.of("directly", {**RESULT, "customers": [{**ARRIVED, **other}]})


def test_is_good_where_everybody_arrived_and_every_page_is_true():
    assert told().good
    assert "| directly | 10,006 | yes | 0 | - | 200 | 11.4 |\n" in large.section([told()])


@pytest.mark.parametrize(
    "wrong",
    [
        {"live": False},
        {"mismatches": ["ann@a.example: missing"]},
        {"untrue": ["board: “1 person in Haiilo”; in truth: 2 in haiilo"]},
    ],
)
def test_is_not_good_otherwise(wrong):
    assert not told(**wrong).good


@pytest.mark.parametrize("more", [{"problem": "Nothing moved for too long"}, {"violations": ["a token of another"]}])
def test_is_not_good_where_something_happened_on_the_way(more):
    row = large.of("by a group", {**RESULT, **more, "customers": []})
    assert not row.good
    assert row.people == 0
    assert f"no. {next(iter(more.values()))}".replace("['", "").replace("']", "") in large.section([row])


def test_leaves_the_failures_alone_and_the_other_way_round(tmp_path, monkeypatch):
    page = tmp_path / "failure-modes.md"
    monkeypatch.setattr(document, "PAGE", page)
    page.write_text("# Failure modes, walked\n")
    document.write_large([told()])
    document.write([])
    written = page.read_text()
    assert written.startswith(document.head())
    assert written.endswith(large.section([told()]))
