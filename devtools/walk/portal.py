"""What an administrator of the customer does to the provisioning job in Microsoft's portal, without asking us."""

from __future__ import annotations

from typing import Any

import requests

from devtools.stack.sandbox_control import SandboxTenant
from devtools.stack.stack import Stack

PORTAL = "7c0ffee0-0000-4000-8000-00000000fa18"
SECRET = "a secret of the sandbox only"  # noqa: S105
GRAPH = "https://graph.microsoft.com/.default"
WAIT = 60.0  # seconds


class Portal:
    """An application of the customer's own, straight at the sandbox."""

    def __init__(self, stack: Stack, tenant: SandboxTenant) -> None:
        self._address, self._tenant = stack.sandbox_url, tenant
        permissions = ("Synchronization.ReadWrite.All", "Application.ReadWrite.All")
        stack.sandbox.register_app(PORTAL, "Portal", secrets=[SECRET], permissions=permissions)
        tenant.consent(client_id=PORTAL)
        self._http = requests.Session()
        self._http.trust_env = False

    def pause(self) -> None:
        """Stop every job of the application."""
        for job in self._jobs():
            self._ask("POST", f"/jobs/{job}/pause")

    def start(self) -> None:
        """Start them."""
        for job in self._jobs():
            self._ask("POST", f"/jobs/{job}/start")

    def delete_jobs(self) -> None:
        """Delete them."""
        for job in self._jobs():
            self._ask("DELETE", f"/jobs/{job}")

    def take_whole_directory(self, *, everybody: bool = True) -> None:
        """Switch the scope to everybody, or back to who is assigned; the other settings stay."""
        self._save(SyncAll="true" if everybody else "false")

    def send_to(self, address: str) -> None:
        """Send everybody to another address from now on, with the same token."""
        self._save(BaseAddress=address, SecretToken=str(self._tenant["scim_token"]))

    def lose_last_attribute(self) -> None:
        """Take the last attribute out of each mapping."""
        for job in self._jobs():
            schema = self._ask("GET", f"/jobs/{job}/schema")
            for rule in schema["synchronizationRules"]:
                for mapping in rule["objectMappings"]:
                    del mapping["attributeMappings"][-1:]
            self._ask("PUT", f"/jobs/{job}/schema", schema)

    def _jobs(self) -> list[str]:
        return [str(job["id"]) for job in self._ask("GET", "/jobs")["value"]]

    def _save(self, **changes: str) -> None:
        """Microsoft replaces the whole set, and its portal sends all of it."""
        shown = {str(each["key"]): str(each["value"]) for each in self._ask("GET", "/secrets")["value"]}
        values = {**shown, "SecretToken": str(self._tenant["scim_token"]), **changes}
        self._ask("PUT", "/secrets", {"value": [{"key": key, "value": value} for key, value in values.items()]})

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        given = {"grant_type": "client_credentials", "client_id": PORTAL, "client_secret": SECRET, "scope": GRAPH}
        signed = self._http.post(f"{self._address}/{self._tenant.id}/oauth2/v2.0/token", data=given, timeout=WAIT)
        signed.raise_for_status()
        headers = {"Authorization": f"Bearer {signed.json()['access_token']}"}
        app = self._tenant["service_principal_id"]
        where = f"{self._address}/v1.0/servicePrincipals/{app}/synchronization{path}"
        answer = self._http.request(method, where, json=body, headers=headers, timeout=WAIT)
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.content else None
