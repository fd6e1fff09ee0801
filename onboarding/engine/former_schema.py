"""The backup of the job that was on the application before ours, for the step that takes its mapping over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from onboarding.domain.former_schema import FormerSchema
from onboarding.models import Backup, Onboarding, StepState
from onboarding.steps.base import Step
from onboarding.steps.connection.evidence import ConnectionEvidence


def read(onboarding: Onboarding, states: Mapping[str, StepState], step: Step[Any]) -> FormerSchema | None:
    """The newest schema that was backed up on this application before the job of ours was made; None where there is
    none, for a job that we did not make, and once `step` was done with this very job. One query at most.
    """
    connection = states.get(ConnectionEvidence.step)
    job = connection.seen(ConnectionEvidence) if connection is not None and connection.done_at else None
    if job is None or job.made_at is None or _is_done(states.get(step.key), job.job_id, job.made_at):
        return None
    before = Backup.objects.filter(
        onboarding=onboarding,
        taken_at__lt=job.made_at,
        document__service_principal_id=job.service_principal_id,
    )
    found = before.order_by("-taken_at", "-pk").first()
    if found is None or not isinstance(found.document.get("schema"), dict):
        return None
    return FormerSchema(found.pk, str(found.document.get("job_id", "")), found.taken_at, found.document["schema"])


def _is_done(state: StepState | None, job_id: str, made_at: datetime) -> bool:
    if state is None or not state.done_at:
        return False
    seen = (state.evidence.get("job_id"), state.evidence.get("job_made_at"))
    return not seen[0] or seen == (job_id, made_at.isoformat())  # earlier releases did not note of which job
