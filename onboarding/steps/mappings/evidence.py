"""The attribute mapping that was found to be as the product wants it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from onboarding.domain.evidence import Evidence


@dataclass(frozen=True)
class DefaultSeen:
    """What an attribute at Haiilo gets, when somebody is created, where its expression comes to nothing."""

    target: str = ""
    value: str = ""


@dataclass(frozen=True)
class VariantLine:
    """What a customer's own mapping makes of an attribute at Haiilo; empty where it does not map it."""

    target: str = ""
    expression: str = ""


@dataclass(frozen=True)
class MappingsEvidence(Evidence):
    """The synchronization rule that holds the mapping of people, and the target attributes it writes.

    Of the job `job_id`, which `job_made_at` tells from a later one of the same id: `digest` of what its schema meant
    when it was as `wanted` by the product (also a digest), and `seen_at`, when that was seen last. `defaults`: those
    that it has beside the product's expressions, by target. `variant`: where it is otherwise than the product wants it,
    because it was accepted as the customer's own; `ours_at`: then, when it was last seen as the product wants it.
    Earlier releases did not note these.
    """

    step: ClassVar[str] = "mappings"

    rule_id: str = ""
    mapped: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    groups_enabled: bool = False
    digest: str = ""
    wanted: str = ""
    job_id: str = ""
    job_made_at: datetime | None = None
    seen_at: datetime | None = None
    defaults: tuple[DefaultSeen, ...] = ()
    variant: tuple[VariantLine, ...] = ()
    ours_at: datetime | None = None

    @property
    def is_theirs(self) -> bool:
        """Whether it was accepted as the customer's own."""
        return bool(self.variant) or self.ours_at is not None

    def differs_from(self, before: Mapping[str, Any]) -> bool:
        """Not by when it was seen."""
        return replace(self.from_json(before), seen_at=self.seen_at) != self
