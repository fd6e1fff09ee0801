"""The stacked line of results, drawn on the server, and the filters that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from onboarding.models import Person
from onboarding.staff.people.queries import Filter

Result = Person.Result
WIDTH = 100
ORDER = (Result.CREATED, Result.UPDATED, Result.MATCHED, Result.SKIPPED, Result.FAILED, Result.REMOVED)


@dataclass(frozen=True)
class Piece:
    """One piece of the line: where it begins and how long it is, of `WIDTH` in all."""

    result: str
    label: str
    count: int
    x: str
    width: str


@dataclass(frozen=True)
class Chip:
    """One filter: a result, or everybody where it is empty."""

    result: str
    label: str
    count: int
    query: str
    is_chosen: bool


def line(counts: Mapping[str, int], total: int) -> list[Piece]:
    """The pieces in a fixed order, as wide as their share. Numbers are text, so that no locale puts a comma in."""
    pieces, x = [], 0.0
    for result in ORDER:
        if count := counts.get(result, 0):
            width = WIDTH * count / total
            pieces.append(Piece(result, str(result.label), count, f"{x:.2f}", f"{width:.2f}"))
            x += width
    return pieces


def chips(counts: Mapping[str, int], wanted: Filter, *, kept: Mapping[str, str]) -> list[Chip]:
    """A filter for each result that there is; `kept` is what each address has besides."""
    return [
        Chip(
            result,
            str(result.label),
            counts.get(result, 0),
            urlencode({**kept, "result": result.value}),
            wanted.result == result and not (wanted.code or wanted.mark or wanted.lacking),
        )
        for result in ORDER
        if counts.get(result, 0)
    ]
