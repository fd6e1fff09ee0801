"""How many people are in Haiilo: the last look's number, else the archive's, else nobody's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onboarding.domain.haiilo_list import HaiiloList
from onboarding.domain.headcount import Headcount, Source
from onboarding.steps.shared import arrivals
from tests.steps.facts import desired, people


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


@pytest.mark.parametrize(
    ("haiilo", "standings", "known", "expected"),
    [
        (HaiiloList(), {}, None, None),
        (HaiiloList(at=AT), {}, None, None),  # nobody was looked for, which says nothing of anybody
        (HaiiloList(at=AT, asked=3, there=2, after_cycle=True), {"arrived": 2}, None, 2),
        (HaiiloList(at=AT, asked=3, there=0, after_cycle=True), {}, None, 0),
        (HaiiloList(at=AT, asked=3, there=2, after_cycle=True), {"arrived": 2}, 3, 2),  # Haiilo has lost one
        (HaiiloList(at=AT, asked=3, there=2, after_cycle=True), {"arrived": 2}, 4, 3),  # one came since
        (HaiiloList(at=AT, asked=3, there=1), {"arrived": 1}, 3, 3),  # the first cycle created the others since
        (HaiiloList(at=AT, asked=3, there=1, left=2), {"arrived": 1}, None, None),
    ],
)
def test_counts_whom_haiilo_has_where_microsoft_names_nobody(
    haiilo: HaiiloList, standings: dict[str, int], known: int | None, expected: int | None
) -> None:
    numbers = Headcount(standings=standings)
    assert arrivals.in_haiilo(desired(people=numbers, haiilo=haiilo), known) == expected
