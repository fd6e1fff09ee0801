"""The soak: that it can be called, and that each of its objections can be raised."""

from __future__ import annotations

import copy
import subprocess
from pathlib import Path
from typing import Any

import pytest

from devtools.commands import soak

ROOT = Path(__file__).resolve().parent.parent.parent
WELL: dict[str, Any] = {
    "customers": [{"name": "Contoso", "live": True, "verdict": "live done", "broken": []}],
    "faults": {"kill_worker": 1},
    "missed": {},
    "worker": {"megabytes": [100, 100], "growth": soak.MOST_GROWTH},
    "violations": [],
    "fallen": [],
}


def test_is_a_command_with_its_minutes():
    told = subprocess.run(
        ["make", "-n", "soak", "MINUTES=3"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    words = told.strip().splitlines()[-1].partition("devtools.commands.soak")[2].split()
    assert soak.arguments(words).minutes == 3


def test_has_something_to_do_when_it_is_told_nothing():
    wanted = soak.arguments([])
    assert (wanted.minutes, wanted.users > 1) == (10, True)


def test_objects_to_nothing_when_all_is_well():
    assert soak.objections(WELL) == []


@pytest.mark.parametrize(
    ("part", "value", "says"),
    [
        ("problem", "Nothing moved for too long", "Nothing moved"),
        ("customers", [], "no customer"),
        ("faults", {}, "nothing was made to fail"),
        ("missed", {"jump": 1}, "met nobody on the way: jump"),
        ("violations", [{"tenant": "x"}], "1 violations"),
        ("fallen", ["beat"], "ended by itself: beat"),
        ("worker", {"megabytes": [], "growth": soak.MOST_GROWTH + 0.01}, "the worker has grown"),
    ],
)
def test_objects_to_a_run_where(part, value, says):
    (objection,) = soak.objections({**WELL, part: value})
    assert says in objection


@pytest.mark.parametrize(
    ("part", "value", "says"),
    [
        ("live", False, "is not live"),
        ("broken", ["Contoso: I1: 2 jobs"], "I1: 2 jobs"),
    ],
)
def test_objects_to_a_customer_where(part, value, says):
    result = copy.deepcopy(WELL)
    result["customers"][0][part] = value
    (objection,) = soak.objections(result)
    assert says in objection


def test_judges_the_memory_of_one_process_by_its_last_third():
    grown = soak.Memory(1, [100.0] * 10 + [120.0] * 10 + [150.0] * 10)
    assert grown.growth == 1.5
    assert soak.Memory(1, [100.0, 900.0]).growth == 0


def test_begins_the_memory_anew_with_another_process():
    memory = soak.Memory(1, [100.0] * 9)
    memory.look(2**30)  # more than any system gives to a process
    assert memory.samples == []
