"""Everything that may go wrong, done to the whole product; the table goes to docs/reliability.md.

Exit status 0 only if every invariant held in every experiment. `--only kills,broker` runs some groups, and writes only
their sections. Progress goes to stderr, one line an experiment to stdout.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from devtools.commands.rehearse import FAILURES
from devtools.faults import results, rig, server
from devtools.faults.groups import GROUPS, Experiment, Group
from devtools.faults.results import Row
from devtools.stack import machine, postgres
from devtools.stack.processes import Interrupted, interruptible
from devtools.stack.progress import say

STOPPERS = (*FAILURES, postgres.NoPostgres, server.CannotFill)
"""Why a group cannot be run at all."""


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help=f"groups, separated by commas, of: {', '.join(GROUPS)}")
    parser.add_argument("--experiment", default="", help="within them only experiments whose name contains this")
    parser.add_argument("--keep-page", action="store_true", help="print the rows, and leave docs/reliability.md alone")
    wanted = parser.parse_args(words)
    unknown = [name for name in wanted.only.split(",") if name and name not in GROUPS]
    if unknown:
        parser.error(f"there is no group {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    names = [each.__name__ for name in chosen(wanted) for each in GROUPS[name].experiments]
    if not any(wanted.experiment in name for name in names):
        parser.error(f"no experiment's name contains {wanted.experiment}; there are {', '.join(names)}")
    return wanted


def chosen(wanted: argparse.Namespace) -> list[str]:
    """The groups to run."""
    return [name for name in wanted.only.split(",") if name] or list(GROUPS)


def run_group(name: str, group: Group, only: str = "") -> list[Row]:
    """Every experiment of a group in one stack; what cannot be run is a row too."""
    say(f"{name}: {group.about}")
    experiments = [each for each in group.experiments if only in each.__name__]
    with ExitStack() as resources:
        folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="faults-")))
        try:
            database = resources.enter_context(server.running(own_disk=group.options.own_disk))
            made = resources.enter_context(rig.running(folder / "stack", database, group.options))
        except STOPPERS as problem:
            return [Row(name, group.about, not_run=str(problem)[:300])]
        return [row for each in experiments for row in rows_of(made, each)]


def rows_of(made: rig.Rig, experiment: Experiment) -> Iterator[Row]:
    """What one experiment gives, told as it comes."""
    began, found = time.monotonic(), experiment(made)
    while True:
        try:
            row = next(found)
        except StopIteration:
            return
        except Exception as error:  # noqa: BLE001 - one experiment that fails in itself must not keep the others
            row = Row(experiment.__name__.replace("_", " "), "", broken=[f"{type(error).__name__}: {error}"[:500]])
            made.mend()
        stood = made.standstill()
        if stood:
            row.seen = f"{row.seen}. This machine stood still for {stood:.0f} s meanwhile".removeprefix(". ")
        print(f"{'held  ' if row.held else 'BROKEN'} {time.monotonic() - began:5.0f} s  {row.line()}", flush=True)
        yield row
        began = time.monotonic()


def find_packages() -> None:
    """Install, as root on Debian, what the clocks need; else say what is missing."""
    lacking = machine.lacking([machine.FAKETIME])
    if lacking and machine.can_install():
        try:
            machine.install(lacking)
        except machine.CannotInstall as problem:
            say(str(problem))
        lacking = machine.lacking(lacking)
    if lacking:
        say(machine.advice(lacking))


def judged(done: dict[str, list[Row]]) -> int:
    """Exit status, with one line about it."""
    rows: Sequence[Row] = [row for group in done.values() for row in group]
    fallen = [row for row in rows if not row.held]
    say(f"{len(rows) - len(fallen)} of {len(rows)} held, {sum(row.runs for row in rows)} runs.")
    for row in fallen:
        say(f"DOES NOT HOLD: {row.fault}: {'; '.join(row.broken[:3]) or row.not_run or 'no run'}")
    return 1 if fallen or not rows else 0


def main() -> int:
    """Run what was chosen and write the page, also of what was done until it was interrupted."""
    wanted, done = arguments(), dict[str, list[Row]]()
    find_packages()
    status = 0
    with interruptible():
        try:
            for name in chosen(wanted):
                done[name] = run_group(name, GROUPS[name], wanted.experiment)
        except Interrupted:
            say("Stopped.")
            status = 130
    if done and not wanted.keep_page and not wanted.experiment:
        sections = {name: results.section(name, GROUPS[name].about, rows) for name, rows in done.items()}
        results.write(sections, list(GROUPS))
        say(f"Written to {results.PAGE}")
    return status or judged(done)


if __name__ == "__main__":
    sys.exit(main())
