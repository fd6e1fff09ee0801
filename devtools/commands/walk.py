"""Every failure mode, walked through the product's own pages: one JSON line each, and docs/failure-modes.md.

After them a customer of ten thousand people comes to live, assigned directly, and one by a group.

Exit status 0 only if every number and every sentence was true, every expected cause was seen in the right court, and
each customer was well again once its cause was removed. `--fault F13,F14` walks some, `--quick` those of the suite;
only a whole walk writes the page. A number or a name chooses, such as F29 or mass-unassignment; "large" the customers
of ten thousand alone.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from devtools.commands import rehearse
from devtools.commands.rehearse import FAILURES as STOPPERS
from devtools.commands.rehearse import new_staff
from devtools.stack.postgres import NoPostgres, running
from devtools.stack.processes import Interrupted, interruptible
from devtools.stack.progress import say
from devtools.stack.stack import Stack, StackOptions
from devtools.walk import document, large
from devtools.walk.failure import Failure
from devtools.walk.play import Walked, options, play
from devtools.walk.table import Unknown, chosen

PEOPLE = 10_000
LARGE = "large"


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fault", default="", help="numbers or names, separated by commas")
    parser.add_argument("--quick", action="store_true", help="only those that the suite walks")
    return parser.parse_args(words)


def large_customers(folder: Path) -> list[large.Large]:
    """Each in a stack of its own, told as it is over. Raises one of STOPPERS."""
    found = []
    for assigned in ("directly", "by a group"):
        say(f"{PEOPLE:,} people assigned {assigned}: from nothing to live")
        place = folder / assigned.replace(" ", "-")
        place.mkdir()
        given = rehearse.arguments(["--users", str(PEOPLE), "--customers", "1"])
        given.by_group = assigned == "by a group"
        result = rehearse.rehearse(given, place)
        found.append(large.of(assigned, result))
        print(json.dumps(found[-1].told(), ensure_ascii=False), flush=True)
    return found


def wanted(given: argparse.Namespace) -> list[Failure]:
    """The rows to walk. Raises Unknown."""
    return [failure for failure in chosen(given.fault) if failure.quick or not given.quick]


def walk(failures: Sequence[Failure], folder: Path, resources: ExitStack) -> list[Walked]:
    """All of them in one stack. Raises one of STOPPERS or NoPostgres."""
    database = resources.enter_context(running())
    stack = Stack(options(StackOptions(folder / "stack", database_url=database)))
    stack.start()
    resources.callback(stack.stop)
    return play(stack, new_staff(stack, folder), failures, say, ended=show)


def show(walked: Walked) -> None:
    """Print it, as soon as it is over."""
    print(json.dumps(line(walked), ensure_ascii=False), flush=True)


def line(walked: Walked) -> dict[str, Any]:
    """What is printed of one."""
    failure, told = walked.failure, walked.told
    return {
        "fault": failure.fault,
        "walk": failure.name,
        "early": told.early,
        "seen": told.place,
        "minutes": round(told.minutes, 1),
        "cause": told.cause,
        "owner": told.owner,
        "staff": told.staff,
        "customer": told.customer,
        "numbers": told.numbers,
        "untrue": told.untrue,
        "problems": told.problems,
        "unjudged": told.unjudged,
        "pressed": told.pressed,
        "verified": told.verified,
        "awaits": failure.awaits,
    }


def everything(given: argparse.Namespace, folder: Path) -> bool:
    """What was asked for, with the page; whether all was as it should be. Raises Unknown and what `walk` raises."""
    good = True
    if given.fault != LARGE:
        with ExitStack() as resources:
            walked = walk(wanted(given), folder, resources)
        if not given.fault and not given.quick:
            document.write(walked)
        well = sum(each.told.good for each in walked)
        say(f"{well} of {len(walked)} were as they should be.")
        good = bool(walked) and well == len(walked)
    if given.fault == LARGE or not (given.fault or given.quick):
        rows = large_customers(folder)
        document.write_large(rows)
        good = good and all(row.good for row in rows)
    return good


def main() -> int:
    """Print a line a failure; 2 for a name that there is not."""
    given = arguments()
    with interruptible(), tempfile.TemporaryDirectory(prefix="walk-") as folder:
        try:
            return 0 if everything(given, Path(folder)) else 1
        except Interrupted:
            say("Stopped.")
            return 130
        except Unknown as problem:
            say(str(problem))
            return 2
        except (*STOPPERS, NoPostgres) as problem:
            say(str(problem))
            return 1


if __name__ == "__main__":
    sys.exit(main())
