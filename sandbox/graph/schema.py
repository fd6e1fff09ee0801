"""The attribute mappings of a job, and what helps to write them.

Facts: docs/graph-facts.md, "Schema and mappings".
"""

from __future__ import annotations

import copy
import json
from typing import Any

from .. import faults, provisioning_port
from ..world import Job
from . import audit
from .exchange import Answer, Call, Refused, context, no_route, service_principal
from .jobs import JOB, SP, job_in, template_in
from .permissions import READ_SYNC, WRITE_SYNC
from .routes import route
from .schema_checks import check, check_as_the_portal

TEMPLATE = SP + "/templates/{synchronizationTemplate-id}"


def _schema(call: Call, schema: dict[str, Any], where: str) -> Answer:
    sp = service_principal(call)
    what = context(call, f"servicePrincipals('{sp.id}')/synchronization/{where}/schema/$entity")
    return Answer(200, {"@odata.context": what, **schema})


@route("GET", JOB + "/schema", READ_SYNC)
def get_schema(call: Call) -> Answer:
    """The whole schema of a job."""
    job = job_in(call)
    return _schema(call, _shown(call, job.schema), f"jobs('{job.id}')")


def _shown(call: Call, schema: dict[str, Any]) -> dict[str, Any]:
    """In the order in which the service gives its parts."""
    if call.tenant.reality.schema_order == "kept":
        return schema
    turned = copy.deepcopy(schema)
    for rule in turned.get("synchronizationRules", []):
        for mapping in rule.get("objectMappings", []):
            for part in ("metadata", "attributeMappings"):
                call.world.random.shuffle(mapping.get(part) or [])
    return turned


@route("GET", TEMPLATE + "/schema", READ_SYNC)
def get_template_schema(call: Call) -> Answer:
    """The template's default (docs/graph-facts.md, "Applications and templates")."""
    name = template_in(call)
    return _schema(call, provisioning_port.template_schema(name, call.tenant), f"templates('{name}')")


@route("PUT", JOB + "/schema", WRITE_SYNC)
def put_schema(call: Call) -> Answer:
    """204; replaces everything, and the next cycle is an initial one."""
    job, body = job_in(call), call.json()
    _check(call, body, job)
    changed = mappings(body) != mappings(job.schema)
    job.schema = _next(call, copy.deepcopy(body), job)
    if changed:
        audit.write(call, "Update attribute mappings or scope", job.service_principal_id)
    return Answer(204)


def _check(call: Call, body: Any, job: Job) -> None:
    """Raises Refused (400) for what the service does not take."""
    check(body)
    reality = call.tenant.reality
    if reality.schema_id == "fixed" and body.get("id") not in (None, job.schema.get("id")):
        raise Refused(400, "BadRequest", "The schema's id cannot be changed.")
    if reality.schema_checks == "portal":
        check_as_the_portal(body)


@route("PATCH", JOB + "/schema", WRITE_SYNC)
def patch_schema(call: Call) -> Answer:
    """Does not exist, though OpenAPI and SDKs offer it (docs/graph-facts.md, "Documents and reality")."""
    if any(fault.patches_schema() for fault in faults.on(call.tenant)):
        return put_schema(call)
    raise no_route(call)


def _next(call: Call, body: dict[str, Any], job: Job) -> dict[str, Any]:
    """What was written, with the id and the version that are the service's own."""
    kept = {key: value for key, value in body.items() if "@odata" not in key}
    return {**kept, "id": job.schema.get("id"), "version": _version(call, str(job.schema.get("version", "v1.0.0")))}


def _version(call: Call, before: str) -> str:
    """The service counts its own version."""
    if call.tenant.reality.schema_document == "recorded":
        return provisioning_port.schema_version(call.world)
    head, _dot, last = before.rpartition(".")
    return f"{head}.{int(last) + 1 if last.isdigit() else 1}"


def mappings(schema: dict[str, Any]) -> str:
    """What decides about a new initial cycle: rules, without the document's version."""
    return json.dumps(schema.get("synchronizationRules"), sort_keys=True)


@route("DELETE", JOB + "/schema", WRITE_SYNC)
def delete_schema(call: Call) -> Answer:
    """204; back to the template's default."""
    job = job_in(call)
    job.schema = provisioning_port.job_schema(call.world, call.tenant, job.template_id, job.id)
    audit.write(call, "Update attribute mappings or scope", job.service_principal_id)
    return Answer(204)


# What helps to write them


@route("POST", JOB + "/schema/parseExpression", WRITE_SYNC)
def parse(call: Call) -> Answer:
    """Parse an expression; a wrong one is answered with 200 too."""
    return _parse(call, job_in(call).schema)


@route("POST", TEMPLATE + "/schema/parseExpression", WRITE_SYNC)
def parse_in_template(call: Call) -> Answer:
    """The same below a template (docs/graph-facts.md, "Applications and templates")."""
    return _parse(call, provisioning_port.default_schema(template_in(call), call.tenant))


def _parse(call: Call, schema: dict[str, Any]) -> Answer:
    from .. import provisioning

    body = call.json()
    if not isinstance(body, dict) or not isinstance(body.get("expression"), str):
        raise Refused(400, "RequestMissingRequiredParameter", "Required parameter 'expression' is missing.")
    what = context(call, "microsoft.graph.parseExpressionResponse")
    return Answer(200, {"@odata.context": what, **provisioning.parse_expression(body, schema)})


@route("GET", JOB + "/schema/functions", READ_SYNC)
def functions(call: Call) -> Answer:
    """The functions of the expression language (attributeMappingFunctionSchema)."""
    from .. import provisioning

    job_in(call)
    what = context(call, "Collection(microsoft.graph.attributeMappingFunctionSchema)")
    return Answer(200, {"@odata.context": what, "value": provisioning.functions()})


@route("GET", JOB + "/schema/filterOperators", READ_SYNC)
def filter_operators(call: Call) -> Answer:
    """The operators of scoping filters (filterOperatorSchema)."""
    from .. import provisioning

    job_in(call)
    what = context(call, "Collection(microsoft.graph.filterOperatorSchema)")
    return Answer(200, {"@odata.context": what, "value": provisioning.filter_operators()})


@route("GET", JOB + "/schema/directories", READ_SYNC)
def list_directories(call: Call) -> Answer:
    """directoryDefinition of source and target."""
    job = job_in(call)
    what = context(call, f"servicePrincipals('{job.service_principal_id}')/synchronization/jobs/schema/directories")
    return Answer(200, {"@odata.context": what, "value": job.schema.get("directories", [])})


@route("POST", JOB + "/schema/directories/{directoryDefinition-id}/discover", WRITE_SYNC)
def discover(call: Call) -> Answer:
    """200 only where `discoverabilities` allows it; SCIM targets do not."""
    wanted = call.parts["directoryDefinition-id"]
    directories = job_in(call).schema.get("directories", [])
    found = next((each for each in directories if each.get("id") == wanted), None)
    if found is None:
        raise Refused(404, "ResourceNotFound", f"Directory '{wanted}' was not found.")
    if str(found.get("discoverabilities") or "None") == "None":
        raise Refused(400, "BadRequest", "The directory does not support schema discovery.")
    return Answer(200, {"@odata.context": context(call, "microsoft.graph.directoryDefinition"), **found})
