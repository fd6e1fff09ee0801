"""How many people are in Haiilo: the last look's number, else the archive's, else nobody's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.steps.facts import people


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({}, None),
        ({"told": 0}, 0),
        ({"told": 200}, 200),
        ({"told": 9, "created": 5}, 9),
        ({"told": 0, "created": 5}, 0),
        ({"created": 3, "updated": 2, "matched": 1, "skipped": 7, "failed": 4, "removed": 2}, 6),
        ({"failed": 4}, 0),
        ({"removed": 2}, 0),
        ({"skipped": 1}, 0),
    ],
)
def test_knows_a_number_only_where_somebody_told_one(numbers: dict[str, Any], expected: int | None) -> None:
    assert people(**numbers).in_haiilo == expected
