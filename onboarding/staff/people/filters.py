"""Filters of people as forms and addresses carry them: what was searched for cannot be read in an address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpRequest, QueryDict

from onboarding.domain.input_fields import searched
from onboarding.domain.standings import InHaiilo, Scope, Standing
from onboarding.models import Onboarding
from onboarding.staff.people.wanted import Filter
from onboarding.web import access, hidden_text

Hide = Callable[[str], str]


def seals(request: HttpRequest, onboarding: Onboarding) -> tuple[Hide, Hide]:
    """How texts are put into addresses of these pages, and taken out again."""
    whose: Mapping[str, Any] = {"onboarding": onboarding, "reader": access.staff(request).pk}
    return partial(hidden_text.hidden, **whose), partial(hidden_text.opened, **whose)


def filter_of(data: QueryDict, search: str = "") -> Filter:
    """What was sent, as far as it is known."""
    standing = data.get("standing", "")
    wanted = Filter(
        standing=standing if standing in Standing.values else "",
        finding=searched(data, "finding"),
        differs=searched(data, "differs"),
        search=search,
    )
    return replace(wanted, **_of_cause(data)) if data.get("of_cause") else wanted


def _of_cause(data: QueryDict) -> dict[str, str]:
    """What tells a group of a cause, beside its standing."""
    scope, word = data.get("scope", ""), data.get("in_haiilo", "")
    return {
        "of_cause": "1",
        **{name: searched(data, name) for name in ("code", "mark", "lacking")},
        "scope": scope if scope in Scope.values else "",
        "in_haiilo": word if word in InHaiilo.values else "",
    }


def query_of(wanted: Filter, hide: Hide) -> dict[str, str]:
    """The filter for an address."""
    open_ = {name: value for name, value in vars(replace(wanted, search="")).items() if value}
    return {**open_, "s": hide(wanted.search)} if wanted.search else open_
