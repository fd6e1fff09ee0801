"""Pages of a provisioning log as Graph sends them, and a Graph that has nothing else."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from graphclient import GLOBAL, GraphClient, Transport

JOB, PRINCIPAL = "scim.bench", "6f1d6f9e-0000-4000-8000-000000000001"
BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
WRITTEN = ("userName", "displayName", "active", "title", "name.givenName", "name.familyName", "locale", "externalId")
STEPS = (
    ("EntryImportAdd", "import", "Retrieved User '{}' from Microsoft Entra ID"),
    ("EntrySynchronizationScoping", "scoping", "Determine if User in scope by evaluating against each scoping filter"),
    ("EntryImportObjectNotFound", "matching", "Received error response from customappsso: the User was not found"),
    ("EntryExportAdd", "export", "User '{}' was created in customappsso"),
)


def pages(number: int, size: int) -> list[bytes]:
    """So many pages of so many rows, each of which is somebody's creation; bodies of answers to GET."""
    bodies = []
    for page in range(number):
        rows = [row(page * size + each) for each in range(size)]
        more = {"@odata.nextLink": link(page + 1)} if page + 1 < number else {}
        bodies.append(json.dumps({"value": rows, **more}, separators=(",", ":")).encode())
    return bodies


def link(page: int) -> str:
    """The address of a page but the first."""
    return f"{GLOBAL.api}/auditLogs/provisioning?$skiptoken={page}"


def row(number: int) -> dict[str, Any]:
    """A provisioningObjectSummary with what a creation has (docs/graph-facts.md, "Provisioning log")."""
    person, name = f"{number:08x}-0000-4000-8000-000000000002", f"user{number:07d}@bench.example"
    at = BEGAN + timedelta(milliseconds=number)
    return {
        "id": f"{number:08x}-0000-4000-8000-000000000003",
        "activityDateTime": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "tenantId": "6f1d6f9e-0000-4000-8000-000000000004",
        "jobId": JOB,
        "cycleId": "6f1d6f9e-0000-4000-8000-000000000005",
        "changeId": f"{number:08x}-0000-4000-8000-000000000006",
        "provisioningAction": "create",
        "durationInMilliseconds": 312,
        "provisioningStatusInfo": {"status": "success", "errorInformation": None},
        "provisioningSteps": [step(*each, name) for each in STEPS],
        "modifiedProperties": [{"displayName": each, "oldValue": None, "newValue": name} for each in WRITTEN],
        "servicePrincipal": {"id": PRINCIPAL, "displayName": "Haiilo"},
        "sourceSystem": {"id": PRINCIPAL, "displayName": "Microsoft Entra ID", "details": {}},
        "targetSystem": {"id": PRINCIPAL, "displayName": "customappsso", "details": {"ServicePrincipalId": PRINCIPAL}},
        "initiatedBy": {"id": "", "displayName": "Azure AD Provisioning Service", "initiatorType": "system"},
        "sourceIdentity": {
            "id": person,
            "displayName": f"User {number}",
            "identityType": "User",
            "details": {"id": person, "odatatype": "User", "DisplayName": f"User {number}", "UserPrincipalName": name},
        },
        "targetIdentity": {"id": f"h{number}", "displayName": "", "identityType": "User", "details": {}},
    }


def step(name: str, kind: str, words: str, who: str) -> dict[str, Any]:
    """One of the steps, with details as they are recorded."""
    told = {"odatatype": "User", "UserPrincipalName": who, "IsActive": "True", "ReportableIdentifier": who}
    return {
        "name": name,
        "provisioningStepType": kind,
        "status": "success",
        "description": words.format(who),
        "details": told,
    }


def graph_with(bodies: Sequence[bytes]) -> GraphClient:
    """A client to whom Graph answers with these pages, in memory."""
    http = requests.Session()
    http.mount(GLOBAL.api, _Log(bodies))
    return GraphClient(Transport(http, _Kept()))


class _Log(BaseAdapter):
    """Answers each request with the page that its link names; one without a link with the first."""

    def __init__(self, bodies: Sequence[bytes]) -> None:
        super().__init__()
        self._bodies = bodies

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        _, _, page = str(request.url).partition("skiptoken=")
        answer = requests.Response()
        answer.status_code, answer.request = 200, request
        answer.raw = HTTPResponse(io.BytesIO(self._bodies[int(page or 0)]), preload_content=False)
        return answer

    def close(self) -> None:
        """Nothing is open."""


class _Kept:
    """A token source that costs nothing."""

    def token(self) -> str:
        return "t"

    def drop(self, *, refused: str | None = None, claims: str | None = None) -> None:
        """Nothing to forget."""
