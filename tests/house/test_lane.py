"""The lanes beside the first of `make test`: what fails there fails the whole, and nothing of it outlives the run."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from typing import IO

import pytest

from devtools.commands.test import Lane, Machine
from devtools.stack.processes import wait_until

QUICK, WRONG, LONG = ["--version"], ["--no-such-option"], ["tests/house", "--collect-only"]

VERSION = f"pytest {pytest.__version__}"


@pytest.fixture
def said() -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as file:
        yield file


def lane(said, *runs: list[str], **environment: str) -> Lane:
    machine = Machine({**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": "sqlite:///:memory:"})
    return Lane(machine, [(list(run), environment) for run in runs], said)


def told(said) -> str:
    said.seek(0)
    return str(said.read().decode())


@pytest.mark.thorough
@pytest.mark.parametrize(("runs", "good"), [([QUICK, QUICK], True), ([WRONG, QUICK], False), ([QUICK, WRONG], False)])
def test_fails_when_one_of_its_runs_does(said, runs, good):
    beside = lane(said, *runs, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")  # no plugin is needed to be wrong, and they are slow
    beside.start()
    beside.join()
    assert (beside.status == 0) is good
    assert told(said).splitlines().count(VERSION) == runs.count(QUICK)


@pytest.fixture
def heard() -> Iterator[None]:
    """What is started from here hears SIGINT, also where the suite itself was started deaf to it (`&` in a script)."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_begins_nothing_more_once_it_is_stopped(said):
    beside = lane(said, LONG, QUICK)
    beside.start()
    assert wait_until(lambda: beside._current is not None, 30)
    beside.stop()
    assert not beside.is_alive()
    assert VERSION not in told(said).splitlines()
    assert beside.status != 0
