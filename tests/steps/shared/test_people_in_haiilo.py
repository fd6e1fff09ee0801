"""How many people are in Haiilo: the last look's number, else the archive's, else nobody's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onboarding.domain.headcount import Headcount, Source
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


AT = datetime(2026, 11, 30, 10, 32, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("numbers", "source", "as_of"),
    [
        (Headcount(), Source.NOBODY, None),
        (Headcount(told=5, told_at=AT), Source.JOB, AT),
        (Headcount(results={"created": 5}, told=5, told_at=AT), Source.MICROSOFT, AT),
        (Headcount(standings={"arrived": 5}, told=5, told_at=AT, haiilo_read_at=LATER), Source.HAIILO, LATER),
        (Headcount(standings={"arrived": 5}, told=6, told_at=LATER, haiilo_read_at=AT), Source.JOB, LATER),
        (
            Headcount({"created": 5}, {"arrived": 5}, told=5, told_at=LATER, heard_until=LATER, haiilo_read_at=AT),
            Source.MICROSOFT,
            LATER,
        ),
    ],
)
def test_says_who_tells_the_number_and_when(numbers: Headcount, source: Source, as_of: datetime | None) -> None:
    assert (numbers.source, numbers.as_of) == (source, as_of)
