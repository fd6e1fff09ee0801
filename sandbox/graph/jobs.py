"""Synchronization templates and jobs.

Facts: docs/graph-facts.md, "Applications and templates", "Jobs".
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from .. import faults, provisioning_port
from ..clock import NEVER, in_ticks
from ..wording import words
from ..world import Job, ServicePrincipal, Tenant, World
from . import audit
from .exchange import Answer, Call, Refused, context, service_principal
from .filters import Filterable, ops
from .lists import Listing, answer, one
from .permissions import READ_SYNC, WRITE_SYNC
from .routes import route
from .shapes import get_row

SP = "/servicePrincipals/{servicePrincipal-id}/synchronization"
JOB = SP + "/jobs/{synchronizationJob-id}"
SETTINGS = [
    {"name": "AzureIngestionAttributeOptimization", "value": "False"},
    {"name": "LookaheadQueryEnabled", "value": "False"},
    {"name": "QuarantineTooManyDeletesThreshold", "value": "500"},
]
SCOPES = frozenset(words("none connectordatastore escrows watermark quarantinestate full forcedeletes"))
RECORDED_SETTINGS = SETTINGS[:1]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
BLOCKED_FOR = timedelta(minutes=10)
UNSET = "P10675199DT2H48M5.4775807S"  # the largest TimeSpan, as the service shows it before the first start


def show_template(template_id: str) -> dict[str, Any]:
    """Graph: synchronizationTemplate, without its schema."""
    return {
        "id": template_id,
        "factoryTag": template_id,
        "applicationId": "8adf8e6e-67b2-4cf2-a259-e3dc5476c621",
        "default": True,
        "description": None,
        "discoverable": True,
        "metadata": [],
    }


_ROW = Listing(
    "", "synchronizationTemplate", frozenset(show_template("")), Filterable({}), get_row, dict, advanced=False
)
_JOBS = Listing(
    "",
    "synchronizationJob",
    frozenset({"id", "templateId", "schedule", "status", "synchronizationJobSettings"}),
    Filterable({}),
    get_row,
    dict,
    advanced=False,
)


def _named(listing: Listing, call: Call, what: str) -> Listing:
    return replace(listing, name=f"servicePrincipals('{service_principal(call).id}')/synchronization/{what}")


def _templates(call: Call) -> list[str]:
    return service_principal(call).templates


@route("GET", SP + "/templates", READ_SYNC)
def list_templates(call: Call) -> Answer:
    """Empty for an application that cannot be provisioned."""
    return answer(call, _named(_ROW, call, "templates"), [show_template(name) for name in _templates(call)])


@route("GET", SP + "/templates/{synchronizationTemplate-id}", READ_SYNC)
def get_template(call: Call) -> Answer:
    """One template, without its schema."""
    return one(call, _named(_ROW, call, "templates"), show_template(template_in(call)))


def template_in(call: Call) -> str:
    """The template id in the path. Raises Refused (404)."""
    name = call.parts["synchronizationTemplate-id"]
    if name not in _templates(call):
        raise Refused(404, "ResourceNotFound", f"Template '{name}' was not found.")
    return name


def job_in(call: Call) -> Job:
    """The job in the path, if it can be read yet. Raises Refused (404; also for moments after its creation)."""
    sp, wanted = service_principal(call), call.parts["synchronizationJob-id"]
    job = call.tenant.jobs.get(wanted)
    if job is None or job.deleted or job.ghost or job.service_principal_id != sp.id or _later(call, job.readable_at):
        raise Refused(404, "ResourceNotFound", f"Job '{wanted}' was not found.")
    return job


def _later(call: Call, moment: datetime | None) -> bool:
    return moment is not None and moment > call.world.clock.now()


def _jobs(call: Call) -> Sequence[Job]:
    jobs = call.tenant.jobs_of(service_principal(call).id)
    return [job for job in jobs if not job.ghost and not _later(call, job.listed_at)]


@route("GET", SP + "/jobs", READ_SYNC)
def list_jobs(call: Call) -> Answer:
    """All of the application; a new one comes up late (docs/graph-facts.md, "Replication delays")."""
    listing = _named(_JOBS, call, "jobs")
    if call.tenant.reality.jobs_filter == "taken":
        listing = replace(listing, filterable=Filterable({"id": ops("eq"), "templateId": ops("eq")}))
    return answer(call, listing, [_shown(call, job) for job in _jobs(call)])


def _shown(call: Call, job: Job) -> dict[str, Any]:
    """Graph: synchronizationJob."""
    row = job.as_graph()
    return {**row, "status": _in_ticks(row["status"])} if call.tenant.reality.job_times == "seven_decimals" else row


def _in_ticks(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _in_ticks(value) for name, value in part.items()}
    if isinstance(part, list):
        return [_in_ticks(each) for each in part]
    return in_ticks(part) if isinstance(part, str) and TIME.fullmatch(part) else part


@route("GET", JOB, READ_SYNC)
def get_job(call: Call) -> Answer:
    """One job, with its status."""
    return one(call, _named(_JOBS, call, "jobs"), _shown(call, job_in(call)))


@route("POST", SP + "/jobs", WRITE_SYNC)
def create_job(call: Call) -> Answer:
    """201; not running; its id ends with the appId; a second POST is 409."""
    sp, body = service_principal(call), call.json()
    template = body.get("templateId") if isinstance(body, dict) else None
    if not isinstance(template, str) or not template:
        raise Refused(400, "RequestMissingRequiredParameter", "Required parameter 'templateId' is missing.")
    if template not in templates_of(call):
        raise Refused(400, "InvalidTemplate", f"Template '{template}' is not available for this application.")
    job = _same(call, sp.id, template) or make(call, sp.id, template)
    body = {"@odata.context": context(call, f"servicePrincipals('{sp.id}')/synchronization/jobs/$entity")}
    status = faults.first(fault.created_status() for fault in faults.on(call.tenant))
    return Answer(status or 201, {**body, **_shown(call, job)})


def templates_of(call: Call) -> list[str]:
    """The listed templates, and scim in place of customappsso where the service takes that."""
    listed = _templates(call)
    taken = call.tenant.reality.other_template == "taken" and "customappsso" in listed
    return [*listed, "scim"] if taken else listed


def _same(call: Call, sp_id: str, template: str) -> Job | None:
    """The job of that template that is there, where it counts as made. Raises Refused (409)."""
    tenant, now = call.tenant, call.world.clock.now()
    gone = [job for job in tenant.former_jobs if (job.service_principal_id, job.template_id) == (sp_id, template)]
    if tenant.reality.deleted_job == "blocked" and any(now < _deleted_at(job) + BLOCKED_FOR for job in gone):
        raise Refused(409, "Conflict", "The synchronization job is being deleted.")
    there = next((job for job in tenant.jobs_of(sp_id) if job.template_id == template), None)
    if there is None or tenant.reality.same_template == "second":
        return None
    if tenant.reality.same_template == "refused":
        raise Refused(409, "Conflict", f"The synchronization job '{there.id}' already exists.")
    return there


def _deleted_at(job: Job) -> datetime:
    moment: datetime = job.engine["deleted_at"]
    return moment


def make(call: Call, sp_id: str, template: str) -> Job:
    """A job with the template's default schema; reads and lists lag apart from each other unless calm."""
    tenant, clock = call.tenant, call.world.clock
    job = job_for(call.world, tenant, tenant.service_principals[sp_id], template)
    former = [each for each in tenant.former_jobs if each.id == job.id]
    if former and tenant.reality.deleted_job == "ghost":
        job.ghost = True
    elif not tenant.chaos.calm:
        job.readable_at = clock.now() + timedelta(seconds=call.world.random.uniform(1, 15))
        job.listed_at = clock.now() + timedelta(seconds=call.world.random.uniform(1, 15))
    tenant.jobs[job.id] = job
    audit.write(call, "Add provisioning configuration", sp_id)
    return job


