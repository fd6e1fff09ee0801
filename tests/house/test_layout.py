# ruff: noqa: S603 - the commands are written right here
"""The house keeps its own rules: small files, a place for everything, words that are true."""

from __future__ import annotations

import ast
import re
import subprocess
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest
from django.urls import get_resolver

from devtools.stack import keys, stack
from onboarding.domain import consent_sizes
from onboarding.steps import STEPS

ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST = 400
SECRETIVE = re.compile(r"\b(utils?|helpers?|manager|handler|misc|common)\.py$")


def tracked(*patterns: str) -> list[Path]:
    """Files of the checkout that are not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


def test_keeps_python_files_short():
    lengths = {path: len(path.read_text().splitlines()) for path in tracked("*.py")}
    assert {str(path): length for path, length in lengths.items() if length > LONGEST} == {}


def test_keeps_only_entries_and_rooms_directly_under_onboarding():
    """A room says in its `__init__.py` what it is about."""
    top = ROOT / "onboarding"
    modules = {path.name for path in tracked("onboarding/*.py") if path.parent == top}
    assert modules == {"__init__.py", "apps.py", "tasks.py", "urls.py"}
    rooms = {path.relative_to(top).parts[0] for path in tracked("onboarding/*.py")} - modules
    untold = {room for room in rooms if not (top / room / "__init__.py").read_text().startswith('"""')}
    assert untold == {"management", "migrations"}


def test_names_no_room_for_leftovers():
    assert [str(path) for path in tracked("*.py") if SECRETIVE.search(path.name)] == []


def test_has_no_circle_of_imports():
    """Neither of those within functions nor of those for annotations alone; a circle is told in the failure."""
    modules = grimp.build_graph("onboarding", "graphclient", "sandbox", "config", "devtools", "bench", cache_dir=None)
    TopologicalSorter({name: modules.find_modules_directly_imported_by(name) for name in modules.modules}).prepare()


def test_takes_the_time_from_the_database_s_clock_alone():
    """Two machines whose clocks differ agree on what is due, whose lease is over and how old something is."""
    own = re.compile(
        r"timezone\.now\b|auto_now|datetime\.(?:now|today|utcnow)\(|date\.today\(|localdate\(\)|localtime\(\)"
        r"|functions import .*\bNow\b|functions\.Now\b"
    )
    files = [path for path in tracked("onboarding/*.py") if "migrations" not in path.parts]
    told = {str(path.relative_to(ROOT)) for path in files if own.search(path.read_text())}
    assert told == {"onboarding/models/clock.py"}


@pytest.mark.parametrize("key", [step.key for step in STEPS])
def test_has_a_template_for_each_step(key):
    assert (ROOT / "templates" / "steps" / f"{key}.html").is_file()


@pytest.mark.parametrize("key", [step.key for step in STEPS])
def test_has_a_test_file_for_each_step(key):
    folder = ROOT / "tests" / "steps"
    assert (folder / f"test_{key}.py").is_file() or list((folder / key).glob("test_*.py"))


def test_has_a_test_that_names_each_url():
    names = {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert len(names) > 10
    tests = "\n".join(path.read_text() for path in tracked("tests/pages/*.py", "tests/flows/*.py"))
    assert sorted(name for name in names if f'"{name}"' not in tests) == []


def test_registers_the_applications_of_production_at_the_sandbox():
    assert [sorted(permissions) for _name, permissions in stack.APPS.values()] == [
        sorted(size.names) for size in consent_sizes.SIZES
    ]
    assert list(stack.APPS) == [keys.CLIENT_ID, keys.SCOPED_CLIENT_ID, keys.MONITOR_CLIENT_ID]


def test_describes_every_setting_that_the_environment_gives():
    used = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "config" / "settings.py").read_text()))
    assert len(used) > 15
    told = (ROOT / "README.md").read_text()
    # STATIC_ROOT is for images that want another place; nobody who runs the product sets it
    assert sorted(name for name in used - {"STATIC_ROOT"} if f"`{name}`" not in told) == []


def test_puts_no_host_into_a_lock():
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-clients.lock"):
        lines = (ROOT / name).read_text().splitlines()
        assert [line for line in lines if "://" in line] == []
        assert any("--hash=sha256:" in line for line in lines)


def test_keeps_secrets_and_other_peoples_lock_files_out_of_the_repository():
    names = {path.name for path in tracked()}
    assert names & {".env", "uv.lock", "pylock.toml", "db.sqlite3"} == set()


FIELDS = ("onboarding.models.text", "onboarding.models.clock")
"""Where the fields of tables and the database's clock are: a table cannot be told without them."""
SPELLING = "graphclient.names"
"""How DNS names are spelled, which a standard says: one migration has respelled what was stored."""


def test_lets_a_migration_stand_alone():
    """What the product makes of a row changes with it; what a migration has made of it stays as it was."""
    files = tracked("onboarding/migrations/*.py")
    assert files
    ours = {
        f"{path.name}: {name}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else _imported(node))
        if name.partition(".")[0] in ("onboarding", "graphclient") and name not in (*FIELDS, SPELLING)
    }
    assert ours == set()


def _imported(node: ast.AST) -> list[str]:
    return [each.name for each in node.names] if isinstance(node, ast.Import) else []
