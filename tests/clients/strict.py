"""scim2-server as a target, a customer whose job writes to it, and what should be there, worked out independently.

Set up as a person would do it with curl: Graph's calls are written out here, so that neither our own client nor the SDK
stands between the engine and its target.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from devtools.robots.expectation import arriving_name
from tests.clients.conftest import Customer

TOKEN = "of-the-strict-server"
HOST = "strict.haiilo.example"
GRAPH = "https://graph.microsoft.com/v1.0"


@dataclass
class Target:
    """scim2-server, with a room for each test under a name of its own."""

    url: str

    def resources(self, room: str, kind: str) -> list[dict[str, Any]]:
        """All of them, read page by page."""
        found: list[dict[str, Any]] = []
        while True:
            answer = requests.get(
                f"{self.url}/{room}/v2/{kind}",
                params={"startIndex": len(found) + 1, "count": 50},
                headers={"Authorization": f"Bearer {TOKEN}"},
                timeout=30,
            )
            answer.raise_for_status()
            found += answer.json().get("Resources", [])
            if len(found) >= answer.json()["totalResults"]:
                return found


@dataclass
class Provisioning:
    """A customer whose job writes to a room of the strict server."""

    customer: Customer
    target: Target
    room: str
    http: requests.Session

    @property
    def base(self) -> str:
        return f"{GRAPH}/servicePrincipals/{self.customer.tenant['service_principal_id']}/synchronization"

    def ask(self, method: str, address: str, body: Any = None) -> Any:
        answer = self.http.request(method, address, json=body, timeout=30)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def set_up(self, flag: str) -> None:
        """Job with the default mapping, secrets, start."""
        self.job = self.ask("POST", f"{self.base}/jobs", {"templateId": "scim"})["id"]
        address = f"https://{HOST}/{self.room}/v2{flag}"
        values = {"BaseAddress": address, "SecretToken": TOKEN, "SyncAll": "false", "SyncNotificationSettings": "{}"}
        saved = [{"key": key, "value": value} for key, value in values.items()]
        self.ask("PUT", f"{self.base}/secrets", {"value": saved})
        body = {"templateId": "scim", "useSavedCredentials": True}
        self.ask("POST", f"{self.base}/jobs/{self.job}/validateCredentials", body)
        self.ask("POST", f"{self.base}/jobs/{self.job}/start")
        self.run()

    def change(self, user: str, **attributes: Any) -> None:
        """As an admin would in the directory."""
        self.customer.tenant.change_user(user, **attributes)

    def run_next(self) -> None:
        """Forty minutes later."""
        self.customer.tenant.control.advance_clock(minutes=41)
        self.run()

    def run(self) -> None:
        self.customer.tenant.run_cycles()

    def status(self) -> dict[str, Any]:
        return dict(self.ask("GET", f"{self.base}/jobs/{self.job}")["status"])

    def log(self) -> list[dict[str, Any]]:
        return list(self.ask("GET", f"{GRAPH}/auditLogs/provisioning?$filter=jobId eq '{self.job}'&$top=500")["value"])

    def failures(self) -> list[tuple[str, str, str, str]]:
        """(action, code, reason, name) of everything that did not work."""
        rows = [row for row in self.log() if row["provisioningStatusInfo"]["status"] == "failure"]
        return [
            (
                row["provisioningAction"],
                row["provisioningStatusInfo"]["errorInformation"]["errorCode"],
                row["provisioningStatusInfo"]["errorInformation"]["reason"],
                row["sourceIdentity"]["displayName"],
            )
            for row in rows
        ]


# What should be there, worked out from the directory alone


def in_scope(directory: dict[str, Any], service_principal_id: str) -> dict[str, dict[str, Any]]:
    """User name → user, of everybody enabled who is assigned or a direct member of an assigned group."""
    users = {user["id"]: user for user in directory["users"]}
    groups = {group["id"]: group for group in directory["groups"]}
    wanted: set[str] = set()
    for each in directory["assignments"]:
        if each["resourceId"] == service_principal_id:
            members = groups.get(each["principalId"], {}).get("members", [])
            wanted |= {each["principalId"], *(member["id"] for member in members)}
    found = [users[each] for each in wanted if each in users]
    return {user["userPrincipalName"]: user for user in found if user["accountEnabled"]}


ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def has_manager(resource: dict[str, Any]) -> bool:
    return bool(resource.get(ENTERPRISE, {}).get("manager"))


def as_scim(user: dict[str, Any]) -> dict[str, str]:
    """A user as the default mapping sends it, attribute by attribute, without empty values.

    docs/graph-facts.md, "Schema and mappings".
    """
    made = {
        "userName": user["userPrincipalName"],
        "displayName": user["displayName"],
        "title": user["jobTitle"],
        "emails.work": user["mail"],
        "preferredLanguage": user["preferredLanguage"],
        "name.givenName": user["givenName"],
        "name.familyName": user["surname"],
        "name.formatted": f"{user['givenName']} {user['surname']}",
        "addresses.formatted": user["officeLocation"],
        "addresses.streetAddress": user["streetAddress"],
        "addresses.locality": user["city"],
        "addresses.region": user["state"],
        "addresses.postalCode": user["postalCode"],
        "addresses.country": user["country"],
        "phoneNumbers.work": (user["businessPhones"] or [None])[0],
        "phoneNumbers.mobile": user["mobilePhone"],
        "phoneNumbers.fax": user["faxNumber"],
        "externalId": user["mailNickname"],
        "employeeNumber": user["employeeId"],
        "department": user["department"],
    }
    return {key: value for key, value in made.items() if value}


def flat(resource: dict[str, Any]) -> dict[str, str]:
    """The same of a SCIM resource."""
    found = {key: resource.get(key) for key in ("userName", "displayName", "title", "preferredLanguage", "externalId")}
    found |= {f"name.{key}": value for key, value in resource.get("name", {}).items()}
    for kind in ("emails", "phoneNumbers"):
        found |= {f"{kind}.{each['type']}": each["value"] for each in resource.get(kind, [])}
    for address in resource.get("addresses", []):
        found |= {f"addresses.{key}": value for key, value in address.items() if key not in ("type", "primary")}
    enterprise = resource.get(ENTERPRISE, {})
    found |= {key: enterprise.get(key) for key in ("employeeNumber", "department")}
    return {key: value for key, value in found.items() if value}


def scope_of(made: Provisioning) -> dict[str, dict[str, Any]]:
    """User name at the target → user; a guest's is its address at home (F31)."""
    customer = made.customer
    found = in_scope(customer.tenant.directory(), customer.tenant["service_principal_id"])
    return {arriving_name(name): user for name, user in found.items()}


def differences(made: Provisioning) -> dict[str, Any]:
    """Who is missing or too many at the target, and which attributes differ: wanted and found."""
    wanted = {name: {**as_scim(user), "userName": name} for name, user in scope_of(made).items()}
    there = made.target.resources(made.room, "Users")
    active = {row["userName"]: flat(row) for row in there if row["active"] is True}
    return {
        "missing": sorted(set(wanted) - set(active)),
        "too many": sorted(set(active) - set(wanted)),
        "different": {
            name: sorted(set(wanted[name].items()) ^ set(active[name].items()))
            for name in set(wanted) & set(active)
            if wanted[name] != active[name]
        },
    }


def members_at_target(made: Provisioning, name: str) -> set[str]:
    people = {row["id"]: row["userName"] for row in made.target.resources(made.room, "Users")}
    group = next(row for row in made.target.resources(made.room, "Groups") if row["displayName"] == name)
    return {people[member["value"]] for member in group["members"]}
