"""The job that carries people to Haiilo, and what it was connected with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from onboarding.causes.credentials import ONLY_ASSIGNED
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence


@dataclass(frozen=True)
class ConnectionEvidence(Evidence):
    """The synchronization job of the application `service_principal_id`, and the SCIM address that it sends to.

    `made_at`: when we sent the request that made the job, None for one that was there before; a job that is deleted and
    made again has the same id (docs/graph-facts.md, "Jobs"). `tested_at`: when Microsoft's own test of what is stored
    succeeded last.
    """

    step: ClassVar[str] = "connection"

    job_id: str = ""
    template_id: str = ""
    base_url: str = ""
    service_principal_id: str = ""
    made_at: datetime | None = None
    tested_at: datetime | None = None

    def differs_from(self, before: Mapping[str, Any]) -> bool:
        """Not by the time of a test, nor by that of the making where an earlier release did not store it."""
        known = self.from_json(before)
        return replace(known, tested_at=self.tested_at, made_at=known.made_at or self.made_at) != self


def made_at(desired: Desired) -> datetime | None:
    """When the job that is ours to run was made by us; None where it was there before. What is older is another job's:
    the provisioning log is read from then on.
    """
    connection = desired.evidence_of(ConnectionEvidence)
    return connection.made_at if connection else None


def job_id(desired: Desired) -> str:
    """Id of the synchronization job that is ours to run. Raises KeyError when there was never a connection."""
    return desired.required(ConnectionEvidence).job_id


def token_is_saved(desired: Desired) -> bool:
    """Whether the token that was entered last is the one that was saved at Microsoft."""
    entered = desired.scim_token_saved_at
    return entered is not None and saved_token(desired).get("token_at") == entered.isoformat()


def saved_token(desired: Desired) -> Mapping[str, Any]:
    """What we know of the last time that a token was saved, by whichever step; empty where none ever was."""
    made = [desired.result(ConnectionEvidence.step, "save_credentials")]
    made += [results.get(ONLY_ASSIGNED, {}) for results in desired.applied.values()]
    saved = (each for each in made if each.get("token_at"))
    return max(saved, key=lambda each: str(each.get("put_at") or each.get("at", "")), default={})
