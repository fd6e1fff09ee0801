"""The job that was started, with its protection against accidental deletions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from onboarding.domain.evidence import Evidence


@dataclass(frozen=True)
class EnableEvidence(Evidence):
    """That the job was started; more deletions at once than `guard` are held back, None where nobody knows it.

    `job_made_at` tells the job from a later one of the same id.
    """

    step: ClassVar[str] = "enable"

    job_id: str = ""
    started: bool = False
    guard: int | None = None
    job_made_at: datetime | None = None
