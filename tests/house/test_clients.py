"""The environment of other people's clients is made once, and again when what should be in it has changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from devtools.commands import clients

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """One that asks for nothing, so that no registry is asked."""
    path = tmp_path / "requirements.lock"
    path.write_text("# nothing\n")
    return path


def python_that(folder, does):
    path = folder / "bin" / "python"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)


def test_makes_it_once(tmp_path, lock):
    folder = tmp_path / "environment"
    assert clients.ready(folder, lock) == folder / "bin"
    (folder / "left-here").touch()
    clients.ready(folder, lock)
    assert (folder / "left-here").exists()
    assert (folder / "bin" / "python").exists()


def test_does_not_trust_one_of_another_lock(tmp_path, lock):
    python_that(tmp_path, "exit 0")
    assert not clients.is_current(tmp_path, lock)
    (tmp_path / "installed-from").write_text(clients.stamp_of(tmp_path, lock))
    assert clients.is_current(tmp_path, lock)
    lock.write_text("# nothing either\n")
    assert not clients.is_current(tmp_path, lock)


def test_does_not_trust_one_that_does_not_start(tmp_path, lock):
    python_that(tmp_path, "exit 1")
    (tmp_path / "installed-from").write_text(clients.stamp_of(tmp_path, lock))
    assert not clients.is_current(tmp_path, lock)


def test_says_why_it_cannot_be_made(tmp_path, lock):
    lock.write_text("./not-there-1.0-py3-none-any.whl\n")
    with pytest.raises(clients.NoClients, match="not-there"):
        clients.ready(tmp_path / "environment", lock)
    assert not clients.is_current(tmp_path / "environment", lock)


def test_locks_everything_that_the_clients_are():
    wanted = re.search(r"^clients = \[\n(.*?)^\]", (ROOT / "pyproject.toml").read_text(), re.MULTILINE | re.DOTALL)
    assert wanted
    names = re.findall(r'^  "([a-z0-9-]+)', wanted[1], re.MULTILINE)
    locked = re.findall(r"^([a-z0-9-]+)==", clients.LOCK.read_text(), re.MULTILINE)
    assert len(names) > 5
    assert set(names) <= set(locked)
