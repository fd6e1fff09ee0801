"""That somebody has said farewell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from onboarding.domain.evidence import Evidence


@dataclass(frozen=True)
class FarewellEvidence(Evidence):
    """To whom farewell was said."""

    step: ClassVar[str] = "farewell"

    to: str = ""