def job_for(world: World, tenant: Tenant, sp: ServicePrincipal, template: str) -> Job:
    """A job as the tenant's service makes it."""
    own = sp.appId if tenant.reality.job_id == "application" else str(uuid.uuid4())
    job = new_job(tenant.id, sp.id, template, {}, own)
    job.schema = provisioning_port.job_schema(world, tenant, template, job.id)
    if tenant.reality.new_job == "forty_minutes":
        job.schedule["interval"] = "PT40M"
        job.status["troubleshootingUrl"] = None
        job.settings = [dict(row) for row in RECORDED_SETTINGS]
    return job


def new_job(tenant_id: str, sp_id: str, template: str, schema: dict[str, Any], own: str = "") -> Job:
    """Paused, never ran; `own` stands at the end of its id."""
    status = {
        "code": "Paused",
        "countSuccessiveCompleteFailures": 0,
        "escrowsPruned": False,
        "steadyStateFirstAchievedTime": NEVER,
        "steadyStateLastAchievedTime": NEVER,
        "troubleshootingUrl": "",
        "lastExecution": None,
        "lastSuccessfulExecution": None,
        "lastSuccessfulExecutionWithExports": None,
        "quarantine": None,
        "progress": [],
        "synchronizedEntryCountByType": [],
    }
    return Job(
        id=f"{template}.{tenant_id.replace('-', '')}.{own or uuid.uuid4()}",
        template_id=template,
        service_principal_id=sp_id,
        schema=schema,
        schedule={"expiration": None, "interval": UNSET, "state": "Disabled"},
        status=status,
        settings=[dict(row) for row in SETTINGS],
    )


