"""What a start of provisioning does to each person in scope: linked, created, or neither; and how many of each.

A person has to match one account at most: where a search finds several, Microsoft reports DuplicateTargetEntries
(https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-log-analytics).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from onboarding.domain.standings import SHOULD_ARRIVE, InHaiilo, Known, Told


class Prospect(enum.StrEnum):
    """Whether somebody in scope has an account in Haiilo, and whether it is certain that none can be made of their
    data. Each person in scope has one; nobody else has.
    """

    OUT = ""
    THERE = "there"
    """Is linked."""
    THERE_FAILS = "there_fails"
    ABSENT = "absent"
    """Is created."""
    ABSENT_FAILS = "absent_fails"
    UNTOLD = "untold"
    """Is created, or linked."""
    UNTOLD_FAILS = "untold_fails"
    AMBIGUOUS = "twice"
    """Fails: a search finds several accounts, of which Microsoft links none, and it creates no other."""
    AMBIGUOUS_FAILS = "twice_fails"


def prospect(known: Known, *, certain_to_fail: bool) -> Prospect:
    """What becomes of somebody when provisioning starts. An account that is switched off in Haiilo is linked too."""
    if known.scope not in SHOULD_ARRIVE:
        return Prospect.OUT
    if known.is_ambiguous:
        return Prospect.AMBIGUOUS_FAILS if certain_to_fail else Prospect.AMBIGUOUS
    if known.in_haiilo is InHaiilo.INACTIVE or known.has_account:
        return Prospect.THERE_FAILS if certain_to_fail else Prospect.THERE
    if known.in_haiilo is InHaiilo.ABSENT or known.told is Told.REMOVED:
        return Prospect.ABSENT_FAILS if certain_to_fail else Prospect.ABSENT
    return Prospect.UNTOLD_FAILS if certain_to_fail else Prospect.UNTOLD


@dataclass(frozen=True)
class Prospects:
    """How many people in scope have which prospect, as the roster counts them."""

    counts: Mapping[str, int] = field(default_factory=dict)

    def of(self, *prospects: Prospect) -> int:
        """How many have one of these."""
        return sum(self.counts.get(each, 0) for each in prospects)

    @property
    def in_scope(self) -> int:
        """Of how many it is known at all."""
        return self.of(*Prospect)

    @property
    def there(self) -> int:
        """How many are known to have an account already."""
        return self.of(Prospect.THERE, Prospect.THERE_FAILS)

    @property
    def there_failing(self) -> int:
        """How many of those cannot be changed, as their data is."""
        return self.of(Prospect.THERE_FAILS)

    @property
    def ambiguous(self) -> int:
        """How many have several accounts already, of which Microsoft links none."""
        return self.of(Prospect.AMBIGUOUS, Prospect.AMBIGUOUS_FAILS)

    @property
    def ambiguous_failing(self) -> int:
        """How many of those no account could be created for either, as their data is."""
        return self.of(Prospect.AMBIGUOUS_FAILS)

    @property
    def untold(self) -> int:
        """Of how many nobody has told whether they have an account."""
        return self.of(Prospect.UNTOLD, Prospect.UNTOLD_FAILS)
