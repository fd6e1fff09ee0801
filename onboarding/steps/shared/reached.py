"""Whether Haiilo has answered Microsoft for this customer before, so that no address is to blame for silence. Pure."""

from __future__ import annotations

from onboarding.domain.desired import Desired
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.pilot.evidence import PilotEvidence
from onboarding.steps.shared import secrets


def was_reached(desired: Desired) -> bool:
    """Whether Microsoft has reached Haiilo at the very address that is ours today: by its own test, or by an account
    that it brought there and read back.
    """
    before = desired.evidence_of(ConnectionEvidence)
    if before is None or not secrets.same_address(before.base_url, desired.base_url):
        return False
    tried = desired.evidence_of(PilotEvidence)
    return before.tested_at is not None or (tried is not None and tried.read_back and tried.job_id == before.job_id)
