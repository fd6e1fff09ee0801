"""What a step consists of, and which of its parts a checkout lacks, each by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from onboarding.causes.base import Cause, Owner
from onboarding.domain.evidence import Evidence
from onboarding.steps.base import Step
from onboarding.steps.stages import STAGES


def missing_parts(step: Step[Any], root: Path, steps: Sequence[Step[Any]]) -> list[str]:
    """The parts of `step` that the checkout at `root` lacks, and what the step does not declare."""
    return [*_missing_files(step, root), *_missing_word(step, steps), *_undeclared(step), *_wordless(step)]


def _missing_files(step: Step[Any], root: Path) -> Iterator[str]:
    folder = root / "onboarding" / "steps" / step.key
    names = ["step.py", "evidence.py"]
    names += ["causes.py"] if step.causes else []
    names += ["form.py"] if step.forms or step.always else []
    for name in names:
        if not (folder / name).is_file():
            yield f"onboarding/steps/{step.key}/{name}"
    if not (root / "templates" / "steps" / f"{step.key}.html").is_file():
        yield f"templates/steps/{step.key}.html"
    if not list((root / "tests" / "steps" / step.key).glob("test_*.py")):
        yield f"tests/steps/{step.key}/test_*.py"


def _missing_word(step: Step[Any], steps: Sequence[Step[Any]]) -> Iterator[str]:
    if step.key not in {each.key for each in steps}:
        yield f"a word in STEPS for {type(step).__name__}"


def _undeclared(step: Step[Any]) -> Iterator[str]:
    name = type(step).__name__
    if not str(getattr(step, "title", "")):
        yield f"{name}.title"
    if getattr(step, "stage", None) not in STAGES:
        yield f"{name}.stage"
    if not isinstance(getattr(step, "fresh_for", None), timedelta):
        yield f"{name}.fresh_for"
    evidence = step.evidence
    if evidence is Evidence or not issubclass(evidence, Evidence):
        yield f"{name}.evidence"
        return
    if getattr(evidence, "step", None) != step.key:
        yield f"{evidence.__name__}.step"
    for field in dataclasses.fields(evidence):
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            yield f"a default of {evidence.__name__}.{field.name}"


def _wordless(step: Step[Any]) -> Iterator[str]:
    known = {cause.code for cause in step.causes}
    for code in step.forms:
        if code not in known:
            yield f"a cause for the form of {code}"
    for cause in step.causes:
        yield from _wordless_cause(cause)


def _wordless_cause(cause: Cause) -> Iterator[str]:
    if not cause.staff:
        yield f"the words of {cause.code} for staff"
    if cause.owner is Owner.CUSTOMER and not cause.customer:
        yield f"the words of {cause.code} for the customer"
    # where the words hand through Microsoft's code, the entry of that code names the act
    hands_through = "%(advice)s" in str(cause.customer)
    if cause.owner is Owner.CUSTOMER and not (cause.needs or cause.by_link or hands_through):
        yield f"the role or the link that ends {cause.code}"
