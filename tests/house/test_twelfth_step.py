# ruff: noqa: S603 - the commands are written right here
"""A step is one folder, one template, one test folder and one word: each part that is missing is found by its name."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from onboarding.causes.base import Cause, Owner
from onboarding.domain.evidence import Evidence
from onboarding.steps import STEPS
from onboarding.steps.base import Step
from onboarding.steps.stages import EVERYBODY

from .step_parts import missing_parts

ROOT = Path(__file__).resolve().parent.parent.parent
TWELFTH = Path(__file__).parent / "twelfth"


class FarewellEvidence(Evidence):
    step: ClassVar[str] = "farewell"


class Farewell(Step[None]):
    """A step that declares all there is to declare."""

    key: ClassVar[str] = "farewell"
    title: ClassVar[str] = "Farewell"
    stage = EVERYBODY
    fresh_for: ClassVar[timedelta] = timedelta(days=1)
    evidence = FarewellEvidence
    causes = (Cause("not_waved", Owner.CUSTOMER, "Not waved.", "Please wave.", by_link=True),)
    forms: ClassVar[dict[str, Any]] = {"not_waved": object}

    def read(self, tenant, desired):
        return None

    def assess(self, desired, facts):
        raise AssertionError("only what it declares is looked at")


FILES = [
    "onboarding/steps/farewell/step.py",
    "onboarding/steps/farewell/evidence.py",
    "onboarding/steps/farewell/causes.py",
    "onboarding/steps/farewell/form.py",
    "templates/steps/farewell.html",
    "tests/steps/farewell/test_*.py",
]


@pytest.mark.parametrize("step", STEPS, ids=[step.key for step in STEPS])
def test_has_every_part_of_each_step(step):
    assert missing_parts(step, ROOT, STEPS) == []


def test_names_each_file_and_the_word_that_a_made_up_step_lacks(tmp_path):
    assert missing_parts(Farewell(), tmp_path, STEPS) == [*FILES, "a word in STEPS for Farewell"]


@pytest.mark.parametrize("file", FILES)
def test_misses_one_file_alone(tmp_path, file):
    shutil.copytree(TWELFTH, tmp_path, dirs_exist_ok=True)
    [found] = list(tmp_path.glob(file))
    found.unlink()
    assert missing_parts(Farewell(), tmp_path, [*STEPS, Farewell()]) == [file]


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"title": ""}, ["Made.title"]),
        ({"stage": None}, ["Made.stage"]),
        ({"fresh_for": None}, ["Made.fresh_for"]),
        ({"evidence": Evidence}, ["Made.evidence"]),
        ({"forms": {"other": object}}, ["a cause for the form of other"]),
        ({"causes": (Cause("not_waved", Owner.CS, ""),)}, ["the words of not_waved for staff"]),
        (
            {"causes": (Cause("not_waved", Owner.CUSTOMER, "Not waved."),)},
            ["the words of not_waved for the customer", "the role or the link that ends not_waved"],
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_names_what_a_step_does_not_declare(change, missing):
    made = type("Made", (Farewell,), change)()
    assert missing_parts(made, TWELFTH, [made]) == missing


@pytest.mark.thorough
def test_runs_a_twelfth_step_that_was_written_in_four_places(tmp_path):
    """A copy of the checkout with a folder, a template, a folder of tests and a word more passes the tests of these."""
    for room in ("onboarding", "graphclient", "config", "templates", "devtools", "sandbox", "tests"):
        # with what is compiled of it, but for what another process is just writing
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("twelfth", "*.pyc.*"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ("onboarding/steps/farewell", "templates/steps", "tests/steps/farewell"):
        shutil.copytree(TWELFTH / room, tmp_path / room, dirs_exist_ok=True)
    listing = tmp_path / "onboarding" / "steps" / "__init__.py"
    text = listing.read_text()
    text = text.replace("    Live(),\n", "    Live(),\n    Farewell(),\n")
    listing.write_text(
        re.sub(r"(?m)^STEPS", "from onboarding.steps.farewell.step import Farewell\n\nSTEPS", text, count=1)
    )
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'twelfth.sqlite3'}"}
    # Tables are made as the models have them: all migrations would take longer than everything else here.
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nomigrations", "tests/steps/farewell"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
