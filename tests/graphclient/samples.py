"""Answers in the shapes that Microsoft's reference shows, with an invented tenant."""

from __future__ import annotations

import json
from typing import Any

SP = "7b0a5cbe-7c7a-4f0b-9a36-5c1a3f7c1c10"
TENANT = "2f1b7c52-6a0f-4e0a-8c5d-0d51a4c1a001"
JOB_ID = "scim.2f1b7c526a0f4e0a8c5d0d51a4c1a001.6d8f1e9a-0f53-4f4c-9d0a-6d9be0a0f001"
NEVER = "0001-01-01T00:00:00Z"

ORGANIZATION: dict[str, Any] = {
    "id": TENANT,
    "displayName": "Nordwind GmbH",
    "verifiedDomains": [
        {"capabilities": "Email", "isDefault": True, "isInitial": False, "name": "nordwind.example", "type": "Managed"},
        {"isDefault": False, "isInitial": True, "name": "nordwind.onmicrosoft.com", "type": "Managed"},
    ],
    "assignedPlans": [
        {
            "assignedDateTime": "2024-01-10T08:00:00Z",
            "capabilityStatus": "Enabled",
            "service": "AADPremiumService",
            "servicePlanId": "41781fb2-bc02-4b7c-bd55-b576c07bb09d",
        }
    ],
}

SERVICE_PRINCIPAL: dict[str, Any] = {
    "id": SP,
    "appId": "b2d1c0aa-3f15-4c39-8f2e-7a4b9c66d201",
    "displayName": "Haiilo SSO",
    "applicationTemplateId": "8adf8e6e-67b2-4cf2-a259-e3dc5476c621",
    "appOwnerOrganizationId": TENANT,
    "preferredSingleSignOnMode": "saml",
    "servicePrincipalType": "Application",
    "accountEnabled": True,
    "appRoleAssignmentRequired": True,
    "loginUrl": None,
    "homepage": "",
    "servicePrincipalNames": ["b2d1c0aa-3f15-4c39-8f2e-7a4b9c66d201", "https://nordwind.haiilo.example/saml"],
    "replyUrls": ["https://nordwind.haiilo.example/login/saml2/sso"],
    "tags": ["WindowsAzureActiveDirectoryIntegratedApp", "WindowsAzureActiveDirectoryCustomSingleSignOnApplication"],
    "appRoles": [
        {
            "id": "18d14569-c3bd-439b-9a66-3a2aee01d14f",
            "displayName": "User",
            "value": None,
            "isEnabled": True,
            "allowedMemberTypes": ["User"],
        }
    ],
}

ASSIGNMENT: dict[str, Any] = {
    "id": "Dg1",
    "createdDateTime": "2026-02-01T10:00:00Z",
    "appRoleId": "18d14569-c3bd-439b-9a66-3a2aee01d14f",
    "principalId": "p-1",
    "principalDisplayName": "Eva Berg",
    "principalType": "User",
    "resourceId": SP,
    "resourceDisplayName": "Haiilo SSO",
    "deletedDateTime": None,
}

NEW_JOB: dict[str, Any] = {
    "id": JOB_ID,
    "templateId": "scim",
    "schedule": {"expiration": None, "interval": "P10675199DT2H48M5.4775807S", "state": "Disabled"},
    "status": {
        "code": "Paused",
        "countSuccessiveCompleteFailures": 0,
        "escrowsPruned": False,
        "steadyStateFirstAchievedTime": NEVER,
        "steadyStateLastAchievedTime": NEVER,
        "troubleshootingUrl": "",
        "lastExecution": None,
        "quarantine": None,
        "progress": [],
        "synchronizedEntryCountByType": [],
    },
    "synchronizationJobSettings": [{"name": "QuarantineTooManyDeletesThreshold", "value": "500"}],
}

EXECUTION: dict[str, Any] = {
    "activityIdentifier": "6f0b",
    "state": "Succeeded",
    "timeBegan": "2026-03-02T09:40:11Z",
    "timeEnded": "2026-03-02T09:52:00.1234567Z",
    "error": None,
    "countEntitled": 431,
    "countEntitledForProvisioning": 430,
    "countEscrowed": 3,
    "countEscrowedRaw": 4,
    "countExported": 428,
    "countExports": 429,
    "countImported": 500,
    "countImportedDeltas": 500,
}


