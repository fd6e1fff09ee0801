"""Which enterprise application provisioning is set up on, and what becomes of the jobs that it had."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence


@dataclass(frozen=True)
class SsoApplicationEvidence(Evidence):
    """The chosen application. `service_principal_id` is its object id in the tenant, `app_id` its client id.

    `existing_job_id`: the job that is adopted, empty where a job of ours is made. `replaced_job_ids`: the jobs that a
    person wants removed, as they were at `replaced_at`: a job that is made later has the same id.
    """

    step: ClassVar[str] = "sso_application"

    service_principal_id: str = ""
    app_id: str = ""
    name: str = ""
    template_id: str = ""
    existing_job_id: str = ""
    replaced_job_ids: tuple[str, ...] = ()
    replaced_at: datetime | None = None


def service_principal_id(desired: Desired) -> str:
    """Object id of the application that was chosen. Raises KeyError while none is."""
    return desired.required(SsoApplicationEvidence).service_principal_id
