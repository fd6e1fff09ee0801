"""What came of the first cycle, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from onboarding.domain.evidence import Evidence


@dataclass(frozen=True)
class InitialCycleEvidence(Evidence):
    """How many people came through how; `total` is how many were in scope, `in_haiilo` how many have an account.

    `told`: whether anything tells how many came through.
    """

    step: ClassVar[str] = "initial_cycle"

    created: int = 0
    updated: int = 0
    skipped: int = 0
    failed: int = 0
    total: int = 0
    told: bool = True
    matched: int = 0
    in_haiilo: int = 0
