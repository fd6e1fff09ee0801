"""The provisioning log and the directory's audit log.

Facts: docs/graph-facts.md, "Provisioning log".
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from .. import faults
from ..reality import Reality
from ..wording import words
from ..world import LogRow, Tenant
from . import throttling
from .exchange import Answer, Call, Refused, not_found
from .filters import Filterable, ops
from .lists import Listing, answer, one
from .permissions import READ_AUDITS, READ_LOGS
from .routes import route
from .shapes import get_row

_LOG = Listing(
    name="auditLogs/provisioning",
    type_name="provisioningObjectSummary",
    properties=frozenset(
        words(
            "id activityDateTime tenantId jobId cycleId changeId durationInMilliseconds provisioningAction"
            " provisioningStatusInfo provisioningSteps modifiedProperties initiatedBy servicePrincipal"
            " sourceSystem targetSystem sourceIdentity targetIdentity"
        )
    ),
    filterable=Filterable(
        {
            "activityDateTime": ops("eq gt lt ge le"),
            **dict.fromkeys(words("id jobId changeId provisioningAction provisioningStatusInfo/status"), ops("eq")),
            **dict.fromkeys(
                words(
                    "servicePrincipal/id servicePrincipal/displayName sourceIdentity/id sourceIdentity/displayName"
                    " targetIdentity/id targetIdentity/displayName sourceSystem/displayName targetSystem/displayName"
                    " initiatedBy/displayName"
                ),
                ops("eq contains"),
            ),
        },
        folded=False,
    ),
    get=lambda row, name: _value(row, name),
    show=lambda row: row.json() if isinstance(row, LogRow) else row,
    orderable=frozenset({"activityDateTime"}),
    presorted=True,
    most=1000,
    advanced=False,
)
_AUDITS = Listing(
    name="auditLogs/directoryAudits",
    type_name="directoryAudit",
    properties=frozenset(
        words(
            "id category correlationId result resultReason activityDisplayName activityDateTime loggedByService"
            " operationType initiatedBy targetResources additionalDetails"
        )
    ),
    filterable=Filterable(
        {
            "activityDateTime": ops("eq gt lt ge le"),
            **dict.fromkeys(["activityDisplayName", "category", "loggedByService", "result"], ops("eq startswith")),
            "correlationId": ops("eq"),
        },
        folded=False,
    ),
    get=get_row,
    show=dict,
    orderable=frozenset({"activityDateTime"}),
    most=1000,
    advanced=False,
)


def _value(row: Any, name: str) -> Any:
    """From a packed row without unpacking it, where that is possible."""
    if isinstance(row, LogRow):
        if name == "jobId":
            return row.job_id
        if name == "id":
            return row.id
        if name == "activityDateTime":
            return row.shown
        row = row.json()
    return get_row(row, name)


def _refuse_without_licence(call: Call) -> None:
    """Raises Refused (403; docs/graph-facts.md, "Licences")."""
    if call.tenant.licence == "none":
        raise Refused(
            403,
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            "Neither tenant is B2C or tenant doesn't have premium license",
        )


def _refuse_as_told(call: Call) -> None:
    """Raises Refused where the log does not take what it is documented to take."""
    reality = call.tenant.reality
    if reality.log_refused == "other_permission":
        message = "Calling principal does not have required MSGraph permissions AuditLog.Read.All"
        raise Refused(403, "Authentication_MSGraphPermissionMissing", message)
    if reality.log_refused == "unknown":
        raise Refused(403, "UnknownError", "")
    if reality.log_sorting == "refused" and "$orderby" in call.query:
        raise Refused(400, "Request_UnsupportedQuery", "Sorting is not supported for this resource.")
    token = call.query.get("$skiptoken", "")
    if token and _page_is_refused(call.tenant, token):
        raise Refused(400, "", "Invalid Skip Token")


def _page_is_refused(tenant: Tenant, token: str) -> bool:
    if tenant.reality.log_next_page == "refused_once" and token not in tenant.refused_pages:
        tenant.refused_pages.add(token)
        return True
    return tenant.reality.log_next_page == "refused"


def _listing(reality: Reality) -> Listing:
    """What can be filtered by."""
    properties = dict(_LOG.filterable.properties)
    if reality.log_by_job == "refused":
        del properties["jobId"]
    if reality.log_by_time == "none":
        del properties["activityDateTime"]
    elif reality.log_by_time == "strictly":
        properties["activityDateTime"] = ops("gt lt")
    return replace(_LOG, filterable=Filterable(properties, folded=False))


_SINCE = re.compile(r"activityDateTime\s+g[te]\s+(\d{4}-\d\d-\d\d(?:T[\d:]+)?)")


def _rows(call: Call) -> list[LogRow]:
    """Within retention (30 days; 7 without a licence); the newest lag a little; only since the filter's date."""
    now = call.world.clock.now()
    oldest = now - timedelta(days=30)
    lag = timedelta(0) if call.tenant.chaos.calm else timedelta(minutes=5)
    found = _SINCE.search(call.query.get("$filter", ""))
    since = found[1] if found else ""
    return [row for row in call.tenant.log if oldest <= row.at <= now - lag and row.shown[:19] >= since]


@route("GET", "/auditLogs/provisioning", READ_LOGS)
def list_log(call: Call) -> Answer:
    """5 requests in 10 seconds; case-sensitive filters; oldest or newest first."""
    _refuse_without_licence(call)
    throttling.count(call, "auditLogs", 5, 10)
    _refuse_as_told(call)
    rows, order = _rows(call), call.query.get("$orderby", "").strip()
    if call.tenant.reality.log_order == "newest_first" or not re.fullmatch(r"activityDateTime(\s+asc)?", order):
        rows.reverse()  # newest first, unless asked otherwise
    found = answer(call, _listing(call.tenant.reality), rows)
    plain = found.body["value"]
    found.body["value"] = [_as_faults_have_it(call.tenant, row) for row in plain]
    found.deviates = found.body["value"] != plain
    return found


def _as_faults_have_it(tenant: Tenant, row: dict[str, Any]) -> dict[str, Any]:
    for fault in faults.on(tenant):
        row = fault.log_row(row)
    return row


@route("GET", "/auditLogs/provisioning/{provisioningObjectSummary-id}", READ_LOGS)
def get_log_row(call: Call) -> Answer:
    """One row of the log."""
    _refuse_without_licence(call)
    wanted = call.parts["provisioningObjectSummary-id"]
    found = next((row for row in _rows(call) if row.id == wanted), None)
    if found is None:
        raise not_found(wanted)
    return one(call, _LOG, found)


@route("GET", "/auditLogs/directoryAudits", READ_AUDITS)
def list_audits(call: Call) -> Answer:
    """Who changed the configuration, and quarantines."""
    _refuse_without_licence(call)
    throttling.count(call, "auditLogs", 5, 10)
    return answer(call, _AUDITS, list(reversed(call.tenant.audits)))
