"""What came of the first cycle, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from onboarding.steps.shared.followed_job import ThroughEvidence


@dataclass(frozen=True)
class InitialCycleEvidence(ThroughEvidence):
    """How many people came through how; `total` is how many were in scope."""

    step: ClassVar[str] = "initial_cycle"

    total: int = 0
