"""What came of a customer with very many people, and its part of docs/failure-modes.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TITLE = "\n## A large customer\n"
ABOUT = """
From nothing to live with so many people in scope, without a failure; Microsoft throttles, repeats and delays as it
does. Every page of staff is read then. *requests* are those to Microsoft Graph; *minutes* are those of this machine.

| assigned | in scope | live | not as they should be at Haiilo | untrue | requests | minutes |
| --- | --- | --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Large:
    """One such customer; `wrong`: people who are missing at Haiilo, or there with other values, or too many."""

    assigned: str
    people: int
    live: bool
    wrong: int
    untrue: Sequence[str]
    requests: int
    minutes: float
    problem: str = ""

    @property
    def good(self) -> bool:
        """Whether there is nothing to object to."""
        return self.live and not (self.wrong or self.untrue or self.problem)

    def told(self) -> dict[str, Any]:
        """What is printed of it."""
        return {**vars(self), "untrue": list(self.untrue), "good": self.good}


def of(assigned: str, result: Mapping[str, Any]) -> Large:
    """From what a rehearsal of one customer tells."""
    account: Mapping[str, Any] = next(iter(result["customers"]), {})
    return Large(
        assigned=assigned,
        people=account.get("users_in_scope", 0),
        live=account.get("live", False),
        wrong=len(account.get("mismatches", ())),
        untrue=account.get("untrue", []),
        requests=result["totals"]["graph_calls"],
        minutes=round(result["totals"]["seconds"] / 60, 1),
        problem="; ".join([*result["violations"], *filter(None, [result.get("problem", "")])])[:400],
    )


def section(rows: Sequence[Large]) -> str:
    """In Markdown, with its title."""
    return TITLE + ABOUT + "".join(f"| {' | '.join(_cells(row))} |\n" for row in rows)


def _cells(row: Large) -> list[str]:
    live = "yes" if row.live else f"no. {row.problem}".strip()
    untrue = "<br>".join(row.untrue) or "-"
    numbers = (f"{row.people:,}", live, f"{row.wrong:,}", untrue, f"{row.requests:,}", f"{row.minutes:.1f}")
    return [row.assigned, *(each.replace("|", "\\|").replace("\n", " ") for each in numbers)]
