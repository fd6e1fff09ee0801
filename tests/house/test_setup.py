"""The first thing that runs on a fresh machine."""

from __future__ import annotations

import importlib.util
import os
import re
import stat
import sys
from pathlib import Path
from types import ModuleType

import pytest

from devtools.commands.test import Machine, find_browser
from devtools.stack import machine

FOLDER = Path(__file__).resolve().parent.parent.parent / "devtools" / "commands"


@pytest.fixture
def setup(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The program as `python3 devtools/commands/setup.py` loads it, for a checkout somewhere else."""
    monkeypatch.syspath_prepend(str(FOLDER))
    spec = importlib.util.spec_from_file_location("setup_by_file_name", FOLDER / "setup.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    venv = tmp_path / ".venv"
    monkeypatch.setattr(module, "VENV", venv)
    monkeypatch.setattr(module, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(module, "STAMP", venv / "installed-from")
    monkeypatch.setattr(module, "LOCK", tmp_path / "lock")
    (tmp_path / "lock").write_text("django==5\n")
    return module


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def python_without_venv(setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Debian's python3 without python3-venv."""
    python = program(tmp_path / "python3", "echo ensurepip is not available; exit 1")
    monkeypatch.setattr(sys, "executable", str(python))
    (tmp_path / "debian_version").write_text("12.11\n")
    monkeypatch.setattr(machine, "DEBIAN", tmp_path / "debian_version")


def test_tells_a_person_in_one_sentence_all_that_is_lacking(setup, python_without_venv, monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(setup.CannotSetUp) as told:
        setup.look_at_the_machine()
    assert re.search(r": sudo apt install python3-venv chromium-headless-shell( libatomic1)?$", str(told.value))
    assert "python3-venv (for everything), chromium-headless-shell (for the browser tests)" in str(told.value)
    assert "\n" not in str(told.value)


def test_goes_on_without_what_only_the_browser_tests_need(setup, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(tmp_path))
    setup.look_at_the_machine()
    assert "lacks chromium-headless-shell (for the browser tests)" in capsys.readouterr().err


def test_takes_the_browser_without_windows_where_it_is_there(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    plain = program(tmp_path / "chromium", "true")
    assert machine.browser() == str(plain)
    lean = program(tmp_path / "chromium-headless-shell", "true")
    assert machine.browser() == str(lean)


def test_has_it_installed_for_the_tests_where_nobody_has_to_be_asked(monkeypatch, tmp_path):
    program(tmp_path / "chromium", "true")
    lean = tmp_path / "chromium-headless-shell"
    program(tmp_path / "apt-get", f"echo > {lean}; /bin/chmod +x {lean}")
    monkeypatch.setattr(machine, "can_install", lambda: True)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = Machine({})
    find_browser(found)
    assert (found.environment["BROWSER_PATH"], found.missing) == (str(lean), {})


def test_installs_it_as_root(setup, python_without_venv, monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    works = f"mkdir -p {setup.VENV}/bin"
    program(
        tmp_path / "bin" / "apt-get", f"echo $@ >> {tmp_path}/asked; printf '#!/bin/sh\\n{works}' > {sys.executable}"
    )
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    setup.look_at_the_machine()
    setup.make_environment()
    assert (tmp_path / "asked").read_text().splitlines() == [
        "update -qq",
        "install -y -qq --no-install-recommends python3-venv",
    ]
    assert setup.VENV.is_dir()


def test_says_that_a_python_cannot_be_used(setup, python_without_venv):
    with pytest.raises(setup.CannotSetUp, match="cannot make a virtual environment"):
        setup.make_environment()


def test_does_nothing_while_the_lock_is_the_same(setup):
    program(setup.PYTHON, "exit 0")
    assert not setup.is_current()
    setup.STAMP.write_text(setup.wanted_stamp())
    assert setup.is_current()
    setup.LOCK.write_text("django==6\n")
    assert not setup.is_current()


def test_does_not_trust_an_environment_that_does_not_start(setup):
    program(setup.PYTHON, "exit 1")
    setup.STAMP.write_text(setup.wanted_stamp())
    assert not setup.is_current()


def test_shows_why_an_installation_failed(setup, capsys):
    program(setup.PYTHON, "echo THESE PACKAGES DO NOT MATCH THE HASHES >&2; exit 1")
    with pytest.raises(setup.CannotSetUp, match="pip install failed with status 1"):
        setup.install()
    assert "DO NOT MATCH" in capsys.readouterr().err
