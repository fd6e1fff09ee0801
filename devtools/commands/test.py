"""Every test: the whole suite on PostgreSQL, and migrations and the main journey on SQLite.

Looks at what the machine has first, installs what it can (as root on Debian), and names what it could not run at the
end; with CI=true that counts as a failure. Arguments are handed to pytest, then only the PostgreSQL run is done.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from devtools.commands import clients
from devtools.stack import broker, postgres
from devtools.stack import machine as stack_machine
from devtools.stack.processes import Interrupted, interruptible
from devtools.stack.progress import doing, say

ROOT = Path(__file__).resolve().parent.parent.parent
FLOWS = "tests/flows"
FLOWS_AND_CLIENTS = [FLOWS, "tests/clients", "tests/graphclient"]
ENGINE_AND_OTHERS = [f"tests/{name}" for name in ("engine", "sandbox", "contract", "house")]
# With MAKEFLAGS `make` would talk in the tests; without bytecode each of the suite's processes compiles all it imports.
NOT_INHERITED = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHONDONTWRITEBYTECODE")
# The last is what Hypothesis puts on each test of a property.
MARKS = ("browser", "broker", "clients", "thorough", "hypothesis")
Run = tuple[list[str], Mapping[str, str]]
"""Arguments for pytest, and what is added to its environment."""
ALSO_ON_SQLITE = [f"tests/engine/test_{name}.py" for name in ("lease", "sql_time", "any_order", "compiled")]


@dataclass
class Machine:
    """What there is to test with, and what is missing: mark → reason."""

    environment: dict[str, str]
    missing: dict[str, str] = field(default_factory=dict)


def find_browser(machine: Machine) -> None:
    """Install, as root on Debian, what the browser tests are quickest with; what they cannot do without is noted as
    missing where it is not there afterwards, and said now.
    """
    wanted = stack_machine.lacking(stack_machine.BEST_FOR_BROWSER_TESTS)
    if wanted and stack_machine.can_install():
        with doing(f"Installing Debian's {' and '.join(each.name for each in wanted)}"):
            try:
                stack_machine.install(wanted)
            except stack_machine.CannotInstall as problem:
                say(str(problem))
    lacking = stack_machine.lacking(stack_machine.FOR_BROWSER_TESTS)
    if lacking:
        machine.missing["browser"] = stack_machine.advice(lacking)
        say(machine.missing["browser"])
    else:
        machine.environment["BROWSER_PATH"] = str(stack_machine.browser())


def look_around(resources: ExitStack, *, everything: bool = True) -> Machine:
    """Start what is to be started; the rest is noted as missing. Other people's clients only for `everything`."""
    machine = Machine(environment())
    find_browser(machine)
    try:
        broker.binary()
    except broker.NoBroker as problem:
        machine.missing["broker"] = str(problem)
    try:
        if everything:
            clients.ready()
    except clients.NoClients as problem:
        machine.missing["clients"] = str(problem)
    start_database(machine, resources)
    return machine


