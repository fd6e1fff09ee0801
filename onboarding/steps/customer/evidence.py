"""Which tenant stands behind the customer's domains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from onboarding.domain.evidence import Evidence


@dataclass(frozen=True)
class CustomerEvidence(Evidence):
    """The tenant that is expected; `domain` led to it, and is empty where a person named the tenant."""

    step: ClassVar[str] = "customer"

    tenant_id: str = ""
    domain: str = ""
