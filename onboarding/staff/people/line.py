"""The stacked line of what becomes of people, drawn on the server, and the filters that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from onboarding.domain.sentences import amount
from onboarding.domain.standings import Standing
from onboarding.staff.people.wanted import Filter
from onboarding.web.standings import ORDER

WIDTH = 100
NOT_ASKED_FOR = (Standing.OUT, Standing.GONE)
"""Who neither is in Haiilo nor should be: no part of the line, which answers whether everybody is in."""


@dataclass(frozen=True)
class Piece:
    """One piece of the line: where it begins and how long it is, of `WIDTH` in all."""

    standing: str
    label: str
    count: int
    x: str
    width: str


@dataclass(frozen=True)
class Chip:
    """One filter: a standing, and how many have it as pages show it."""

    standing: str
    label: str
    shown: str
    query: str
    is_chosen: bool


def line(counts: Mapping[str, int]) -> list[Piece]:
    """The pieces in a fixed order, as wide as their share. Numbers are text, so that no locale puts a comma in."""
    drawn = [standing for standing in ORDER if standing not in NOT_ASKED_FOR and counts.get(standing, 0)]
    total, pieces, x = sum(counts[standing] for standing in drawn), [], 0.0
    for standing in drawn:
        width = WIDTH * counts[standing] / total
        pieces.append(Piece(standing, str(standing.label), counts[standing], f"{x:.2f}", f"{width:.2f}"))
        x += width
    return pieces


def chips(counts: Mapping[str, int], wanted: Filter, *, kept: Mapping[str, str]) -> list[Chip]:
    """A filter for each standing that there is; `kept` is what each address has besides."""
    return [
        Chip(
            standing,
            str(standing.label),
            amount(counts[standing]),
            urlencode({**kept, "standing": standing.value}),
            wanted.standing == standing and not wanted.of_cause,
        )
        for standing in ORDER
        if counts.get(standing, 0)
    ]
