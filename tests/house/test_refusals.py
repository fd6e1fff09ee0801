# ruff: noqa: S603 - the commands are written right here
"""How each process starts: it refuses settings that are for sandboxes, and a production without its keys."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from devtools.commands.check import production

from .test_layout import ROOT

pytestmark = pytest.mark.thorough
PROCESSES = {
    "web": "import config.wsgi",
    "worker and beat": "import config.celery; config.celery.app.finalize(); config.celery.app.conf.broker_url",
}
COLLECTS = re.search(r"env ((?:\w+=\S+[ \\\n]+)+)python manage\.py collectstatic", (ROOT / "Dockerfile").read_text())


def started(code: str, environment: dict[str, str]) -> str:
    """What the process has to say, empty when it starts."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return done.stderr if done.returncode else ""


@pytest.mark.parametrize("process", PROCESSES)
def test_starts_with_what_production_sets(process):
    assert started(PROCESSES[process], production()) == ""


def test_has_the_collector_leave_alone_what_pages_have_loaded():
    asked = "import gc; assert gc.get_freeze_count() > len(gc.get_objects())"
    assert started(f"{PROCESSES['web']}; {asked}", production()) == ""


@pytest.mark.parametrize("process", PROCESSES)
def test_does_not_start_with_a_sandbox_in_production(process):
    said = started(PROCESSES[process], {**production(), "SANDBOX_URL": "http://127.0.0.1:9400", "PACE": "60"})
    assert "SANDBOX_URL is set but DEBUG is off." in said


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"PACE": "60"}, "PACE is for the sandbox only."),
        ({"ENCRYPTION_KEYS": ""}, "ENCRYPTION_KEYS is not set."),
        ({"ENTRA_CLIENT_ID": ""}, "ENTRA_CLIENT_ID is not set."),
        ({"ENTRA_PRIVATE_KEY": "", "ENTRA_CERTIFICATE": ""}, "ENTRA_PRIVATE_KEY is not set. ENTRA_CERTIFICATE is not"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set."),
    ],
)
def test_names_what_is_wrong(changed, sentence):
    assert sentence in started(PROCESSES["web"], {**production(), **changed})


def test_collects_static_files_with_what_the_dockerfile_gives():
    assert COLLECTS
    given = dict(each.split("=") for each in COLLECTS[1].replace("\\", " ").split())
    path = {"PATH": production()["PATH"]}
    assert started("import config.settings", {**path, **given}) == ""
