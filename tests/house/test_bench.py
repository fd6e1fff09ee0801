"""The bench can say no, and what it says is written down as it was said."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import requests

from bench import document, microsoft, product, road
from bench.measure import Measure, compare
from graphclient import Job
from tests.graphclient.graph_stub import GraphStub, Reply

GOOD, SLOW = Measure("requests to Graph", 44, 43, 1.1), Measure("CPU <of> a visit, ms", 20, 8, 1)
FEW = Measure("visits a minute", 400, 1000, 0.9, at_least=True)


@pytest.mark.parametrize(
    ("ours", "at_least", "good"),
    [(1.0, False, True), (1.5, False, True), (1.6, False, False), (1.0, True, False), (1.5, True, True)],
)
def test_is_good_up_to_its_bar(ours: float, at_least: bool, good: bool) -> None:
    measure = Measure("x", ours, 1.0, 1.5, at_least)
    assert measure.good is good
    assert (document.used(measure) <= 1) is good


def test_finds_what_takes_a_hundred_times_longer() -> None:
    slow = compare("x", lambda: sum(range(20_000)), lambda: sum(range(20)), bar=5, calls=5)
    assert not slow.good


def test_says_a_measure_in_one_line_of_json() -> None:
    told = {"name": "requests to Graph", "ours": 44.0, "limit": 43.0, "ratio": 1.023, "bar": 1.1, "pass": True}
    assert json.loads(GOOD.line()) == told
    assert "\n" not in GOOD.line()


def test_writes_the_table_below_what_people_wrote_and_draws_it(tmp_path: Path) -> None:
    shutil.copy(document.DOCS / "benchmarks.md", tmp_path)
    for measures in ([GOOD], [GOOD, SLOW, FEW]):
        document.write(measures, tmp_path)
    page = (tmp_path / "benchmarks.md").read_text()
    assert page.startswith("# Benchmarks\n")
    assert page.count(document.MEASURED) == page.count("| requests to Graph |") == 1
    assert "| visits a minute | 400 | 1,000 | 0.40 | ≥ 0.9 | **no** |" in page
    picture = ElementTree.fromstring((tmp_path / "benchmarks.svg").read_text())  # noqa: S314 - our own
    texts = ["".join(text.itertext()) for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {GOOD.name, SLOW.name, FEW.name} <= set(texts)
    kinds = [bar.get("class") for bar in picture.iter("{http://www.w3.org/2000/svg}rect")]
    assert [kind for kind in kinds if kind != "rail"] == ["good", "bad", "bad"]


def test_writes_a_large_number_out(tmp_path: Path) -> None:
    shutil.copy(document.DOCS / "benchmarks.md", tmp_path)
    document.write([Measure("visits a minute", 9876.5, 22610, 0.33, at_least=True)], tmp_path)
    assert "| visits a minute | 9,876 | 22,610 | 0.44 | ≥ 0.33 | yes |" in (tmp_path / "benchmarks.md").read_text()


def test_the_page_names_each_bar_of_the_issue() -> None:
    page = (document.DOCS / "benchmarks.md").read_text()
    assert (product.BY_HAND, product.STATEMENTS, product.CPU_MS) == (45, 12, 8.0)
    assert {threads: bar for threads, bar in product.THREADS.items() if threads <= 32} == {1: 0.90, 8: 0.90, 32: 0.60}
    assert sum((1, 12, 1, 7, 4, 3, 1, 4, 7, 3, 2)) == product.BY_HAND
    assert "consent\n1 · readiness 12" in page


def test_its_microsoft_shows_a_job_that_is_well() -> None:
    job = Job.from_json(microsoft.answer("GET", "/v1.0/servicePrincipals/a/synchronization/jobs/scim.1?x=1"))
    assert (job.id, job.running, job.finished_initial_cycle, job.quarantined) == ("scim.1", True, True, False)
    assert microsoft.answer("GET", "/v1.0/auditLogs/provisioning?$top=1") == {"value": []}


def test_its_road_passes_everything_on_and_notes_it(far: GraphStub) -> None:
    far.on("POST", "/v1.0/things", Reply(201, {"id": "1"}, headers={"request-id": "r"}))
    far.on("GET", "/v1.0/things", Reply(404, {"error": {"code": "x"}}))
    far.on("GET", "/api/scim/v2/Users", Reply(200, {"Resources": []}))
    with road.leading_to(far.url, 0.0) as way:
        made = requests.post(f"{way.url}/v1.0/things?a=b", json={"name": "x"}, timeout=10)
        lost = requests.get(f"{way.url}/v1.0/things", timeout=10, headers={"Host": "graph.microsoft.com"})
        requests.get(f"{way.url}/api/scim/v2/Users?startIndex=1", timeout=10)
    assert (made.status_code, made.json(), made.headers["request-id"]) == (201, {"id": "1"}, "r")
    assert lost.status_code == 404
    assert (far.asked[0].query, far.asked[0].json) == ({"a": "b"}, {"name": "x"})
    assert far.asked[1].headers["host"] == "graph.microsoft.com"
    asked = [(each.method, each.is_graph, each.is_haiilo) for each in way.passed]
    assert asked == [("POST", True, False), ("GET", True, False), ("GET", False, True)]


@pytest.mark.parametrize(
    ("path", "app", "is_of_a_run"),
    [
        ("/v1.0/$batch", False, True),
        ("/api/scim/v2/Users?startIndex=1", False, True),
        ("/contoso.example/v2.0/.well-known/openid-configuration", False, True),
        ("/0a056066-e56e/v2.0/.well-known/openid-configuration", False, False),
        ("/0a056066-e56e/oauth2/v2.0/token", True, True),
        ("/0a056066-e56e/oauth2/v2.0/token", False, False),
    ],
)
def test_tells_what_a_run_asks_from_what_a_sign_in_asks(path: str, app: bool, is_of_a_run: bool) -> None:
    assert road.Passed("GET", path, 0.15, app).is_of_a_run is is_of_a_run
