"""The attribute mapping that was found to be as the product wants it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from onboarding.domain.evidence import Evidence


@dataclass(frozen=True)
class MappingsEvidence(Evidence):
    """The synchronization rule that holds the mapping of people, and the target attributes it writes."""

    step: ClassVar[str] = "mappings"

    rule_id: str = ""
    mapped: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    groups_enabled: bool = False