def job(state: str = "Active", **status: Any) -> dict[str, Any]:
    """A job as GET gives it, with parts of its status replaced."""
    usual = {
        **NEW_JOB["status"],
        "code": "Active",
        "progress": [
            {
                "completedUnits": 12,
                "totalUnits": 40,
                "units": "pages",
                "progressObservationDateTime": "2026-03-02T09:52:00Z",
            }
        ],
        "synchronizedEntryCountByType": [{"key": "User", "value": 431}],
        "lastExecution": EXECUTION,
    }
    return {**NEW_JOB, "schedule": {"interval": "PT40M", "state": state}, "status": usual | status}


QUARANTINE: dict[str, Any] = {
    "reason": "EncounteredQuarantineException",
    "currentBegan": "2026-03-02T09:53:00Z",
    "seriesBegan": "2026-03-01T09:53:00Z",
    "seriesCount": 2,
    "nextAttempt": "2026-03-02T09:58:00Z",
    "error": {"code": "SystemForCrossDomainIdentityManagementCredentialValidationFailure", "message": "401"},
}

EVENT: dict[str, Any] = {
    "id": "75b5b0ae",
    "activityDateTime": "2026-03-02T09:44:10Z",
    "tenantId": TENANT,
    "jobId": JOB_ID,
    "cycleId": "44576a58",
    "changeId": "44576a58",
    "provisioningAction": "create",
    "durationInMilliseconds": 1830,
    "provisioningStatusInfo": {"status": "success", "errorInformation": None},
    "servicePrincipal": {"id": SP, "displayName": "Haiilo SSO"},
    "sourceIdentity": {
        "id": "5e0a",
        "displayName": "Eva Berg",
        "identityType": "User",
        "details": {"odatatype": "User", "UserPrincipalName": "eva@nordwind.example"},
    },
    "targetIdentity": {
        "id": "f0c1",
        "displayName": "",
        "identityType": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "details": {},
    },
    "modifiedProperties": [{"displayName": "userName", "oldValue": None, "newValue": "eva@nordwind.example"}],
    "provisioningSteps": [
        {
            "name": "EntryImportAdd",
            "provisioningStepType": "Import",
            "status": "success",
            "description": "Received User",
            "details": {},
        }
    ],
}

ON_DEMAND_ENTRY: dict[str, Any] = {
    "action": "Create",
    "changeId": "0c9e",
    "modifiedProperties": [{"displayName": "userName", "oldValue": None, "newValue": "eva@nordwind.example"}],
    "targetIdentity": {"id": "f0c1", "displayName": ""},
    "provisioningSteps": [
        {"name": "EntryImport", "type": "Import", "status": "Success", "description": "Received", "details": {}},
        {"name": "EntryExportAdd", "type": "Export", "status": "Success", "description": "Created", "details": {}},
    ],
}


AUDIT: dict[str, Any] = {
    "id": "Sync_1",
    "category": "ApplicationManagement",
    "correlationId": "c-1",
    "result": "Success",
    "resultReason": "",
    "activityDisplayName": "Update attribute mappings or scope",
    "activityDateTime": "2026-03-02T11:00:00.1234567Z",
    "loggedByService": "Account Provisioning",
    "initiatedBy": {
        "user": {"id": "u-1", "displayName": "Eva", "userPrincipalName": "eva@nordwind.example"},
        "app": None,
    },
    "targetResources": [
        {
            "id": SP.upper(),
            "displayName": "Haiilo SSO",
            "type": "ServicePrincipal",
            "modifiedProperties": [{"displayName": "Schema", "oldValue": "1", "newValue": "2"}],
        }
    ],
}


def on_demand_a(result: str = "Success", code: str = "", message: str = "", **entry: Any) -> dict[str, str]:
    """The shape of the reference: JSON in key and value."""
    head = {"result": result, "details": {"errorCode": code, "errorMessage": message}}
    return {"key": json.dumps(head), "value": json.dumps(ON_DEMAND_ENTRY | entry)}


def on_demand_b(**entry: Any) -> dict[str, str]:
    """The shape of the cross-tenant guide: a .NET type name, and a JSON array."""
    return {"key": "Microsoft.Identity.Health.Result", "value": json.dumps([ON_DEMAND_ENTRY | entry])}
