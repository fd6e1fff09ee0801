"""The tests that need no browser, no broker and no running sandbox, in two lanes that take about as long; `thorough`
ones and those of properties are left to `make test`.

Arguments are handed to pytest, then there is one lane.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack

from devtools.commands.test import ROOT, Machine, environment, pytest, side_by_side, start_database
from devtools.stack.processes import Interrupted, interruptible
from devtools.stack.progress import say

NOT_QUICK = ("browser", "broker", "clients", "thorough", "hypothesis")
SLOW = [f"--ignore=tests/{name}" for name in ("contract", "engine", "flows", "sandbox")]
BESIDE = [
    *(f"tests/{name}" for name in ("causes", "clients", "graphclient", "house", "steps")),
    *sorted(str(each.relative_to(ROOT)) for each in ROOT.glob("tests/pages/test_[a-c]*.py")),
]


def quick(machine: Machine, arguments: list[str]) -> int:
    """The first exit status that is not 0."""
    if arguments:
        return pytest(machine, ["-q", *SLOW, *arguments])
    rest = ["-q", *SLOW, *(f"--ignore={each}" for each in BESIDE)]
    return side_by_side(machine, {"pages from a to c, steps, client and house": (["-q", *BESIDE], {})}, [(rest, {})])


def main() -> int:
    """Exit status: pytest's."""
    with interruptible(), ExitStack() as resources:
        machine = Machine(environment(), dict.fromkeys(NOT_QUICK, "not quick"))
        start_database(machine, resources)
        status = quick(machine, sys.argv[1:])
        if "PostgreSQL" in machine.missing:
            say(machine.missing["PostgreSQL"])
        return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Interrupted:
        say("Stopped.")
        sys.exit(130)
