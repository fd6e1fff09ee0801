"""What Microsoft said last, kept beside the verdict on a step for whoever has to ask Microsoft: how the job stands, and
which request of ours failed. Ids, codes, times and numbers only: Microsoft's own words may name people.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from graphclient import GraphError, Job
from graphclient.http.paths import template
from onboarding.models import StepState
from onboarding.models.step_state import REPORTED

JOB, FAILED = "job", "failed_request"
OF_EXECUTION = (
    *("state", "began", "ended", "activity_id", "error_code", "count_entitled", "count_entitled_for_provisioning"),
    *("count_escrowed", "count_escrowed_raw", "count_exported", "count_exports", "count_imported"),
)
OF_QUARANTINE = ("reason", "error_code", "began", "next_attempt", "series_began", "series_count")


def of_job(job: Job) -> dict[str, Any]:
    """How the job stands, as JSON."""
    status, schedule = job.status, job.schedule
    return {
        "job_id": job.id,
        "template_id": job.template_id,
        "schedule": {"state": schedule.state, "interval": _json(schedule.interval)},
        "status": status.code,
        "steady_state_first": _json(status.steady_state_first),
        "steady_state_last": _json(status.steady_state_last),
        "escrows_pruned": status.escrows_pruned,
        "known_people": status.known_people,
        "last_execution": _part(status.last_execution, OF_EXECUTION),
        "quarantine": _part(status.quarantine, OF_QUARANTINE),
    }


def of_failure(error: GraphError) -> dict[str, Any]:
    """Which request failed, as JSON; no id and no name is left of its path."""
    return {
        "method": error.method,
        "path": template(error.path),
        "status": error.status,
        "code": error.code,
        "inner_code": error.inner_code,
        "request_id": error.request_id,
    }


def beside(state: StepState, told: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The offers of the verdict that `state` has now, with what was `told` at this look. While a request fails, how the
    job stood `before` stays known, with the time of the look that read it; None where that is not known any more.
    """
    kept = dict(told)
    if FAILED in told and JOB not in told and JOB in before:
        kept[JOB] = {"read_at": _json(state.checked_at), **before[JOB]}
    return {**state.offers, **({REPORTED: kept} if kept else {})}


def _part(part: Any, names: tuple[str, ...]) -> dict[str, Any] | None:
    return None if part is None else {name: _json(getattr(part, name)) for name in names}


def _json(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
    return value
