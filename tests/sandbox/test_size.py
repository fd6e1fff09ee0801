"""The measurement of a large tenant: that it measures, and that each of its comparisons can fail."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bench import large_tenant, size

GOOD = size.Account(
    users=100_000,
    started=9.9,
    peak=2 * 1024**3,
    cycle=900.0,
    spent=5_999.0,
    idle_look=0.005,
    looks=[0.01, 0.02, 4.9],
    marks=[(float(page), page) for page in range(1, 1000)],
)
LATE = [(float(page) if page < 500 else 500 + (page - 500) * 2.2, page) for page in range(1, 1000)]


def test_is_content_at_the_limits() -> None:
    assert [ratio.name for ratio in size.ratios(GOOD) if not ratio.good] == []


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"started": 10.1}, "from nothing"),
        ({"peak": 2 * 1024**3 + 1}, "memory"),
        ({"spent": 6_001.0}, "first cycle"),
        ({"marks": LATE}, "late in the cycle"),
        ({"idle_look": 0.0009}, "read meanwhile"),
        ({"looks": [0.01, 0.02, 5.1]}, "slowest"),
    ],
)
def test_objects_to_what_is_over_a_limit(changed: dict[str, Any], part: str) -> None:
    bad = [ratio for ratio in size.ratios(dataclasses.replace(GOOD, **changed)) if not ratio.good]
    assert len(bad) == 1
    assert part in bad[0].name
    assert str(bad[0]).startswith("TOO")


def test_allows_fewer_people_less() -> None:
    few = dataclasses.replace(GOOD, users=10_000, started=3.0, peak=400 * 1024**2, spent=600.0)
    assert [ratio.good for ratio in size.ratios(few)[:3]] == [False, False, True]


def test_measures_a_small_tenant_to_the_end() -> None:
    account = size.take(60)
    assert account.started > 0
    assert account.peak > 10 * 1024**2
    assert account.spent > 0
    assert account.looks


@pytest.mark.parametrize(("shown", "seconds"), [("0:03.50", 3.5), ("02:01:05", 7265.0), ("1-00:00:01", 86401.0)])
def test_reads_what_ps_shows(shown: str, seconds: float) -> None:
    assert large_tenant.seconds(shown) == seconds
