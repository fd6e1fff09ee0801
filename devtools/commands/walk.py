"""Every failure mode, walked through the product's own pages: one JSON line each, and docs/failure-modes.md.

Exit status 0 only if every number and every sentence was true, every expected cause was seen in the right court, and
each customer was well again once its cause was removed. `--fault F13,F14` walks some, `--quick` those of the suite;
only a whole walk writes the page. A number or a name chooses, such as F29 or mass-unassignment.
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

from devtools.commands.rehearse import FAILURES as STOPPERS
from devtools.commands.rehearse import new_staff
from devtools.stack.postgres import NoPostgres, running
from devtools.stack.processes import Interrupted, interruptible
from devtools.stack.progress import say
from devtools.stack.stack import Stack, StackOptions
from devtools.walk import document
from devtools.walk.failure import Failure
from devtools.walk.play import Walked, options, play
from devtools.walk.table import Unknown, chosen


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fault", default="", help="numbers or names, separated by commas")
    parser.add_argument("--quick", action="store_true", help="only those that the suite walks")
    return parser.parse_args(words)


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
        "verified": told.verified,
        "awaits": failure.awaits,
    }


def main() -> int:
    """Print a line a failure; 2 for a name that there is not."""
    given = arguments()
    with interruptible(), ExitStack() as resources:
        folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="walk-")))
        try:
            walked = walk(wanted(given), folder, resources)
        except Interrupted:
            say("Stopped.")
            return 130
        except Unknown as problem:
            say(str(problem))
            return 2
        except (*STOPPERS, NoPostgres) as problem:
            say(str(problem))
            return 1
    if not given.fault and not given.quick:
        document.write(walked)
    good = sum(each.told.good for each in walked)
    say(f"{good} of {len(walked)} were as they should be.")
    return 0 if walked and good == len(walked) else 1


if __name__ == "__main__":
    sys.exit(main())
