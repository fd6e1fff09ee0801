"""The hooks before a commit run checks that `make check` runs, and fetch nothing."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
import yaml

from devtools.commands import check

from .test_layout import ROOT


def hooks() -> list[dict[str, Any]]:
    text = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [group["repo"] for group in text["repos"]] == ["local"]
    return list(text["repos"][0]["hooks"])


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook["id"])
def test_runs_a_check_of_make_check(hook):
    python, *module, name = shlex.split(hook["entry"])
    assert (python, module) == (".venv/bin/python", ["-m", "devtools.commands.check"])
    assert hook["language"] == "system"
    assert name == hook["name"]
    assert name in [known for known, _check in check.checks()]


def test_runs_only_the_checks_that_are_named(capsys):
    assert check.main(["locks"]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("ok")] == ["ok     locks"]


def test_names_the_checks_for_one_that_does_not_exist():
    with pytest.raises(SystemExit, match=r"There is no check “lints”\. There are: format, lint, "):
        check.main(["lints"])
