"""What Haiilo's own list has shown, compared with who should be there; and what kept us from it. Numbers only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

RECENT = timedelta(days=2)  # an older list says nothing about how many accounts are left over now
TIMES = ("at", "tried_at", "retry_at")


@dataclass(frozen=True)
class HaiiloList:
    """`at`: when the last reading of everybody began; None before the first, and then no number says anything.
    `tried_at`, `retry_at`: when Haiilo was asked last, and before when it is not asked again; `ability`: what it let us
    ask then (`onboarding.haiilo.Ability`), `trouble`: which of our words says why nothing was read, empty where all
    was. `is_told`: whether the timeline has a line about it. `after_cycle`: whether the first cycle had ended.

    `total`: accounts that Haiilo has, None where it does not tell. `asked`: people who should be there; `there`: those
    of them who are, `missing`: those whose account Microsoft has reported and Haiilo does not have, `untold`: those of
    whom Haiilo says nothing that could be read. `others`: accounts that are not ours to name, None where only single
    people were asked for. `left`: people who are still to be asked for.
    """

    at: datetime | None = None
    tried_at: datetime | None = None
    retry_at: datetime | None = None
    ability: str = ""
    trouble: str = ""
    is_told: bool = False
    after_cycle: bool = False
    total: int | None = None
    asked: int = 0
    there: int = 0
    missing: int = 0
    inactive: int = 0
    untold: int = 0
    twice: int = 0
    not_deactivated: int = 0
    left_over: int = 0
    others: int | None = None
    different: int = 0
    left: int = 0

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> HaiiloList:
        """What `to_json` made."""
        times = {name: datetime.fromisoformat(stored[name]) for name in TIMES if stored.get(name)}
        return cls(**{**stored, **times})

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept."""
        times = {name: moment.isoformat() for name in TIMES if (moment := getattr(self, name))}
        return {**vars(self), **times}

    @property
    def is_whole(self) -> bool:
        """Whether everybody who should be there was looked for."""
        return self.at is not None and not self.left

    @property
    def told_of(self) -> int:
        """Of how many whom the job may know Haiilo has said whether they are there. Before the first cycle it can know
        those alone who have an account.
        """
        if not self.is_whole:
            return 0
        return self.asked - self.untold if self.after_cycle else self.there + self.inactive + self.missing

    def is_recent(self, now: datetime) -> bool:
        """Whether the numbers are those of these days."""
        return self.is_whole and self.at is not None and now - self.at < RECENT
