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


@dataclass(frozen=True)
class ScopeEvidence(Evidence):
    """How many people are in scope and why; disabled people and nested groups are counted apart and left out.

    `sync_all`: the job takes the whole directory, so that nobody knows the total.
    """

    step: ClassVar[str] = "scope"

    total: int = 0
    direct: int = 0
    by_group: int = 0
    groups: tuple[AssignedGroup, ...] = ()
    nested_groups: int = 0
    guests: int = 0
    disabled: int = 0
    sync_all: bool = False
    sample: tuple[SampledPerson, ...] = ()
