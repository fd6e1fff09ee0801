"""How far the assignments of one application were read, and what was counted: a value that is kept with the onboarding.

It names groups, and no person.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from onboarding.domain.scope_read import GroupRead, PersonRead, ScopeRead

FINDING, CERTAIN_TO_FAIL = "finding:", "certain_to_fail"
"""Names of numbers in the tally; a finding's goes on with its code."""
AT_ONCE = 20  # groups whose first pages are asked for in one request


class Phase(enum.StrEnum):
    """What is read next."""

    ASSIGNED = "assigned"
    """Who is assigned: people by name only, and groups."""
    GROUPS = "groups"
    """The members of groups."""
    PEOPLE = "people"
    """People assigned directly whom no group has told more of."""
    NAMES = "names"
    """Nothing: who would have one user name is looked for in the rows."""
    LEAVING = "leaving"
    """Nothing: who was not met is out of scope now."""
    WHOLE = "whole"
    """The reading came to its end."""


@dataclass
class GroupPlace:
    """A group whose members are read. `no_access`: assigned with the role "Default Access" only; `nested`: not assigned
    itself, but a member of one that is; `link`: where to go on in it.
    """

    id: str
    name: str = ""
    no_access: bool = False
    nested: bool = False
    people: int = 0
    link: str = ""
    is_read: bool = False


@dataclass
class Place:
    """One reading of `application`. `began` stands in each row that it has met (`Person.scope_at`).

    `link`: where to go on in a list; `after`: the last row whose person was asked for; `in_directory`: how many people
    the directory has, None where that is not told. `left_out`: the ids of the roles that are "Default Access".
    `refused`: how many links in a row Graph did not take. `recipe`: by which mappings people are worked out, empty in a
    reading of an earlier release; `stopped`: the targets whose expression had to be stopped for somebody.
    `judged`: what followed from Microsoft's answers, by mark (`people.judging`), handed on to the next reading.
    """

    application: str
    began: datetime
    phase: Phase = Phase.ASSIGNED
    link: str = ""
    after: int = 0
    in_directory: int | None = None
    by_pages: bool | None = None
    left_out: frozenset[str] = frozenset()
    refused: int = 0
    recipe: str = ""
    stopped: list[str] = field(default_factory=list)
    judged: dict[str, Any] = field(default_factory=dict)
    groups: dict[str, GroupPlace] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Place | None:
        """What `to_json` made; None where nothing was read yet."""
        if not stored:
            return None
        told = dict(stored)
        groups = [GroupPlace(**each) for each in told.pop("groups", ())]
        return cls(
            application=told.pop("application"),
            began=datetime.fromisoformat(told.pop("began")),
            phase=Phase(told.pop("phase")),
            left_out=frozenset(told.pop("left_out", ())),
            groups={group.id: group for group in groups},
            tally=Counter(told.pop("tally", {})),
            countries=Counter(told.pop("countries", {})),
            **told,
        )

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept, without what is empty."""
        told = {name: value for name, value in vars(self).items() if value not in ("", 0, None) or value is False}
        told |= {"began": self.began.isoformat(), "phase": str(self.phase), "left_out": sorted(self.left_out)}
        told |= {"tally": dict(self.tally), "countries": dict(self.countries)}
        groups = [{name: value for name, value in vars(each).items() if value} for each in self.groups.values()]
        return told | {"groups": groups}

    @property
    def is_open(self) -> bool:
        """Whether there is more to read."""
        return self.phase is not Phase.WHOLE

    def assign(self, group_id: str, name: str, *, no_access: bool) -> None:
        """A group is assigned; one good role is enough."""
        group = self.groups.setdefault(group_id, GroupPlace(group_id, name, no_access))
        group.no_access = group.no_access and no_access

    def nest(self, group_id: str, name: str) -> None:
        """A group is a member of one that is read."""
        self.groups.setdefault(group_id, GroupPlace(group_id, name, nested=True))

    def next_groups(self) -> list[GroupPlace]:
        """Whose members to ask for now: the next page of one, or the first pages of some; nobody where all are read."""
        waiting = [group for group in self.groups.values() if not group.is_read]
        begun = next((group for group in waiting if group.link), None)
        return [begun] if begun is not None else waiting[:AT_ONCE]

    def read(self, sample: Iterable[PersonRead] = ()) -> ScopeRead:
        """What was counted."""
        groups = self.groups.values()
        assigned = (GroupRead(group.id, group.name, group.people) for group in groups if not group.nested)
        return ScopeRead(
            is_whole=not self.is_open,
            countries=dict(self.countries),
            groups=tuple(assigned),
            nested_groups=sum(group.nested for group in groups),
            findings=self._findings(),
            certain_to_fail=self.tally[CERTAIN_TO_FAIL] if self.recipe else None,
            sample=tuple(sample),
            **{name: self.tally[name] for name in COUNTS},
        )

    def _findings(self) -> dict[str, int]:
        found = {name: people for name, people in self.tally.items() if name.startswith(FINDING) and people}
        return {name.removeprefix(FINDING): people for name, people in found.items()}


COUNTS = ("seen", "direct", "by_group", "disabled", "no_access", "nested", "guests", "no_surname")
