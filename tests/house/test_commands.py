# ruff: noqa: S603, S607 - the commands are written right here
"""What the README and CI tell people to type exists."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TARGET = re.compile(r"^([a-z-]+):.*## ", re.MULTILINE)


def targets() -> set[str]:
    return set(TARGET.findall((ROOT / "Makefile").read_text()))


def commands_of(document: str) -> list[str]:
    """The first `make` target of each line in a code block or in backquotes."""
    text = (ROOT / document).read_text()
    return re.findall(r"(?:^ {4}|`)make ([a-z-]+)", text, re.MULTILINE)


def test_lists_every_target_when_make_is_called_alone():
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split()[1] for line in listed.splitlines()} == targets()


@pytest.mark.parametrize(
    "document", ["README.md", "CONTRIBUTING.md", *(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/**/*.md"))]
)
def test_tells_only_commands_that_exist(document):
    assert set(commands_of(document)) <= targets()


def test_starts_the_readme_with_the_two_commands():
    assert commands_of("README.md")[:2] == ["demo", "test"]


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_leads_to_the_words_and_the_rooms(document):
    text = (ROOT / document).read_text()
    for page in ("docs/glossary.md", "docs/architecture.md", "docs/graph-facts.md"):
        assert f"]({page})" in text


def first_cells(page: str) -> list[str]:
    """The first column of the page's tables, without their headings."""
    text = (ROOT / page).read_text()
    return [
        row.split("|")[1].strip()
        for row in re.findall(r"^\|.*\|$(?!\n\| ---)", text, re.MULTILINE)
        if "| ---" not in row
    ]


def test_explains_the_words_of_the_glossary_in_their_order():
    words = first_cells("docs/glossary.md")
    assert len(words) >= 30
    assert words == sorted(words, key=str.lower)


def test_tells_the_rooms_in_the_order_of_the_contract():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [layers] = [contract["layers"] for contract in contracts if contract.get("containers") == ["onboarding"]]
    told = [re.findall(r"`(\w+)/?`", cell) for cell in first_cells("docs/architecture.md")]
    assert [rooms for rooms in told if rooms] == [layer.split(" | ") for layer in layers]


@pytest.mark.parametrize("target", ["setup", "demo", "rehearse", "test", "check"])
def test_has_a_recipe_that_make_can_read(target):
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_lets_ci_run_what_people_run():
    text = (ROOT / ".ci" / "run").read_text()
    assert "make check\n" in text
    assert "make test\n" in text
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
