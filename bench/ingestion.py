"""Bringing the provisioning log into the roster, beside COPY of the same JSON into a table like it."""

from __future__ import annotations

from collections.abc import Iterator

from bench import apart
from bench.measure import Measure

SHARE = 0.25


def measured() -> Iterator[Measure]:
    """On a PostgreSQL of its own, by a process that does nothing else."""
    with apart.database() as environment:
        found = apart.found("ingestion", environment=environment)
    yield Measure(
        "log: rows into the roster a second of CPU, of COPY's", found["ours"], found["copy"], SHARE, at_least=True
    )