@route("DELETE", JOB, WRITE_SYNC)
def delete_job(call: Call) -> Answer:
    """204; accounts stay as they are."""
    job, tenant = job_in(call), call.tenant
    if tenant.reality.deleted_job != "stays":
        job.deleted = True
        job.engine["deleted_at"] = call.world.clock.now()
        del tenant.jobs[job.id]
        tenant.former_jobs.append(job)
    audit.write(call, "Delete provisioning configuration", job.service_principal_id)
    return Answer(204)


@route("POST", JOB + "/start", WRITE_SYNC)
def start(call: Call) -> Answer:
    """204; goes on where it stopped, clears quarantine. Without saved credentials the job is in quarantine at once."""
    job, taken = job_in(call), call.tenant.reality.start_without_credentials == "quarantine"
    saved = provisioning_port.visible_secrets(call.world, call.tenant, job.service_principal_id)
    if not saved.get("BaseAddress") and not taken:
        raise Refused(
            400,
            "MissingCredentials",
            "The synchronization job cannot be started because its credentials are not configured.",
        )
    provisioning_port.cycles(call.world).on_start(call.tenant, job)
    audit.write(call, "Enable/start provisioning configuration", job.service_principal_id)
    return Answer(204)


@route("POST", JOB + "/pause", WRITE_SYNC)
def pause(call: Call) -> Answer:
    """204; a running cycle finishes."""
    job = job_in(call)
    job.schedule = {**job.schedule, "state": "Disabled"}
    provisioning_port.cycles(call.world).on_pause(call.tenant, job)
    audit.write(call, "Disable/pause provisioning configuration", job.service_principal_id)
    return Answer(204)


@route("POST", JOB + "/restart", WRITE_SYNC)
def restart(call: Call) -> Answer:
    """204; only criteria.resetScope is taken; empty is what the portal's Restart does."""
    job, body = job_in(call), call.json() or {}
    criteria = body.get("criteria", {})
    if not isinstance(criteria, dict) or set(criteria) - {"resetScope", "@odata.type"}:
        raise Refused(400, "BadRequest", "Only criteria.resetScope may be given.")
    scope = str(criteria.get("resetScope") or "")
    names = [name.strip() for name in scope.split(",") if name.strip()]
    if any(name.lower() not in SCOPES for name in names):
        raise Refused(400, "BadRequest", f"Requested value '{scope}' was not found.")
    if any(name.lower() == "none" for name in names):
        raise Refused(400, "BadRequest", "The reset scope None must not be used.")
    provisioning_port.cycles(call.world).on_restart(
        call.tenant, job, ", ".join(names) or "QuarantineState, Watermark, Escrows"
    )
    audit.write(call, "Enable/restart provisioning configuration", job.service_principal_id)
    return Answer(204)


@route("GET", SP, READ_SYNC)
def get_synchronization(call: Call) -> Answer:
    """The container of templates and jobs: only its id."""
    sp = service_principal(call)
    return Answer(200, {"@odata.context": context(call, "synchronization/$entity"), "id": sp.id})
