"""Provision on demand answers in two shapes; whatever comes, reading it never fails."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphclient import LeftOut, Modified, OnDemandResult, OnDemandStep

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
        ([{"type": "Import", "status": "Success"}], ""),
        ([{"name": "EntryImport", "status": "Success"}, {"name": "EntryExportAdd", "status": "Success"}], "Success"),
        ([{"name": "EntrySynchronizationSkip", "type": "Export", "status": "Success"}], "Skipped"),
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


IMPORTED = {"name": "EntryImport", "type": "Import", "status": "Success"}
EXPORTED = {"name": "EntryExportAdd", "type": "Export", "status": "Success"}


def scoped(**details: Any) -> list[dict[str, Any]]:
    """A run whose scoping step succeeded as a step, and says these details."""
    return [
        IMPORTED,
        {"name": "EntrySynchronizationScoping", "type": "Scoping", "status": "Success", "details": details},
    ]


def skipped(reason: str, **details: Any) -> list[dict[str, Any]]:
    return [
        IMPORTED,
        {
            "name": "EntrySynchronizationSkip",
            "provisioningStepType": "export",
            "status": "skipped",
            "details": {"SkipReason": reason, **details},
        },
    ]


# steps, and what they are told by; what is believed of it
STATED = [
    ([EXPORTED], "Success", None),
    ([IMPORTED], "", None),
    (scoped(), "", None),
    (scoped(**{"Assigned to the application": "False"}), "Skipped", LeftOut.NOT_ASSIGNED),
    (scoped(**{"User has the required role": "False"}), "Skipped", LeftOut.NOT_ASSIGNED),
    (scoped(IsEffectivelyEntitledForProvisioning=False), "Skipped", LeftOut.NOT_ASSIGNED),
    (scoped(IsActive="False", Assigned="True"), "Skipped", LeftOut.DISABLED),
    (scoped(**{"Active in the source system": "false"}), "Skipped", LeftOut.DISABLED),
    (scoped(IsInProvisioningScope="False"), "Skipped", LeftOut.FILTERED),
    (scoped(IsInProvisioningScopeDisplayName="False"), "Skipped", LeftOut.FILTERED),
    (scoped(**{"Scoping filter evaluation passed": "False"}), "Skipped", LeftOut.FILTERED),
    (skipped("RedundantExport"), "Skipped", None),
    (
        skipped("NotEffectivelyEntitled", IsActive="True", **{"Assigned to the application": "False"}),
        "Skipped",
        LeftOut.NOT_ASSIGNED,
    ),
    ([*scoped(IsActive="True", Assigned="True"), EXPORTED], "Success", None),
    ([IMPORTED, {"name": "EntryExportAdd", "type": "Export", "status": "Failure"}], "Failure", None),
]
FORMS: dict[str, Any] = {
    "A": lambda steps: on_demand_a("Success", provisioningSteps=steps),
    "A without a result": lambda steps: on_demand_a("", provisioningSteps=steps),
    "B": lambda steps: on_demand_b(provisioningSteps=steps),
    "B, flat status": lambda steps: on_demand_b(
        provisioningSteps=steps, statusInfo={"status": "Success", "errorCode": ""}
    ),
    "B, a bare word": lambda steps: on_demand_b(provisioningSteps=steps, statusInfo="Success"),
    "B, nested": lambda steps: on_demand_b(
        provisioningSteps=steps, statusInfo={"status": "Success", "errorInformation": None}
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("steps", "expected", "left_out"), STATED)
def test_believes_a_success_only_where_something_was_written(
    steps: list[Any], expected: str, left_out: LeftOut | None, form: str
) -> None:
    result = OnDemandResult.from_json(FORMS[form](steps))
    assert (result.result, result.left_out) == (expected, left_out)
    assert result.only_read is (expected == "")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (on_demand_a("Success", provisioningSteps=[]), "Success"),
        (on_demand_b(provisioningSteps=[], statusInfo={"status": "Success"}), "Success"),
        (on_demand_a("Skipped", provisioningSteps=[EXPORTED]), "Skipped"),
        (on_demand_a("Success", provisioningSteps=[], statusInfo={"status": "Failure"}), "Failure"),
        (on_demand_a("Postponed", provisioningSteps=[]), ""),
        (
            on_demand_b(provisioningSteps=[], statusInfo={"status": "skipped", "errorCode": "RedundantExport"}),
            "Skipped",
        ),
    ],
)
def test_believes_the_key_where_no_step_contradicts_it(answer: dict[str, str], expected: str) -> None:
    assert OnDemandResult.from_json(answer).result == expected


@pytest.mark.parametrize("info", [{"status": "Skipped", "errorCode": "None"}, {"status": "Skipped"}])
def test_reads_the_reason_of_a_skip_from_the_steps(info: dict[str, str]) -> None:
    answer = on_demand_b(provisioningSteps=skipped("AttributeValidationFailed"), statusInfo=info)
    assert OnDemandResult.from_json(answer).error_code == "AttributeValidationFailed"


@pytest.mark.parametrize(
    ("details", "lacking"), [({"PropertyName": " surname "}, "surname"), ({"property name": ""}, "")]
)
def test_reads_which_attribute_was_empty(details: dict[str, str], lacking: str) -> None:
    step = {"name": "EntryExportAdd", "type": "Export", "status": "Failure", "details": details}
    assert OnDemandResult.from_json(on_demand_a("Failure", provisioningSteps=[step])).lacking == lacking


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
