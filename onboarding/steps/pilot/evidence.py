"""The test user, whose account was created in Haiilo and verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from onboarding.domain.evidence import Evidence


@dataclass(frozen=True)
class PilotEvidence(Evidence):
    """Who was provisioned on demand on the job `job_id`, and with which `action`; "none" where the account was there.

    `job_made_at` tells the job from a later one of the same id. `asked` is when a person named the test user (ISO
    8601), so that a later name begins anew. `not_returned`: what Haiilo does not give back, so that Microsoft writes it
    again and again.
    """

    step: ClassVar[str] = "pilot"

    person_id: str = ""
    name: str = ""
    user_name: str = ""
    action: str = ""
    read_back: bool = False
    job_id: str = ""
    job_made_at: datetime | None = None
    asked: str = ""
    not_returned: tuple[str, ...] = ()
