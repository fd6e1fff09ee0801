"""How the running job fares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from onboarding.domain.evidence import Evidence


@dataclass(frozen=True)
class LiveEvidence(Evidence):
    """How many people came through how so far; `code` is Microsoft's word for the state of the job.

    `in_haiilo`: how many have an account now; `told`: whether anything tells how many.
    """

    step: ClassVar[str] = "live"

    created: int = 0
    updated: int = 0
    skipped: int = 0
    failed: int = 0
    code: str = ""
    told: bool = True
    matched: int = 0
    in_haiilo: int = 0
