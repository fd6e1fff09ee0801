"""Who is in scope as the assignments were read last: numbers, and nothing that is kept of one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class GroupRead:
    """A group that is assigned, and how many people are direct members of it."""

    id: str
    name: str = ""
    people: int = 0


@dataclass(frozen=True)
class PersonRead:
    """A person in scope who can be chosen as test user."""

    id: str
    name: str = ""
    user_name: str = ""


@dataclass(frozen=True)
class ScopeRead:
    """What one reading of the assignments found, each person counted once.

    `is_whole`: it came to its end; until then `seen` says how many people it has met, and everything else is unknown.
    `direct`, `by_group`: who is in scope. Of them are `no_access`, who have the role "Default Access" only, and, as far
    as Graph told the attribute, `guests`, `countries` (value → people) and `no_surname`. Left out: `disabled`;
    `nested`, who are only in a group within an assigned group. `findings`: what the mappings make of whoever is in
    scope, people by the code of `causes.forecast`; `certain_to_fail`: for how many no account can be created, None
    where the mappings were not worked out.
    """

    is_whole: bool = False
    seen: int = 0
    direct: int = 0
    by_group: int = 0
    disabled: int = 0
    no_access: int = 0
    nested: int = 0
    guests: int = 0
    no_surname: int = 0
    countries: Mapping[str, int] = field(default_factory=dict)
    groups: tuple[GroupRead, ...] = ()
    nested_groups: int = 0
    findings: Mapping[str, int] = field(default_factory=dict)
    certain_to_fail: int | None = None
    sample: tuple[PersonRead, ...] = ()

    @property
    def total(self) -> int:
        """How many people are in scope."""
        return self.direct + self.by_group
