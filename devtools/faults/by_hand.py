"""What an administrator of the customer does in Microsoft's portal: changes to the job that nobody asked us about."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import requests

from devtools.faults.rig import Rig
from devtools.robots.rehearsal import RehearsedCustomer

PORTAL = "7c0ffee0-0000-4000-8000-00000000fa17"
SECRET = "a secret of the sandbox only"  # noqa: S105
GRAPH = "https://graph.microsoft.com/.default"
WAIT = 60.0  # seconds
A_WHILE = timedelta(hours=1)
MADE = "SELECT intents FROM onboarding_stepstate WHERE onboarding_id = %s AND key = 'connection'"
MADE_AT_ANOTHER_TIME = """
UPDATE onboarding_stepstate SET intents = %s::jsonb WHERE onboarding_id = %s AND key = 'connection' RETURNING id
"""


class Hand:
    """One administrator with an application of the customer's own, straight at the sandbox."""

    def __init__(self, rig: Rig, each: RehearsedCustomer) -> None:
        tenant = each.account.tenant
        self._rig, self._pk = rig, each.account.pk
        self._address, self._id = rig.stack.sandbox_url, tenant.id
        self._application = str(tenant["service_principal_id"])
        permissions = ("Synchronization.ReadWrite.All", "Application.ReadWrite.All")
        rig.sandbox.register_app(PORTAL, "Portal", secrets=[SECRET], permissions=permissions)
        tenant.consent(client_id=PORTAL)
        self._http = requests.Session()
        self._http.trust_env = False

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        given = {"grant_type": "client_credentials", "client_id": PORTAL, "client_secret": SECRET, "scope": GRAPH}
        signed = self._http.post(f"{self._address}/{self._id}/oauth2/v2.0/token", data=given, timeout=WAIT)
        signed.raise_for_status()
        headers = {"Authorization": f"Bearer {signed.json()['access_token']}"}
        where = f"{self._address}/v1.0/servicePrincipals/{self._application}/synchronization{path}"
        answer = self._http.request(method, where, json=body, headers=headers, timeout=WAIT)
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.content else None

    def jobs(self) -> list[str]:
        """The ids of the application's jobs."""
        return [str(job["id"]) for job in self._ask("GET", "/jobs")["value"]]

    def create_job(self) -> str:
        """A job such as somebody else would have made before us; its id."""
        [template] = self._ask("GET", "/templates")["value"][:1]
        return str(self._ask("POST", "/jobs", {"templateId": template["id"]})["id"])

    def delete_job(self, job: str) -> None:
        """Delete it, long after it was made: Microsoft may leave a new one out of its lists for some minutes."""
        self._make_older()
        self._ask("DELETE", f"/jobs/{job}")

    def _make_older(self) -> None:
        [row] = self._rig.sql(MADE, self._pk)
        for entry in row["intents"].values():
            if "at" in entry.get("result", {}):
                entry["result"]["at"] = (datetime.fromisoformat(entry["result"]["at"]) - A_WHILE).isoformat()
        self._rig.sql(MADE_AT_ANOTHER_TIME, json.dumps(row["intents"]), self._pk)

    def pause_job(self, job: str) -> None:
        """Stop it."""
        self._ask("POST", f"/jobs/{job}/pause")

    def change_mapping(self, job: str) -> None:
        """Take the last attribute out of the mapping of people."""
        schema = self._ask("GET", f"/jobs/{job}/schema")
        for rule in schema["synchronizationRules"]:
            for mapping in rule["objectMappings"]:
                if mapping["attributeMappings"]:
                    mapping["attributeMappings"].pop()
        self._ask("PUT", f"/jobs/{job}/schema", schema)

    def change_address(self, address: str) -> None:
        """Send everybody to another address from now on, long after ours was saved: Microsoft shows that late, too."""
        self._make_older()
        pairs = [{"key": "BaseAddress", "value": address}, {"key": "SecretToken", "value": "another"}]
        pairs += [{"key": "SyncAll", "value": "false"}, {"key": "SyncNotificationSettings", "value": "{}"}]
        self._ask("PUT", "/secrets", {"value": pairs})
