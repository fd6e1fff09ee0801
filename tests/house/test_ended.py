"""A run of tests that is told to end: its fixtures come to their end first."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .test_layout import ROOT
from .until_a_signal import UNTIL_A_SIGNAL

TEST = f"""
{UNTIL_A_SIGNAL}
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def server():
    yield
    Path("ended").touch()


def test_waits(server):
    print("begun", flush=True)
    until_a_signal()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ends_what_fixtures_started(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "test_it.py").write_text(TEST)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-s",
        "-p",
        "tests.fixtures.ended",
        "-p",
        "no:cacheprovider",
        "test_it.py",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    # the command is written right here
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        assert any("begun" in line for line in process.stdout)
        process.send_signal(number)
        process.communicate()
    assert (tmp_path / "ended").exists()
