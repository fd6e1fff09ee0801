"""The pages about people of a small customer and of a very large one in the same database, beside SQL by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bench import apart
from bench.measure import Measure

SIZES = (2_000, 1_000_000)
ALLOWED_MS = 25.0
BY_HAND = 4.0
SECONDS = "1800"  # for one statement: filling and analyzing take longer than any page may


def measured() -> Iterator[Measure]:
    """On a PostgreSQL of its own, by a process that does nothing else."""
    with apart.database() as environment:
        found = apart.found("pages", *map(str, SIZES), environment={**environment, "DATABASE_SECONDS": SECONDS})
    yield from measures(found)


def measures(found: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[Measure]:
    """Of what was found of each page at each size: time, time beside SQL by hand, and statements beside each other."""
    for page, sizes in found.items():
        for size, told in sizes.items():
            name = f"{page}, {int(size):,} people"
            yield Measure(f"{name}: ms of CPU, p95", told["page"], ALLOWED_MS, 1.0)
            yield Measure(f"{name}: of its statements about people, by hand", told["people"], told["by_hand"], BY_HAND)
        counts = [told["statements"] for told in sizes.values()]
        yield Measure(f"{page}: statements, the most and the fewest", max(counts), min(counts), 1.0)
