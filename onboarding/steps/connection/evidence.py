"""The job that carries people to Haiilo, and what it was connected with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence


@dataclass(frozen=True)
class ConnectionEvidence(Evidence):
    """The synchronization job of the application `service_principal_id`, and the SCIM address that it sends to."""

    step: ClassVar[str] = "connection"

    job_id: str = ""
    template_id: str = ""
    base_url: str = ""
    service_principal_id: str = ""


def job_id(desired: Desired) -> str:
    """Id of the synchronization job that is ours to run. Raises KeyError when there was never a connection."""
    return desired.required(ConnectionEvidence).job_id


def token_is_saved(desired: Desired) -> bool:
    """Whether the token that was entered last is the one that was saved at Microsoft."""
    entered = desired.scim_token_saved_at
    saved = desired.result(ConnectionEvidence.step, "save_credentials")
    return entered is not None and saved.get("token_at") == entered.isoformat()
