"""Why the provisioning log could not be read last, as far as Microsoft said so. It holds up nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

PASSES_WITHIN = timedelta(minutes=15)  # so long, or so many looks, an interruption is none that anybody has to know of
PASSES_AFTER = 10
PERMISSION = re.compile(r"\b[A-Z]\w+(?:\.\w+)*\.(?:Read|ReadWrite|ReadBasic)(?:\.\w+)+\b")
KEPT_OF_MESSAGE = 300


@dataclass(frozen=True)
class LogTrouble:
    """`since`: when it was met first. `is_refusal`: Microsoft said no; else asking again may help, from `retry_at` on
    where Microsoft named a time. `looks`: how many have met it one after the other.

    `is_told`: whether the timeline has a line about it.
    """

    since: datetime
    code: str = ""
    message: str = ""
    request_id: str = ""
    is_refusal: bool = False
    retry_at: datetime | None = None
    is_told: bool = False
    looks: int = 1

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> LogTrouble | None:
        """What `to_json` made; None where there is none."""
        if not stored:
            return None
        retry_at = stored.get("retry_at")
        times = {
            "since": datetime.fromisoformat(stored["since"]),
            "retry_at": datetime.fromisoformat(retry_at) if retry_at else None,
        }
        return cls(**{**stored, **times})

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept."""
        retry_at = self.retry_at.isoformat() if self.retry_at else None
        return {**vars(self), "since": self.since.isoformat(), "retry_at": retry_at}

    def lasts(self, now: datetime) -> bool:
        """Whether it is more than an interruption, so that everything has to go on without the log."""
        return self.is_refusal or self.looks > PASSES_AFTER or now - self.since > PASSES_WITHIN

    @property
    def permissions(self) -> str:
        """The permissions that Microsoft's words name, with commas between them."""
        return ", ".join(dict.fromkeys(PERMISSION.findall(self.message)))

    def is_like(self, other: LogTrouble) -> bool:
        """Whether both are the same trouble, met twice."""
        return (self.code, self.is_refusal) == (other.code, other.is_refusal)
