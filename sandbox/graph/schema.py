"""The attribute mappings of a job, and what helps to write them.

Facts: docs/graph-facts.md, "Schema and mappings".
"""

from __future__ import annotations

import copy
import json
from typing import Any

from .. import faults, provisioning_port
from ..wording import words
from . import audit
from .exchange import Answer, Call, Refused, context, no_route, service_principal
from .jobs import JOB, SP, job_in, template_in
from .permissions import READ_SYNC, WRITE_SYNC
from .routes import route

TEMPLATE = SP + "/templates/{synchronizationTemplate-id}"
_RULE = frozenset(
    words(
        "id name editable priority sourceDirectoryName targetDirectoryName containerFilter groupFilter"
        " metadata objectMappings"
    )
)
_MAPPING = frozenset(words("enabled flowTypes metadata name scope sourceObjectName targetObjectName attributeMappings"))
_ATTRIBUTE = frozenset(
    words("defaultValue exportMissingReferences flowBehavior flowType matchingPriority source targetAttributeName")
)
_TOP = frozenset(words("id version synchronizationRules directories provisioningTaskIdentifier"))


def _schema(call: Call, schema: dict[str, Any], where: str) -> Answer:
    sp = service_principal(call)
    what = context(call, f"servicePrincipals('{sp.id}')/synchronization/{where}/schema/$entity")
    return Answer(200, {"@odata.context": what, **schema})


@route("GET", JOB + "/schema", READ_SYNC)
def get_schema(call: Call) -> Answer:
    """The whole schema of a job."""
    job = job_in(call)
    return _schema(call, job.schema, f"jobs('{job.id}')")


@route("GET", TEMPLATE + "/schema", READ_SYNC)
def get_template_schema(call: Call) -> Answer:
    """The template's default (docs/graph-facts.md, "Applications and templates")."""
    name = template_in(call)
    return _schema(call, provisioning_port.default_schema(name, call.tenant), f"templates('{name}')")


@route("PUT", JOB + "/schema", WRITE_SYNC)
def put_schema(call: Call) -> Answer:
    """204; replaces everything, and the next cycle is an initial one."""
    job, body = job_in(call), call.json()
    check(body, job.schema)
    changed = mappings(body) != mappings(job.schema)
    job.schema = _next(copy.deepcopy(body), job.schema)
    if changed:
        audit.write(call, "Update attribute mappings or scope", job.service_principal_id)
    return Answer(204)


@route("PATCH", JOB + "/schema", WRITE_SYNC)
def patch_schema(call: Call) -> Answer:
    """Does not exist, though OpenAPI and SDKs offer it (docs/graph-facts.md, "Documents and reality")."""
    if any(fault.patches_schema() for fault in faults.on(call.tenant)):
        return put_schema(call)
    raise no_route(call)


def _next(body: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """The service counts its own version."""
    number = str(before.get("version", "v1.0.0")).rpartition(".")
    last = int(number[2]) + 1 if number[2].isdigit() else 1
    return {**{key: value for key, value in body.items() if "@odata" not in key}, "version": f"{number[0]}.{last}"}


def mappings(schema: dict[str, Any]) -> str:
    """What decides about a new initial cycle: rules, without the document's version."""
    return json.dumps(schema.get("synchronizationRules"), sort_keys=True)


@route("DELETE", JOB + "/schema", WRITE_SYNC)
def delete_schema(call: Call) -> Answer:
    """204; back to the template's default."""
    job = job_in(call)
    job.schema = provisioning_port.default_schema(job.template_id, call.tenant)
    audit.write(call, "Update attribute mappings or scope", job.service_principal_id)
    return Answer(204)


def check(body: Any, before: dict[str, Any]) -> None:
    """Raises Refused (400) for what the service cannot take: unknown properties, no matching attribute, a target
    attribute that the directory does not define."""
    if not isinstance(body, dict) or not isinstance(body.get("synchronizationRules"), list):
        raise Refused(400, "BadRequest", "The request body must contain a synchronizationSchema.")
    _known(body, _TOP, "synchronizationSchema")
    if body.get("id") not in (None, before.get("id")):
        raise Refused(400, "BadRequest", "The schema's id cannot be changed.")
    for rule in body["synchronizationRules"]:
        _known(rule, _RULE, "synchronizationRule")
        for mapping in rule.get("objectMappings", []):
            _known(mapping, _MAPPING, "objectMapping")
            _check_mapping(body, rule, mapping)


def _check_mapping(body: dict[str, Any], rule: dict[str, Any], mapping: dict[str, Any]) -> None:
    attributes = mapping.get("attributeMappings", [])
    for attribute in attributes:
        _known(attribute, _ATTRIBUTE, "attributeMapping")
        expression = (attribute.get("source") or {}).get("expression") or ""
        if len(expression) > 10_000:
            raise Refused(400, "BadRequest", "An expression can have at most 10,000 characters.")
    if mapping.get("enabled") and not any(int(each.get("matchingPriority") or 0) > 0 for each in attributes):
        raise Refused(400, "InvalidSchema", f"Object mapping '{mapping.get('name')}' has no matching attribute.")
    defined = _defined(body, str(rule.get("targetDirectoryName")), str(mapping.get("targetObjectName")))
    for attribute in attributes:
        name = attribute.get("targetAttributeName")
        if defined is not None and name not in defined:
            raise Refused(400, "InvalidSchema", f"Attribute '{name}' is not defined in the target directory.")
    targets = [each.get("targetAttributeName") for each in attributes]
    doubles = {name for name in targets if targets.count(name) > 1}
    if doubles:
        raise Refused(400, "InvalidSchema", f"Attribute '{sorted(map(str, doubles))[0]}' is mapped twice.")


def _defined(body: dict[str, Any], directory: str, name: str) -> set[str] | None:
    for each in body.get("directories") or []:
        if each.get("name") == directory:
            for thing in each.get("objects") or []:
                if thing.get("name") == name:
                    return {attribute.get("name") for attribute in thing.get("attributes") or []}
    return None


def _known(row: Any, names: frozenset[str], kind: str) -> None:
    if not isinstance(row, dict):
        raise Refused(400, "BadRequest", f"A value of type '{kind}' was expected.")
    for key in row:
        if key not in names and "@odata" not in key:
            raise Refused(
                400,
                "BadRequest",
                f"The property '{key}' does not exist on type 'microsoft.graph.{kind}'.",
            )


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
