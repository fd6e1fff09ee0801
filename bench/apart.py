"""Measures of the product that are taken in a process of their own, which does and knows nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from devtools.stack import postgres
from devtools.stack.stack import Stack, StackOptions


def found(module: str, *arguments: str, environment: Mapping[str, str]) -> Any:
    """What a module of `bench.inside` prints, one JSON value. Raises CalledProcessError."""
    command = [sys.executable, "-m", f"bench.inside.{module}", *arguments]
    whole = {**environment, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(command, env=whole, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - ours
    return json.loads(done.stdout)


@contextmanager
def database() -> Iterator[Mapping[str, str]]:
    """The environment of a product that has an empty PostgreSQL of its own, and none of its programs running."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, postgres.running() as url:
        stack = Stack(StackOptions(Path(folder) / "stack", database_url=url))
        stack.manage("migrate")
        yield stack.environment
