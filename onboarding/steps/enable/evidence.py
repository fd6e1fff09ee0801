"""The job that was started, with its protection against accidental deletions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from onboarding.domain.evidence import Evidence


@dataclass(frozen=True)
class EnableEvidence(Evidence):
    """That the job was started; more deletions at once than `guard` are held back, None where nobody knows it."""

    step: ClassVar[str] = "enable"

    job_id: str = ""
    started: bool = False
    guard: int | None = None
