"""Which tenant was proved to be the customer's, by what, and who consented there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from onboarding.domain.evidence import Evidence


@dataclass(frozen=True)
class ConsentEvidence(Evidence):
    """The proved tenant. `verified_domain`: the customer's domain that Graph named as verified in that tenant.

    `admin_object_id` and `admin_name`: who signed in; the name is empty where Microsoft's token had none.
    """

    step: ClassVar[str] = "consent"

    tenant_id: str = ""
    tenant_name: str = ""
    verified_domain: str = ""
    admin_name: str = ""
    admin_object_id: str = ""
