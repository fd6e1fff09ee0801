"""What one measure is, and how two ways to do the same are compared."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 45
PROC = Path("/proc/self/status")
Work = Callable[[], object]


@dataclass(frozen=True)
class Measure:
    """`ours` beside `limit`, what it could be at best or may be: both in the unit that the name tells.

    Good while their ratio is at most `bar`; with `at_least` while it is not less.
    """

    name: str
    ours: float
    limit: float
    bar: float
    at_least: bool = False

    @property
    def ratio(self) -> float:
        """How many times the limit."""
        return self.ours / self.limit

    @property
    def good(self) -> bool:
        """Whether the bar is held."""
        return self.ratio >= self.bar if self.at_least else self.ratio <= self.bar

    def line(self) -> str:
        """One line of JSON."""
        return json.dumps(
            {
                "name": self.name,
                "ours": _short(self.ours),
                "limit": _short(self.limit),
                "ratio": round(self.ratio, 3),
                "bar": self.bar,
                "pass": self.good,
            },
            ensure_ascii=False,
        )


def _short(value: float) -> float:
    """Four digits that say something, so that two runs can be compared by eye."""
    return float(f"{value:.4g}")


def compare(name: str, work: Work, against: Work, *, bar: float, calls: int = 50, unit: float = 1e6) -> Measure:
    """CPU of one call each, in microseconds unless `unit` says otherwise: CPU, because other load does not count.

    Many short rounds of each in turn, and the median of their ratios: other load slows both of a round alike.
    """
    for warm in (work, against):
        warm()
    rounds = [(_once(work, calls), _once(against, calls)) for _round in range(ROUNDS)]
    ratio = statistics.median(first / second for first, second in rounds)
    limit = statistics.median(second for _, second in rounds)
    return Measure(name, ratio * limit * unit, limit * unit, bar)


def by_turns(work: Callable[[], float], against: Callable[[], float], *, rounds: int) -> tuple[float, float]:
    """The medians of what both say, asked in turn."""
    told = [(work(), against()) for _round in range(rounds)]
    return statistics.median(first for first, _ in told), statistics.median(second for _, second in told)


def _once(work: Work, calls: int) -> float:
    began = time.process_time()
    for _call in range(calls):
        work()
    return (time.process_time() - began) / calls


def peak() -> int:
    """Bytes that this process has held at most."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held if sys.platform == "darwin" else held * 1024


def cpu_of(pid: int) -> float:
    """Seconds of one core that this process has used until now."""
    if not PROC.exists():
        return seconds(shown_by_ps(pid, "time="))
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def seconds(text: str) -> float:
    """Of the time that `ps` shows: [[days-]hours:]minutes:seconds."""
    days, _dash, clock = text.rpartition("-")
    parts = [float(part) for part in clock.split(":")]
    return float(days or 0) * 86400 + sum(part * 60.0**place for place, part in enumerate(reversed(parts)))


def shown_by_ps(pid: int, column: str) -> str:
    """What `ps` has in this column of this process, where the system has no /proc."""
    command = ["ps", "-o", column, "-p", str(pid)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - a process of ours
    return done.stdout.strip()
