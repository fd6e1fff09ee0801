"""docs/benchmarks.md and its picture, written from what was measured."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from bench.measure import Measure

DOCS = Path(__file__).resolve().parent.parent / "docs"
MEASURED = "## Measured\n"
TABLE = "| measure | ours | limit | ratio | bar | |\n|---|---:|---:|---:|---:|---|\n"
ROW, TOP, NAMES, WIDTH, LONGEST = 26, 34, 420, 900, 2.5
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1c2430; }
  .quiet { fill: #5b6675; } .good { fill: #1f7a4d; } .bad { fill: #b3261e; } .bar { stroke: #1c2430; stroke-width: 2; }
  .rail { fill: #e8ecf1; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6eaf0; } .quiet { fill: #9aa6b5; } .good { fill: #4fc38a; } .bad { fill: #ff8a80; }
    .bar { stroke: #e6eaf0; } .rail { fill: #2a323d; }
  }
"""


def write(measures: Sequence[Measure], folder: Path = DOCS) -> None:
    """The part "Measured" of the page, and the picture, anew."""
    page = folder / "benchmarks.md"
    before, _, _ = page.read_text(encoding="utf-8").partition(MEASURED)
    told = f"\n{datetime.now(UTC):%Y-%m-%d}; {machine()}.\n\n"
    rows = "".join(f"{_row(measure)}\n" for measure in measures)
    page.write_text(before + MEASURED + told + TABLE + rows, encoding="utf-8")
    (folder / "benchmarks.svg").write_text(drawn(measures), encoding="utf-8")


def machine() -> str:
    """What it was measured on."""
    load = f", load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}{load}"


def _row(measure: Measure) -> str:
    bar = f"≥ {measure.bar:g}" if measure.at_least else f"≤ {measure.bar:g}"
    ours, limit = _number(measure.ours), _number(measure.limit)
    return (
        f"| {measure.name} | {ours} | {limit} | {measure.ratio:.2f} | {bar} | {'yes' if measure.good else '**no**'} |"
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"


def drawn(measures: Sequence[Measure]) -> str:
    """How far each ratio is from its bar: the bar is one line for all, to its right is over it, or too little."""
    height = TOP + ROW * len(measures) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        ' aria-label="Each measure against its bar">',
        f"<style>{STYLE}</style>",
        *_lines(measures),
        f'<line class="bar" x1="{_x(1)}" y1="{TOP - 8}" x2="{_x(1)}" y2="{height - 8}"/>',
        f'<text class="quiet" x="{_x(1) - 6}" y="18" text-anchor="end">holds its bar</text>',
        f'<text class="quiet" x="{_x(1) + 6}" y="18">misses it</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _lines(measures: Sequence[Measure]) -> Iterator[str]:
    for number, measure in enumerate(measures):
        y, part = TOP + ROW * number, used(measure)
        length = _x(min(part, LONGEST)) - NAMES
        kind = "good" if measure.good else "bad"
        yield f'<text x="{NAMES - 10}" y="{y + 14}" text-anchor="end">{escape(measure.name)}</text>'
        yield f'<rect class="rail" x="{NAMES}" y="{y + 3}" width="{_x(LONGEST) - NAMES:.0f}" height="14" rx="2"/>'
        yield f'<rect class="{kind}" x="{NAMES}" y="{y + 3}" width="{length:.0f}" height="14" rx="2"/>'
        yield f'<text class="quiet" x="{_x(LONGEST) + 8:.0f}" y="{y + 14}">{measure.ratio:.2f}</text>'


def used(measure: Measure) -> float:
    """How much of the bar is used: above 1 it is missed."""
    return measure.bar / measure.ratio if measure.at_least else measure.ratio / measure.bar


def _x(part: float) -> float:
    return NAMES + part * (WIDTH - NAMES - 60) / LONGEST
