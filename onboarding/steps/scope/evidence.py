"""Who gets an account, counted from the assignments of the application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from onboarding.domain.evidence import Evidence


@dataclass(frozen=True)
class AssignedGroup:
    """A group that is assigned, and how many people are direct members of it."""

    id: str = ""
    name: str = ""
    members: int = 0


@dataclass(frozen=True)
class SampledPerson:
    """A person in scope who can be chosen as test user."""

    id: str = ""
    name: str = ""
    user_name: str = ""


def ends_shown(text: str) -> str:
    """`text` with a sign for each blank before and behind it, which nobody would see."""
    bare = text.strip()
    before, _bare, after = text.partition(bare) if bare else (text, "", "")
    return "\u2423" * len(before) + bare + "\u2423" * len(after)


@dataclass(frozen=True)
class CountryInEntra:
    """A value of the attribute `country`, byte for byte, and how many people in scope have it; empty for none."""

    value: str = ""
    people: int = 0


@dataclass(frozen=True)
class FindingSeen:
    """Something odd about the data (`causes.forecast.Code`), and how many people in scope it is about."""

    code: str = ""
    people: int = 0


@dataclass(frozen=True)
class ScopeEvidence(Evidence):
    """How many people are in scope and why, each counted once.

    Of them `no_access` have the role "Default Access" only. Counted apart and left out: disabled people, and
    `nested_people`, who are only in groups within assigned groups (`nested_groups`).
    `countries`: the values that decide the group in Haiilo, the most frequent first; empty where the product takes
    none. `no_surname`: people without a last name. Both are of those whose attributes were read. `sync_all`: the job
    takes the whole directory, so that nobody knows the total. `findings`: what the mappings make of whoever is in
    scope, the most frequent first; `certain_to_fail`: for how many no account can be created as their data is, None
    where that was not worked out.
    """

    step: ClassVar[str] = "scope"

    total: int = 0
    direct: int = 0
    by_group: int = 0
    groups: tuple[AssignedGroup, ...] = ()
    nested_groups: int = 0
    nested_people: int = 0
    no_access: int = 0
    guests: int = 0
    disabled: int = 0
    sync_all: bool = False
    countries: tuple[CountryInEntra, ...] = ()
    no_surname: int = 0
    findings: tuple[FindingSeen, ...] = ()
    certain_to_fail: int | None = None
    sample: tuple[SampledPerson, ...] = ()
    is_past: bool = False

    @property
    def counted(self) -> int | None:
        """How many are in scope by this count; None where nobody knows."""
        return None if self.sync_all or self.is_past else self.total
