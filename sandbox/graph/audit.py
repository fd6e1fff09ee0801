"""Configuration changes in the directory's audit log.

Facts: docs/graph-facts.md, "Provisioning log".
"""

from __future__ import annotations

from ..clock import graph_time
from ..world import new_id
from .exchange import Call


def write(call: Call, activity: str, sp_id: str) -> None:
    """One row, by the calling application (Graph: directoryAudit)."""
    tenant, caller = call.tenant, call.caller
    sp = tenant.service_principals.get(sp_id)
    app = call.world.apps.get(caller.client_id)
    tenant.audits.append(
        {
            "id": f"Sync_{new_id()}",
            "category": "ApplicationManagement",
            "correlationId": call.request_id,
            "result": "success",
            "resultReason": "",
            "activityDisplayName": activity,
            "activityDateTime": graph_time(call.world.clock.stamp()),
            "loggedByService": "Account Provisioning",
            "operationType": "Update",
            "initiatedBy": {
                "user": None,
                "app": {
                    "appId": caller.client_id,
                    "displayName": app.display_name if app else "",
                    "servicePrincipalId": caller.service_principal_id,
                    "servicePrincipalName": None,
                },
            },
            "targetResources": [
                {
                    "id": sp_id,
                    "displayName": sp.displayName if sp else None,
                    "type": "ServicePrincipal",
                    "userPrincipalName": None,
                    "groupType": None,
                    "modifiedProperties": [],
                }
            ],
            "additionalDetails": [],
        }
    )
