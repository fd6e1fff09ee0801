"""Who is to be removed from Haiilo, and what the customer has said of these people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Said:
    """What somebody at the customer has said of people who are to be removed: whether the removals are intended.

    `whom` is a digest of these people. `held_since` tells of which time they were held back, as Microsoft dates it.
    `by`: the name of who said it, from the sign-in at Microsoft; empty once it is erased.
    """

    intended: bool
    whom: str
    held_since: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Leavers:
    """Everybody who has an account and is not to have one any more: how many, and a digest of who they are; and what
    the customer has said last.
    """

    count: int = 0
    whom: str = ""
    said: Said | None = None

    def intended(self, held_since: str) -> Said | None:
        """That the removal of just these people, held back since then, is intended, if that is what was said last."""
        said = self._said_of(held_since)
        return said if said is not None and said.intended and said.whom == self.whom else None

    def unwanted(self, held_since: str) -> Said | None:
        """That the people who are held back since then are to stay, if that is what was said last."""
        said = self._said_of(held_since)
        return said if said is not None and not said.intended else None

    def _said_of(self, held_since: str) -> Said | None:
        return self.said if self.said is not None and self.said.held_since == held_since else None
