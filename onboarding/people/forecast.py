"""What will become of everybody in scope, before anything is started. Pure: no tables, no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from onboarding.causes.forecast import Code
from onboarding.expressions.values import NotEvaluated, Person, Why
from onboarding.people.recipe import Finding, Made, Recipe


@dataclass(frozen=True)
class Doubled:
    """People who would have one user name, where capitals do not count; `user_name` is written as the first one's."""

    user_name: str
    people: tuple[str, ...]


@dataclass(frozen=True)
class CountryMade:
    """A value of the country, byte for byte (empty for none), and how many people have it.

    `is_group`: whether Haiilo has a group of that name; None where its groups are not known.
    """

    value: str
    people: int
    is_group: bool | None


@dataclass(frozen=True)
class Forecast:
    """What becomes of each person, by the id that was given.

    `countries`: the most frequent first; empty where the product takes no group from the country. `unknown`: for how
    many people the value of a target is not known. Nobody with an unknown value is certain to fail because of it.
    """

    made: Mapping[str, Made]
    doubled: tuple[Doubled, ...] = ()
    countries: tuple[CountryMade, ...] = ()
    unknown: Mapping[str, int] | None = None

    @property
    def certain_to_fail(self) -> frozenset[str]:
        """People for whom no account can be created as their data is."""
        return frozenset(person for person, made in self.made.items() if made.certain_to_fail)

    @property
    def counts(self) -> Mapping[Code, int]:
        """How many people each finding is about."""
        return Counter(code for made in self.made.values() for code in {finding.code for finding in made.findings})


def forecast(recipe: Recipe, people: Iterable[tuple[str, Person]], now: datetime | None = None) -> Forecast:
    """Work everybody out: an id, and the attributes by Entra's names (`attributes.attributes_of`).

    An expression that had to be stopped for one person is not tried for the next ones.
    """
    made: dict[str, Made] = {}
    for person, attributes in people:
        made[person] = recipe.made_of(attributes, now)
        for target, problem in stopped(made[person]):
            recipe = recipe.without(target, problem)
    doubled = _doubled(made)
    return Forecast(
        _told(made, doubled),
        doubled,
        _countries(recipe, made),
        Counter(target for each in made.values() for target in each.unknown),
    )


def stopped(made: Made) -> list[tuple[str, NotEvaluated]]:
    """Targets whose expression had to be stopped for this person, so that it must not be tried for others."""
    problems = [(target, value) for target, value in made.values.items() if isinstance(value, NotEvaluated)]
    return [(target, value) for target, value in problems if value.why is Why.TOO_SLOW]


def _doubled(made: Mapping[str, Made]) -> tuple[Doubled, ...]:
    by_name: dict[str, list[str]] = {}
    for person, each in made.items():
        if each.user_name is not None:
            by_name.setdefault(each.user_name.lower(), []).append(person)
    several = (people for people in by_name.values() if len(people) > 1)
    return tuple(Doubled(made[people[0]].user_name or "", tuple(people)) for people in several)


def _told(made: dict[str, Made], doubled: Iterable[Doubled]) -> dict[str, Made]:
    """Each person with what is found only beside the others."""
    added = {
        person: Finding(Code.DOUBLED_USER_NAME, value=each.user_name) for each in doubled for person in each.people
    }
    return {
        person: Made(each.values, (*each.findings, added[person]), each.user_name, each.country)
        if person in added
        else each
        for person, each in made.items()
    }


def _countries(recipe: Recipe, made: Mapping[str, Made]) -> tuple[CountryMade, ...]:
    if not recipe.decided_by_country:
        return ()
    counted = Counter(each.country for each in made.values() if each.country is not None)
    groups = recipe.groups
    return tuple(
        CountryMade(value, number, None if groups is None else value in groups)
        for value, number in counted.most_common()
    )
