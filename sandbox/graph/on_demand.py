"""Provision on demand: one person now.

Facts: docs/graph-facts.md, "Provision on demand".
"""

from __future__ import annotations

from typing import Any

from . import throttling
from .exchange import Answer, Call, Refused, context
from .jobs import JOB, job_in
from .permissions import WRITE_SYNC
from .routes import route


@route("POST", JOB + "/provisionOnDemand", WRITE_SYNC, outside=True)
def provision_on_demand(call: Call) -> Answer:
    """200 even when it failed or skipped; 5 requests in 10 seconds; a wrong rule id is 400."""
    from .. import provisioning

    job, tenant = job_in(call), call.tenant
    throttling.count(call, "provisionOnDemand", 5, 10)
    parameters = _parameters(call.json())
    if job.status.get("code") == "Quarantine":
        raise Refused(401, "UnknownError", "")
    sp = tenant.service_principals[job.service_principal_id]
    try:
        key, value = provisioning.on_demand(call.world, tenant, sp, job, parameters)
    except provisioning.BadParameters as error:
        raise Refused(400, "RequestParameterInvalid", str(error)) from error
    what = context(call, "microsoft.graph.stringKeyStringValuePair")
    return Answer(200, {"@odata.context": what, "key": key, "value": value})


def _parameters(body: Any) -> list[dict[str, Any]]:
    rows = body.get("parameters") if isinstance(body, dict) else None
    if not isinstance(rows, list) or not rows:
        raise Refused(400, "RequestMissingRequiredParameter", "Required parameter 'parameters' is missing.")
    if len(rows) != 1 or not isinstance(rows[0], dict):
        raise Refused(400, "RequestParameterInvalid", "Exactly one set of parameters is supported.")
    subjects = rows[0].get("subjects")
    if not isinstance(subjects, list) or len(subjects) != 1:
        raise Refused(400, "RequestParameterInvalid", "Exactly one subject is supported.")
    links = (subjects[0].get("links") or {}).get("members") or []
    if len(links) > 5:
        raise Refused(400, "RequestParameterInvalid", "At most 5 members are supported.")
    return rows
