"""Where onboardings stand, for machines."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from onboarding.steps import STEPS
from tests import builders

pytestmark = pytest.mark.django_db


def test_gives_one_object_for_each_that_is_asked_for(capsys):
    pks = [builders.onboarding().pk for _number in range(2)]
    call_command("report", *pks)
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [report["pk"] for report in found] == pks
    assert [step["key"] for step in found[0]["steps"]] == [step.key for step in STEPS]
    assert not found[0]["live"]


def test_answers_each_line_with_one(capsys, monkeypatch):
    first, second = (builders.onboarding().pk for _number in range(2))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{second} {first}\n\n{first}\n"))
    call_command("report")
    found = [[report["pk"] for report in json.loads(line)] for line in capsys.readouterr().out.splitlines()]
    assert found == [[second, first], [], [first]]


def test_says_that_there_is_none():
    with pytest.raises(CommandError, match="no onboarding 999"):
        call_command("report", 999)
