"""The test users, whose accounts were created in Haiilo and verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from onboarding.domain.evidence import Evidence


@dataclass(frozen=True)
class TriedPerson:
    """One test user, who was named as `named`, and with which `action` Microsoft sent the account; "none" where nothing
    was left to send.

    `steps`: what Microsoft says of each step, as sentences. `fields`: what was sent, by attribute, and whether Haiilo
    kept it; None where it does not give that back. `not_returned`: the names of those.
    """

    id: str = ""
    name: str = ""
    user_name: str = ""
    named: str = ""
    action: str = ""
    not_returned: tuple[str, ...] = ()
    steps: tuple[Mapping[str, Any], ...] = ()
    fields: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class PilotEvidence(Evidence):
    """Who was provisioned on demand on the job `job_id`, and read back.

    `job_made_at` tells the job from a later one of the same id. `asked` is when a person named test users last (ISO
    8601). Earlier releases knew one test user only: `person_id` to `action`, `read_back` and `not_returned` are theirs.
    """

    step: ClassVar[str] = "pilot"

    people: tuple[TriedPerson, ...] = ()
    person_id: str = ""
    name: str = ""
    user_name: str = ""
    action: str = ""
    read_back: bool = False
    job_id: str = ""
    job_made_at: datetime | None = None
    asked: str = ""
    not_returned: tuple[str, ...] = ()