def environment() -> dict[str, str]:
    """That of every run of pytest, but the database."""
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    # importing config.celery names the product's settings
    return {**inherited, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONUNBUFFERED": "1"}


def start_database(machine: Machine, resources: ExitStack) -> None:
    """One server for all runs, until `resources` are given back; without one, SQLite, which is noted."""
    try:
        machine.environment["DATABASE_URL"] = resources.enter_context(postgres.running())
    except postgres.NoPostgres as problem:
        machine.missing["PostgreSQL"] = f"{problem}; the suite was run on SQLite instead"
        machine.environment["DATABASE_URL"] = "sqlite:///:memory:"


def pytest(machine: Machine, arguments: list[str], environment: Mapping[str, str] | None = None) -> int:
    """Run pytest in a process of its own, its output passed through."""
    return wait_for(begin(machine, arguments, environment))


def begin(
    machine: Machine,
    arguments: list[str],
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start pytest; what it says goes to `output`, else where our own words go."""
    left_out = [mark for mark in MARKS if mark in machine.missing]
    marks = " and ".join(f"not {mark}" for mark in [*left_out, "soak", "m365"])
    if "-m" not in arguments:
        arguments = ["-m", marks, *arguments]
    command = [sys.executable, "-m", "pytest", *arguments]
    # Ctrl-C goes to the whole terminal group; pytest ends by itself and its fixtures end what they started
    return subprocess.Popen(
        command, cwd=ROOT, env={**machine.environment, **(environment or {})}, stdout=output, stderr=output
    )


def wait_for(process: subprocess.Popen[bytes]) -> int:
    """Its exit status; it is ended when we are interrupted."""
    try:
        return process.wait()
    except Interrupted:
        process.send_signal(signal.SIGINT)  # unlike SIGTERM it lets pytest's fixtures end what they started
        process.wait()
        raise


class Lane(threading.Thread):
    """Runs of pytest, one after the other, beside whatever else is done; what they say goes to `said`."""

    def __init__(self, machine: Machine, runs: Sequence[Run], said: IO[bytes]) -> None:
        super().__init__(name="lane", daemon=True)
        self.status = 0
        self._machine, self._runs, self._said = machine, runs, said
        self._lock = threading.Lock()
        self._current: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def run(self) -> None:
        """Keep the first exit status that is not 0."""
        for arguments, environment in self._runs:
            with self._lock:
                if self._stopped:
                    return
                self._current = begin(self._machine, arguments, environment, self._said)
            ended = self._current.wait()
            self.status = self.status or ended

    def stop(self) -> None:
        """End what is under way, and begin nothing more."""
        with self._lock:
            self._stopped = True
            if self._current is not None and self._current.poll() is None:
                self._current.send_signal(signal.SIGINT)
        if self.ident is not None:  # else it was never started
            self.join()


def all_of_it(machine: Machine) -> int:
    """The whole suite, in three lanes that take about as long, since each waits for others much of its time."""
    beside: dict[str, Run] = {
        "flows and clients": (FLOWS_AND_CLIENTS, {}),
        "engine, sandbox and house": (ENGINE_AND_OTHERS, {}),
    }
    pages = [f"--ignore={each}" for each in (*FLOWS_AND_CLIENTS, *ENGINE_AND_OTHERS)]
    return side_by_side(machine, beside, [(pages, {}), *on_sqlite(machine)])


def side_by_side(machine: Machine, beside: Mapping[str, Run], seen: Sequence[Run]) -> int:
    """The first exit status that is not 0. What the runs `beside` say is shown at the end, under their names; the dots
    of those that are `seen`, one after the other, as they come.
    """
    with ExitStack() as resources:
        said = [resources.enter_context(tempfile.TemporaryFile()) for _lane in beside]
        lanes = [Lane(machine, [run], output) for run, output in zip(beside.values(), said, strict=True)]
        try:
            for lane in lanes:
                lane.start()
            statuses = [pytest(machine, *run) for run in seen]
            for lane in lanes:
                lane.join()
        finally:
            for lane, output, name in zip(lanes, said, beside, strict=True):
                lane.stop()
                output.seek(0)
                say(f"At the same time: {name}.")
                print(output.read().decode(errors="replace"), flush=True)
    return next((each for each in (*statuses, *(lane.status for lane in lanes)) if each), 0)


def on_sqlite(machine: Machine) -> list[Run]:
    """What is run a second time, on SQLite: the main journey, if there is a broker, and what has SQL of its own."""
    sqlite = {"DATABASE_URL": "sqlite:///:memory:"}
    journey: list[Run] = [] if "broker" in machine.missing else [(["-m", "sqlite_journey", FLOWS], sqlite)]
    return [*journey, (ALSO_ON_SQLITE, sqlite)]


def main() -> int:
    """Exit status: pytest's, or 1 when CI=true and something could not be run."""
    with interruptible(), ExitStack() as resources:
        machine = look_around(resources, everything=len(sys.argv) == 1)
        status = pytest(machine, sys.argv[1:]) if sys.argv[1:] else all_of_it(machine)
        for what, reason in machine.missing.items():
            say(f"NOT RUN, {what}: {reason}")
        if machine.missing and os.environ.get("CI", "").lower() in ("1", "true"):
            return status or 1
        return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Interrupted:
        say("Stopped.")
        sys.exit(130)
