"""Provision on demand answers in two shapes; whatever comes, reading it never fails."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphclient import Modified, OnDemandResult, OnDemandStep

from .samples import on_demand_a, on_demand_b

SKIPPED_BY_SCOPE = [
    {"name": "EntryImport", "type": "Import", "status": "Success"},
    {"name": "EntrySynchronizationScoping", "type": "scoping", "status": "skipped", "description": "not assigned"},
]
FAILED = [{"name": "EntryExportAdd", "type": "Export", "status": "Failure"}]


@pytest.mark.parametrize("answer", [on_demand_a(), on_demand_b()], ids=["a", "b"])
def test_reads_a_success_in_both_shapes(answer: dict[str, str]) -> None:
    result = OnDemandResult.from_json(answer)
    assert (result.result, result.action, result.target_id) == ("Success", "Create", "f0c1")
    assert [step.type for step in result.steps] == ["Import", "Export"]
    assert result.modified == (Modified("userName", None, "eva@nordwind.example"),)
    assert "eva@" not in repr(result)


def test_reads_why_it_was_skipped() -> None:
    result = OnDemandResult.from_json(on_demand_a("skipped", "RedundantExport", "already right"))
    assert (result.result, result.error_code, result.error_message) == ("Skipped", "RedundantExport", "already right")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (SKIPPED_BY_SCOPE, "Skipped"),
        (FAILED, "Failure"),
        (SKIPPED_BY_SCOPE + FAILED, "Failure"),
        ([{"type": "Import", "status": "Success"}], "Success"),
        ([{"type": "Matching", "status": "Skipped"}, {"type": "Export", "status": "Success"}], "Success"),
        ([], ""),
    ],
)
def test_takes_the_result_from_the_steps_where_the_key_says_none(steps: list[Any], expected: str) -> None:
    assert OnDemandResult.from_json(on_demand_b(provisioningSteps=steps)).result == expected


def test_reads_the_error_from_the_status_where_the_key_says_none() -> None:
    info = {"status": "failure", "errorInformation": {"errorCode": "EntryConflict", "reason": "twice"}}
    result = OnDemandResult.from_json(on_demand_b(statusInfo=info, provisioningSteps=[]))
    assert (result.result, result.error_code, result.error_message) == ("Failure", "EntryConflict", "twice")


def test_understands_the_words_of_the_log() -> None:
    step = OnDemandStep.from_json({"name": "x", "provisioningStepType": "export", "status": "success"})
    assert (step.type, step.status) == ("Export", "Success")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(_json, _json)
def test_never_fails_on_what_comes(key: Any, value: Any) -> None:
    assert OnDemandResult.from_json({"key": key, "value": value}).error_code == ""


@pytest.mark.parametrize("answer", [None, [], "x", {}, {"key": "{", "value": "["}, {"value": "[" * 50_000}])
def test_says_nothing_where_nothing_is_readable(answer: Any) -> None:
    assert OnDemandResult.from_json(answer) == OnDemandResult("")
