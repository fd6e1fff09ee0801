"""Bringing the provisioning log into the roster, beside COPY of the same JSON into a table like it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.measure import Measure
from devtools.stack import postgres
from devtools.stack.stack import Stack, StackOptions

SHARE = 0.25


def measured() -> Iterator[Measure]:
    """On a PostgreSQL of its own, by a process that does nothing else."""
    with ExitStack() as resources:
        folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        url = resources.enter_context(postgres.running())
        stack = Stack(StackOptions(folder / "stack", database_url=url))
        stack.manage("migrate")
        environment = {**stack.environment, "DJANGO_SETTINGS_MODULE": "config.settings"}
        command = [sys.executable, "-m", "bench.inside.ingestion"]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - ours
        found = json.loads(done.stdout)
        yield Measure(
            "log: rows into the roster a second of CPU, of COPY's", found["ours"], found["copy"], SHARE, at_least=True
        )
