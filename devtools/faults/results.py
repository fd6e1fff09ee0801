"""What came of the experiments: one row each, and the page that keeps them."""

from __future__ import annotations

import os
import platform
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "reliability.md"
MOST_SHOWN = 3
HEAD = """# Reliability under faults

Written by `make faults`, which does all this to the whole product: web, worker, beat, PostgreSQL, Valkey, sandbox,
with lines between them that can be cut. `make faults ONLY=kills,broker` writes only those sections anew. What must hold
after each run (I1 to I7) stands in `devtools/faults/checks.py`, what each fault is in the module of its group.

*time* is counted from the end of the fault until it was made good, the median and the longest.
"""
COLUMNS = "| fault | runs | recovered | time | invariants | expected, and what was seen |\n|---|---|---|---|---|---|\n"


@dataclass
class Row:
    """One fault: how often it was tried, how often the product recovered, and everything that did not hold."""

    fault: str
    expected: str
    runs: int = 0
    recovered: int = 0
    seconds: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    seen: str = ""
    not_run: str = ""

    @property
    def held(self) -> bool:
        """Whether all was as expected; what could not be run has not held."""
        return not self.broken and not self.not_run and self.runs > 0 and self.recovered == self.runs

    def add(self, broken: Sequence[str], seconds: float | None = None) -> None:
        """One run more."""
        self.runs += 1
        self.recovered += not broken
        self.broken += broken
        if seconds is not None:
            self.seconds.append(seconds)

    @property
    def time(self) -> str:
        """The median and the longest."""
        if not self.seconds:
            return "-"
        middle, longest = statistics.median(self.seconds), max(self.seconds)
        return f"{middle:.1f} s" if len(self.seconds) == 1 else f"{middle:.1f} s, {longest:.1f} s"

    def line(self) -> str:
        """As it stands in the table."""
        if self.not_run:
            held = f"not run: {self.not_run}"
        elif self.broken:
            more = len(self.broken) - MOST_SHOWN
            held = "; ".join(self.broken[:MOST_SHOWN]) + (f"; and {more} more" if more > 0 else "")
            held = f"**broken**: {held}"
        else:
            held = "held"
        cells = [self.fault, str(self.runs), str(self.recovered), self.time, held]
        cells.append(". ".join(part.rstrip(".") for part in (self.expected, self.seen) if part) + ".")
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def machine() -> str:
    """On what this was run."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def section(group: str, about: str, rows: Sequence[Row]) -> str:
    """One group as it stands on the page."""
    held = sum(row.held for row in rows)
    when = datetime.now(UTC).strftime("%Y-%m-%d")
    told = f"{about}\n\n{held} of {len(rows)} held on {when}, {machine()}.\n\n"
    return f"## {group}\n\n{told}{COLUMNS}" + "\n".join(row.line() for row in rows) + "\n"


def write(sections: dict[str, str], order: Sequence[str], page: Path = PAGE) -> None:
    """Put the sections in place of the former ones; others stay."""
    before = page.read_text() if page.exists() else ""
    kept = {
        found[1]: found[0].rstrip() + "\n" for found in re.finditer(r"## (.+?)\n.*?(?=\n## |\Z)", before, re.DOTALL)
    }
    merged = {**kept, **sections}
    page.write_text(HEAD + "".join("\n" + merged[group] for group in order if group in merged))
