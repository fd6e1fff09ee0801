"""The measurement of a large tenant: that it measures, and that each of its comparisons can fail."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bench import measure, size

GOOD = size.Account(
    users=100_000,
    started=5.4,
    peak=1400 * 1024**2,
    cycle=900.0,
    spent=430.0,
    idle_look=0.01,
    looks=[0.01, 0.02, 4.9],
    marks=[(float(page), page) for page in range(1, 1000)],
)
LATE = [(float(page) if page < 500 else 500 + (page - 500) * 2.2, page) for page in range(1, 1000)]


def test_is_content_at_the_limits() -> None:
    assert [measure.name for measure in size.measures(GOOD) if not measure.good] == []


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"started": 5.6}, "users and 500 groups"),
        ({"peak": 1500 * 1024**2}, "memory"),
        ({"spent": 440.0}, "of a user's cycle"),
        ({"marks": LATE}, "late page"),
        ({"idle_look": 0.0009}, "read meanwhile"),
        ({"looks": [0.01, 0.02, 5.1]}, "slowest"),
    ],
)
def test_objects_to_what_is_over_a_limit(changed: dict[str, Any], part: str) -> None:
    bad = [measure for measure in size.measures(dataclasses.replace(GOOD, **changed)) if not measure.good]
    assert len(bad) == 1
    assert part in bad[0].name


def test_allows_fewer_people_less() -> None:
    few = dataclasses.replace(GOOD, users=10_000, started=1.6, peak=250 * 1024**2, spent=43.0)
    assert [measure.good for measure in size.measures(few)[:3]] == [False, False, True]


def test_measures_a_small_tenant_to_the_end() -> None:
    account = size.take(60)
    assert account.started > 0
    assert account.peak > 10 * 1024**2
    assert account.spent > 0
    assert account.looks


@pytest.mark.parametrize(("shown", "seconds"), [("0:03.50", 3.5), ("02:01:05", 7265.0), ("1-00:00:01", 86401.0)])
def test_reads_what_ps_shows(shown: str, seconds: float) -> None:
    assert measure.seconds(shown) == seconds
