"""Whether only watching has begun for good, or has ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from onboarding.domain.evidence import Evidence


@dataclass(frozen=True)
class ReadOnlyEvidence(Evidence):
    """`removed`: Microsoft refuses a token to our application for setting up. `ended`: it may set up again."""

    step: ClassVar[str] = "read_only"

    ended: bool = False
    removed: bool = False
