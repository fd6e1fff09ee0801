"""One fault, one file: each declares its switch once, is described once, and has a test that turns it on."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import sandbox
from sandbox import faults
from sandbox.faults.fault import Fault

ROOT = Path(sandbox.__file__).parent
FILES = sorted(path.stem for path in (ROOT / "faults").glob("f[0-9]*.py"))
DOCUMENT = ROOT.parent / "docs" / "sandbox.md"


def constants(path: Path) -> list[str]:
    """Every text in a module."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def turned_on_by(node: ast.AST) -> Iterator[str]:
    """Keys that a test gives by name, in a table, or to the rig; without those that it only takes off."""
    for each in ast.walk(node):
        if isinstance(each, ast.keyword) and each.arg and getattr(each.value, "value", None) is not False:
            yield each.arg
        elif isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


@cache
def turned_on() -> dict[str, set[str]]:
    """Key → names of the tests that turn it on."""
    found: dict[str, set[str]] = {}
    for path in Path(__file__).parent.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for key in turned_on_by(node):
                    found.setdefault(key, set()).add(node.name)
    return found


@pytest.mark.parametrize("name", FILES)
def test_declares_one_fault_in_each_file_under_its_number(name: str) -> None:
    [fault] = faults.declared(name)
    assert name.startswith(f"f{int(fault.key[1:]):02}_")
    assert fault.key in faults.registry()


def test_has_no_switch_but_those_of_the_files() -> None:
    files = [*FILES, "deviations"]
    assert set(faults.registry()) == {fault.key for name in files for fault in faults.declared(name)}


def test_declares_no_key_and_no_description_twice() -> None:
    declared = [fault for name in [*FILES, "deviations"] for fault in faults.declared(name)]
    for told in ([fault.key for fault in declared], [fault.seen for fault in declared]):
        assert [text for text, count in Counter(told).items() if count > 1] == []
    texts = Counter(text for path in ROOT.rglob("*.py") for text in constants(path))
    assert {fault.key: texts[fault.seen] for fault in declared if texts[fault.seen] != 1} == {}


@pytest.mark.parametrize("fault", faults.registry().values(), ids=faults.registry())
def test_says_in_one_sentence_what_will_be_seen(fault: type[Fault]) -> None:
    assert fault.seen.endswith(".")
    assert fault.affects.text
    assert fault.in_graph
    assert fault.__doc__ != Fault.__doc__


@pytest.mark.parametrize("fault", faults.registry().values(), ids=faults.registry())
def test_does_something(fault: type[Fault]) -> None:
    """It answers a hook, or changes the tenant and undoes it."""
    hooks = {name for base in Fault.__mro__[1:-1] for name in vars(base) if not name.startswith("_")}
    answered = hooks & set(vars(fault))
    assert answered
    assert ("apply" in answered) <= ("undo" in answered)


def test_is_asked_through_hooks_by_rooms_that_know_no_fault_by_name() -> None:
    rooms = [path for path in ROOT.rglob("*.py") if path.parent.name != "faults"]
    known = set(faults.registry())
    assert [(path.name, key) for path in rooms for key in sorted(known & set(constants(path)))] == []


def test_asks_every_hook_somewhere() -> None:
    hooks = {name for base in Fault.__mro__[1:-1] for name in vars(base) if not name.startswith("_")}
    text = "\n".join(path.read_text() for path in ROOT.rglob("*.py"))
    assert [name for name in hooks if not re.search(rf"fault(\(\w+, \w+\))?\.{name}\(", text)] == []


@pytest.mark.parametrize("key", faults.registry())
def test_has_a_test_that_turns_it_on(key: str) -> None:
    tests = turned_on().get(key, set())
    if key[:1] == "F":
        tests = {name for name in tests if f"_{key.lower()}_" in name}
    assert tests


def test_is_told_in_the_document_as_it_declares_itself() -> None:
    rows = [
        f"| `{key}` | {fault.seen} | {fault.affects.text} | {fault.in_graph} |"
        for key, fault in faults.registry().items()
    ]
    told = [line for line in DOCUMENT.read_text().splitlines() if re.match(r"\| `(F\d+|[a-z_0-9]+)` \|", line)]
    assert [line for line in told if line in rows] == rows
