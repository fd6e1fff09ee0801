"""What a run on demand says."""

from __future__ import annotations

import pytest

from graphclient import OnDemandResult
from onboarding.steps.shared.attempts import read_outcome
from tests.graphclient.samples import on_demand_a, on_demand_b


def outcome(answer):
    return read_outcome(OnDemandResult.from_json(answer))


SCOPED_OUT = [{"name": "EntrySynchronizationScoping", "type": "Scoping", "status": "Skipped", "details": {}}]
REDUNDANT = [
    {"name": "EntryExport", "type": "Export", "status": "Skipped", "details": {"SkipReason": "RedundantExport"}}
]


@pytest.mark.parametrize(
    ("answer", "arrived", "same", "code"),
    [
        (on_demand_a(), True, False, ""),
        (on_demand_b(), True, False, ""),
        (on_demand_a("Skipped", "RedundantExport"), True, True, "RedundantExport"),
        (on_demand_b(provisioningSteps=REDUNDANT), True, True, "RedundantExport"),
        (on_demand_b(provisioningSteps=SCOPED_OUT), False, False, "NotEffectivelyEntitled"),
        (on_demand_a("Failure", "DuplicateTargetEntries"), False, False, "DuplicateTargetEntries"),
        ({"key": "not json", "value": "neither"}, False, False, ""),
    ],
)
def test_understands_both_shapes_of_an_answer(answer, arrived, same, code):
    read = outcome(answer)
    assert (read["arrived"], read["same"], read["code"]) == (arrived, same, code)


def test_keeps_none_of_the_values_that_a_run_wrote():
    assert "eva@" not in str(outcome(on_demand_a()))
