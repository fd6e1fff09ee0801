"""How Microsoft may answer: the settings themselves, in the world and in one tenant."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

import sandbox
from sandbox import reality
from sandbox.reality import Mark, Reality

from ..conftest import Entra, RunningSandbox

ROOMS = Path(sandbox.__file__).parent
SETTINGS = reality.settings()


def texts(path: Path) -> set[str]:
    """Every text and every keyword of a module."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    found = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return found | {node.arg for node in nodes if isinstance(node, ast.keyword) and node.arg}


TESTED = set[str]().union(*(texts(path) for path in ROOMS.parent.glob("tests/sandbox/reality/test_*.py")))


def test_a_tenant_answers_as_the_world_does_unless_it_says_otherwise(slow: RunningSandbox) -> None:
    own, other = slow.tenant(), slow.tenant(reality={"counts": "pairs"})
    slow.control("POST", "/reality", {"counts": "none", "progress": "none"})
    later = slow.tenant()
    shown = [each.control("GET", "/reality") for each in (own, other, later)]
    assert [(each["counts"], each["progress"]) for each in shown] == [
        ("none", "none"),
        ("pairs", "none"),
        ("none", "none"),
    ]


@pytest.mark.parametrize("wrong", [{"no_such": "x"}, {"counts": "no such"}, {"counts": 1}])
def test_takes_no_setting_and_no_value_that_there_is_not(entra: Entra, wrong: dict[str, Any]) -> None:
    before = entra.control("GET", "/reality")
    entra.control("POST", "/reality", wrong, expect=400)
    assert entra.control("GET", "/reality") == before


def test_lists_every_setting_with_its_values_and_how_sure_they_are(running: RunningSandbox) -> None:
    listed = running.control("GET", "/reality")
    assert set(listed) == set(SETTINGS)
    marks = {each["mark"] for row in listed.values() for each in row["values"].values()}
    assert marks == {mark.value for mark in Mark}


@pytest.mark.parametrize("name", SETTINGS)
def test_names_a_source_for_whatever_is_not_unconfirmed(name: str) -> None:
    setting = SETTINGS[name]
    assert setting.about.endswith("?")
    for value in [*setting.values.values(), *filter(None, [setting.number])]:
        assert value.seen.endswith(".")
        assert value.source or value.mark is Mark.UNCONFIRMED


@pytest.mark.parametrize("name", SETTINGS)
def test_is_asked_by_a_room_and_turned_on_by_a_test(name: str) -> None:
    rooms = [path.read_text() for path in ROOMS.rglob("*.py") if path.parent.name != "reality"]
    assert any(re.search(rf"\breality\.{name}\b", text) for text in rooms)
    assert name in TESTED
    assert getattr(Reality(), name) in SETTINGS[name].values or SETTINGS[name].number is not None


@pytest.mark.parametrize("name", SETTINGS)
def test_turns_every_value_on_that_is_not_the_default(name: str) -> None:
    assert set(SETTINGS[name].values) - {getattr(Reality(), name)} <= TESTED
