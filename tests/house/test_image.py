# ruff: noqa: S603 - the commands are written right here
"""The production image holds what the product needs, and nothing that only developers run."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.conf import settings

from devtools.commands.check import production
from onboarding.management.commands.healthy import CHECKS

from .test_layout import ROOT, tracked

DOCKERFILE = (ROOT / "Dockerfile").read_text()
COPIED = [path for line in re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", DOCKERFILE) for path in line.split()]
PRODUCT = {"manage.py", "requirements.lock", "config", "graphclient", "onboarding", "templates"}
DEVELOPERS = {"devtools", "sandbox", "tests", "bench", "examples", ".ci"}
IMPORT_EVERYTHING = """
import importlib, pathlib, sys
import django
django.setup()
for path in pathlib.Path().rglob("*.py"):
    if len(path.parts) > 1:
        importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
print(*sorted({str(getattr(module, "__file__", "")) for module in sys.modules.values()}), sep="\\n")
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder /app of the image before anything is run there."""
    folder = tmp_path_factory.mktemp("app")
    for path in tracked(*COPIED):
        place = folder / path.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
    return folder


def run_in(image: Path, *command: str) -> str:
    done = subprocess.run(
        command,
        cwd=image,
        env={**production(), "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_copies_the_product_only():
    assert set(COPIED) == PRODUCT
    inside = {part for path in tracked(*COPIED) for part in path.relative_to(ROOT).parts}
    assert inside & DEVELOPERS == set()


def test_shows_the_builder_no_more_than_is_copied():
    lines = (ROOT / ".dockerignore").read_text().split()
    assert lines[0] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == PRODUCT


def test_names_nothing_of_developers_in_what_runs_there():
    for name in ("Dockerfile", "docker-compose.yml"):
        assert re.findall(rf"\b({'|'.join(DEVELOPERS - {'.ci'})})\b", (ROOT / name).read_text()) == []


@pytest.mark.thorough
def test_is_complete(image):
    assert "no issues" in run_in(image, sys.executable, "manage.py", "check")


def imported_by(path: Path) -> set[str]:
    """The first names of what a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(str(node.module).partition(".")[0])
    return found


def test_imports_only_what_is_locked():
    names = {name for path in tracked(*COPIED) if path.suffix == ".py" for name in imported_by(path)}
    owners = packages_distributions()
    theirs = names - sys.stdlib_module_names - PRODUCT - {"__future__"}
    locked = {canonical(name) for name in re.findall(r"(?m)^([\w.-]+)==", (ROOT / "requirements.lock").read_text())}
    assert {
        name: owners.get(name) for name in theirs if not {canonical(o) for o in owners.get(name, [])} & locked
    } == {}


@pytest.mark.thorough
def test_imports_nothing_from_beside_the_image(image):
    files = run_in(image, sys.executable, "-c", IMPORT_EVERYTHING).splitlines()
    assert sum(file.startswith(str(image)) for file in files) > 100
    assert [file for file in files if file.startswith(str(ROOT)) and "/.venv/" not in file] == []


@pytest.mark.thorough
def test_compiles_the_translations_without_devtools(image):
    for command in re.findall(r"pybabel (.+) && \\", DOCKERFILE):
        run_in(image, str(Path(sys.executable).parent / "pybabel"), *shlex.split(command))
    compiled = {path.with_suffix("") for path in image.rglob("*.mo")}
    assert compiled == {path.with_suffix("") for path in image.rglob("*.po")} != set()


def test_asks_for_the_health_of_each_process():
    asked = re.findall(r"CMD, python, manage\.py, healthy, (\w+)\]", (ROOT / "docker-compose.yml").read_text())
    assert asked == list(CHECKS)


def test_runs_a_worker_with_the_flags_that_developers_have():
    """Gossip and events would let a broadcast reach a worker."""
    composed = (ROOT / "docker-compose.yml").read_text()
    for flag in ("--without-gossip", "--without-mingle", "--without-heartbeat"):
        assert flag in composed
        assert flag in (ROOT / "devtools" / "stack" / "stack.py").read_text()


def test_lets_the_database_take_the_connections_of_all_workers():
    """Each thread of a worker has one; pages and beat need some, too."""
    composed = (ROOT / "docker-compose.yml").read_text()
    [workers] = re.findall(r"replicas: \$\{WORKER_PROCESSES:-(\d+)\}", composed)
    [connections] = re.findall(r"max_connections=(\d+)", composed)
    assert int(workers) * settings.CELERY_WORKER_CONCURRENCY + 20 <= int(connections)
