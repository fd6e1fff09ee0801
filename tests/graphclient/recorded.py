"""Answers that people recorded from real tenants and published; ids and names are replaced."""

from __future__ import annotations

from typing import Any

# Public case 09: a job of a running tenant. MicrosoftDocs/azure-docs, cloud provisioning, concept-attributes.
PUBLIC_CASE_09: dict[str, Any] = {
    "id": "scim.11111111222243338444555555555555.4ba261ce-0000-4000-8000-000000000001",
    "templateId": "scim",
    "schedule": {"expiration": None, "interval": "PT2M", "state": "Active"},
    "status": {
        "countSuccessiveCompleteFailures": 0,
        "escrowsPruned": False,
        "code": "Active",
        "lastSuccessfulExecutionWithExports": None,
        "quarantine": None,
        "steadyStateFirstAchievedTime": "2019-11-08T15:48:05.7360238Z",
        "steadyStateLastAchievedTime": "2019-11-20T16:17:24.7957721Z",
        "troubleshootingUrl": "",
        "lastExecution": {
            "activityIdentifier": "2dea06a7-0000-4000-8000-000000000001",
            "countEntitled": 0,
            "countEntitledForProvisioning": 0,
            "countEscrowed": 15,
            "countEscrowedRaw": 15,
            "countExported": 0,
            "countExports": 0,
            "countImported": 0,
            "countImportedDeltas": 0,
            "countImportedReferenceDeltas": 0,
            "state": "Succeeded",
            "error": None,
            "timeBegan": "2019-11-20T16:15:21.116098Z",
            "timeEnded": "2019-11-20T16:17:24.7488681Z",
        },
        "lastSuccessfulExecution": {
            "activityIdentifier": None,
            "countEntitled": 0,
            "countEntitledForProvisioning": 0,
            "countEscrowed": 0,
            "countEscrowedRaw": 0,
            "countExported": 5,
            "countExports": 0,
            "countImported": 0,
            "countImportedDeltas": 0,
            "countImportedReferenceDeltas": 0,
            "state": "Succeeded",
            "error": None,
            "timeBegan": "0001-01-01T00:00:00Z",
            "timeEnded": "2019-11-20T14:09:46.8855027Z",
        },
        "progress": [],
        "synchronizedEntryCountByType": [{"key": "group to Group", "value": 33}, {"key": "user to User", "value": 3}],
    },
    "synchronizationJobSettings": [
        {"name": "Domain", "value": '{"DomainFQDN":"contoso.example","DomainNetBios":"CONTOSO"}'},
        {"name": "QuarantineTooManyDeletesThreshold", "value": "500"},
    ],
}

# Public case 11: an error envelope under status 200. microsoftgraph/microsoft-graph-explorer-v4, issue 870.
PUBLIC_CASE_11: dict[str, Any] = {
    "error": {
        "code": "BadRequest",
        "message": "Resource not found for the segment.",
        "innerError": {"date": "2021-02-26T20:00:00", "request-id": "c1d2e3f4-0000-4000-8000-000000000001"},
    }
}
