"""How the running job fares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from onboarding.steps.shared.followed_job import ThroughEvidence


@dataclass(frozen=True)
class LiveEvidence(ThroughEvidence):
    """How many people came through how so far; `code` is Microsoft's word for the state of the job."""

    step: ClassVar[str] = "live"

    code: str = ""
