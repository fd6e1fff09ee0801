"""The tests about forged answers as plain calls: each with its parameters and fixtures, any number of times a run."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from django.db import transaction

NOTICED = (Exception, pytest.fail.Exception)
Fixtures = Callable[[], Mapping[str, Callable[[], Any]]]


@dataclass(frozen=True)
class Probe:
    """One test with one set of its parameters. Those that ask for a fixture we do not have are none."""

    test: Callable[..., None]
    parameters: Mapping[str, Any]

    def notices(self, fixtures: Fixtures) -> bool:
        """Whether the test fails now. What it leaves in the database is rolled back."""
        with transaction.atomic():
            try:
                self.test(**self._given(fixtures()))
            except NOTICED:
                return True
            finally:
                transaction.set_rollback(True)
        return False

    def _given(self, fixtures: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
        wanted = inspect.signature(self.test).parameters
        return {name: self.parameters[name] if name in self.parameters else fixtures[name]() for name in wanted}


def probes(modules: Iterable[ModuleType], fixtures: Iterable[str]) -> list[Probe]:
    """Those tests of the modules that need these fixtures and no others: each with its first parameters, then each with
    its second, and so on.
    """
    known = set(fixtures)
    found = [
        [Probe(test, parameters) for parameters in _parameter_sets(test)]
        for module in modules
        for name, test in vars(module).items()
        if name.startswith("test_") and not hasattr(test, "hypothesis") and not _needs_threads(test)
    ]
    in_turn = [probe for row in itertools.zip_longest(*found) for probe in row if probe]
    return [each for each in in_turn if set(inspect.signature(each.test).parameters) <= known | set(each.parameters)]


def those_first(likely: str, among: Iterable[Probe]) -> list[Probe]:
    """All of them; those whose test has a name that matches `likely` are asked first, which is only for speed."""
    return sorted(among, key=lambda probe: not re.search(likely, probe.test.__name__))


def _needs_threads(test: Callable[..., None]) -> bool:
    return any(mark.name == "django_db" and mark.kwargs.get("transaction") for mark in _marks(test))


def _parameter_sets(test: Callable[..., None]) -> Iterator[dict[str, Any]]:
    marks = [mark for mark in _marks(test) if mark.name == "parametrize"]
    for chosen in itertools.product(*(mark.args[1] for mark in marks)):
        given: dict[str, Any] = {}
        for mark, values in zip(marks, chosen, strict=True):
            names = (
                [name.strip() for name in mark.args[0].split(",")] if isinstance(mark.args[0], str) else mark.args[0]
            )
            given |= dict(zip(names, values if len(names) > 1 else [values], strict=True))
        yield given


def _marks(test: Callable[..., None]) -> list[Any]:
    return list(getattr(test, "pytestmark", []))
