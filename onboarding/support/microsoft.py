"""What Microsoft's support asks for: tenant, applications, job and its cycles, and the requests of ours that failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from onboarding.domain.log_trouble import LogTrouble
from onboarding.engine.reported import FAILED, JOB
from onboarding.models import Onboarding, StepState, TenantBinding
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.customer.evidence import CustomerEvidence
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence
from onboarding.support.shapes import code, field, guid, moment, unknown

NOT_PROVED = "no admin of the tenant has approved yet, so it is not known for certain which tenant it is"
NOT_CHOSEN = "no application was chosen yet"
NO_JOB = "no provisioning job was set up yet"
NOT_READ = "no look at the job is kept: it was not started, or was looked at last before looks were kept"
AT_LAST_LOOK = "no failure is kept of the last look at each step"
EARLIER = "the line was written before this was kept"


def tenant(binding: TenantBinding | None, states: Mapping[str, StepState]) -> dict[str, Any]:
    """Which tenant it is, and since when that is proved."""
    state = states.get(CustomerEvidence.step)
    expected = field("tenant_id", state.evidence.get("tenant_id", "")) if state else ""
    if binding is None:
        return {"tenant_id": unknown(NOT_PROVED), "expected_tenant_id": expected}
    return {
        "tenant_id": guid(binding.tenant_id),
        "verified_domain": field("domain", binding.verified_domain),
        "proved_at": moment(binding.proved_at),
        "expected_tenant_id": expected,
    }


def our_application(onboarding: Onboarding) -> dict[str, Any]:
    """The application of ours by which the tenant is asked, in whose name the failed requests were sent."""
    size = onboarding.size
    return {"client_id": field("client_id", size.client_id), "consent_size": size.key, "permissions": list(size.names)}


def application(states: Mapping[str, StepState]) -> dict[str, Any]:
    """The enterprise application on which provisioning is set up."""
    return _seen(states.get(SsoApplicationEvidence.step), ("service_principal_id", "app_id", "template_id"), NOT_CHOSEN)


def job(states: Mapping[str, StepState]) -> dict[str, Any]:
    """The provisioning job that is ours to run."""
    names = ("job_id", "template_id", "service_principal_id", "base_url", "made_at", "tested_at")
    return _seen(states.get(ConnectionEvidence.step), names, NO_JOB)


def _seen(state: StepState | None, names: tuple[str, ...], why: str) -> dict[str, Any]:
    if state is None or state.done_at is None:
        return unknown(why)
    return {**{name: field(name, state.evidence.get(name)) for name in names}, "seen_at": moment(state.seen_at)}


def job_as_reported(states: Mapping[str, StepState]) -> Any:
    """How Microsoft said that the job stands, at the last look of each step that follows it."""
    told = [_reported(key, state) for key, state in states.items() if JOB in state.reported]
    return told or unknown(NOT_READ)


def _reported(key: str, state: StepState) -> dict[str, Any]:
    found = state.reported[JOB]
    at = field("read_at", found["read_at"]) if "read_at" in found else moment(state.checked_at)
    when = at or unknown("the step is to be looked at anew, which forgets when it was looked at last")
    return {**field(JOB, found), "step": key, "read_at": when}


def log(onboarding: Onboarding) -> dict[str, Any]:
    """How far the provisioning log was read, and what kept us from reading on."""
    trouble = LogTrouble.from_json(onboarding.log_trouble)
    read = {"read_until": moment(onboarding.log_watermark)}
    if trouble is None:
        return {**read, "trouble": None}
    return {
        **read,
        "trouble": {
            "since": moment(trouble.since),
            "code": trouble.code and code(trouble.code),
            "request_id": trouble.request_id and guid(trouble.request_id),
            "is_refusal": trouble.is_refusal,
            "retry_at": moment(trouble.retry_at),
            "looks": trouble.looks,
        },
    }


def failed_requests(states: Mapping[str, StepState], timeline: Mapping[str, Any]) -> dict[str, Any]:
    """Requests to Microsoft that failed: at the last look at each step, and those that the told part of the timeline
    has.
    """
    at_last_look = [
        {"step": key, "at": moment(state.checked_at), **field(FAILED, state.reported[FAILED])}
        for key, state in states.items()
        if FAILED in state.reported
    ]
    return {
        "at_the_last_look": at_last_look or unknown(AT_LAST_LOOK),
        "in_the_timeline_newest_first": list(_in_lines(timeline.get("newest_first", []))),
        "lines_looked_through": timeline.get("shown", unknown("the timeline could not be read")),
        "lines_in_all": timeline.get("of", unknown("the timeline could not be read")),
    }


def _in_lines(lines: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if FAILED in line:
            yield {"at": line["at"], "step": line["step"], **line[FAILED]}
        elif line.get("request_id"):
            kept = {name: line.get(name) for name in ("at", "step", "code", "request_id")}
            yield {**kept, "method": unknown(EARLIER), "path": unknown(EARLIER), "status": unknown(EARLIER)}
