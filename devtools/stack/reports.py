"""What the product reports of its onboardings, from one process that is asked again and again."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


class CommandFailed(RuntimeError):
    """A management command ended with an error; the message carries its output."""


class Reports:
    """`manage.py report`, kept running: to start it takes a second of CPU each time, to ask it a few milliseconds."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None

    def of(self, pks: Sequence[int]) -> list[dict[str, Any]]:
        """One report for each, in their order. Raises CommandFailed.

        A process that has answered before may have lost its database meanwhile: a fresh one is asked then.
        """
        if self._process is not None:
            with contextlib.suppress(CommandFailed):
                return self._ask(self._process, pks)
        self._process = self._begin()
        return self._ask(self._process, pks)

    def end(self) -> str:
        """End the process, if there is one; what it complained of."""
        process, self._process = self._process, None
        if process is None:
            return ""
        _rest, said = process.communicate()
        return said.strip()

    def _ask(self, process: subprocess.Popen[str], pks: Sequence[int]) -> list[dict[str, Any]]:
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # then it has ended, and says why
            process.stdin.write(f"{' '.join(map(str, pks))}\n")
            process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise CommandFailed(f"manage.py report failed:\n{self.end()}")
        found: list[dict[str, Any]] = json.loads(line)
        return found

    def _begin(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", "report"],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
