"""The provisioning engine against scim2-server, a strict one that nobody here wrote, in both of Entra's dialects.

Set up as a person would do it with curl: tokens and Graph calls are written out here, so that neither our own client
nor the SDK stands between the engine and its target.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from config.launch import ports
from config.launch.processes import Program, Supervisor
from tests.clients.conftest import CLIENT_ID, SECRET, Customer, make_customer

pytestmark = pytest.mark.clients

TOKEN = "of-the-strict-server"
HOST = "strict.haiilo.example"
GRAPH = "https://graph.microsoft.com/v1.0"
PEOPLE = 12


@dataclass
class Target:
    """scim2-server, with a room for each test under a name of its own."""

    url: str
    rooms: list[str] = field(default_factory=list)

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


@pytest.fixture(scope="module")
def target(clients, tmp_path_factory) -> Iterator[Target]:
    port, supervisor = ports.free(), Supervisor(tmp_path_factory.mktemp("scim2-server"))
    command = [str(clients / "scim2-server"), "--port", str(port), "--bearer-token", TOKEN, "--dynamic-tenants"]
    try:
        supervisor.start(Program("scim2-server", command, os.environ, lambda log: "Serving SCIM" in log))
        yield Target(f"http://{ports.HOST}:{port}")
    finally:
        supervisor.stop()


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
        self.customer.far_side.ask("PATCH", f"/tenants/{self.customer.tid}/users/{user}", attributes)

    def run_next(self) -> None:
        """Forty minutes later."""
        self.customer.far_side.ask("POST", "/clock", {"minutes": 41})
        self.run()

    def run(self) -> None:
        self.customer.far_side.run_cycle(self.customer.tid)

    def status(self) -> dict[str, Any]:
        return dict(self.ask("GET", f"{self.base}/jobs/{self.job}")["status"])

    def log(self) -> list[dict[str, Any]]:
        return list(self.ask("GET", f"{GRAPH}/auditLogs/provisioning?$filter=jobId eq '{self.job}'&$top=500")["value"])

    def failures(self) -> list[tuple[str, str, str]]:
        """(action, code, name) of everything that did not work."""
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


@pytest.fixture
def provisioning(sandbox, application, gateway, target):
    """Make a customer whose people go to a new room of the strict server."""

    def make(room: str, flag: str) -> Provisioning:
        sandbox.far_side.ask("POST", "/hosts", {HOST: target.url})
        customer = make_customer(sandbox, users=PEOPLE, groups=2)
        http = gateway.session()
        form = {"client_id": CLIENT_ID, "client_secret": SECRET, "grant_type": "client_credentials"}
        form["scope"] = "https://graph.microsoft.com/.default"
        answer = http.post(f"https://login.microsoftonline.com/{customer.tid}/oauth2/v2.0/token", form, timeout=30)
        http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        made = Provisioning(customer, target, room, http)
        made.set_up(flag)
        return made

    return make


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
    """What the default mapping makes of a user (REFERENCE 8.3), attribute by attribute; empty values are not sent."""
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
    """User name at the target → user; Entra leaves the mark of a guest out of it (F31)."""
    customer = made.customer
    found = in_scope(customer.far_side.directory(customer.tid), customer.tenant["service_principal_id"])
    return {name.replace("#EXT#", ""): user for name, user in found.items()}


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


NONE = {"missing": [], "too many": [], "different": {}}
STRICT, DEFAULT = "?aadOptscim062020", ""


@pytest.mark.parametrize("flag", [STRICT, DEFAULT], ids=["strict", "default"])
def test_brings_everybody_in_scope_with_every_attribute(provisioning, flag):
    made = provisioning(f"initial{len(flag)}", flag)
    assert made.failures() == []
    assert differences(made) == NONE
    assert len(scope_of(made)) > PEOPLE
    assert (made.status()["code"], made.status()["lastExecution"]["state"]) == ("Active", "Succeeded")


@pytest.mark.parametrize("flag", [STRICT, DEFAULT], ids=["strict", "default"])
def test_refers_to_managers_and_members_by_their_accounts(provisioning, flag):
    made = provisioning(f"references{len(flag)}", flag)
    people = {row["id"]: row["userName"] for row in made.target.resources(made.room, "Users")}
    directory = made.customer.far_side.directory(made.customer.tid)
    names = {user["id"]: user["userPrincipalName"] for user in directory["users"]}
    leaders = [
        row[ENTERPRISE]["manager"]["value"] for row in made.target.resources(made.room, "Users") if has_manager(row)
    ]
    assert len(leaders) == PEOPLE - 2  # every tenth leads the nine after them
    assert set(leaders) <= set(people)
    groups = {row["displayName"]: row for row in made.target.resources(made.room, "Groups")}
    assigned = {each["principalDisplayName"] for each in directory["assignments"] if each["principalType"] == "Group"}
    assert set(groups) == assigned
    for group in directory["groups"]:
        if group["displayName"] in assigned:
            wanted = {names[member["id"]] for member in group["members"] if member["id"] in names}
            there = {people[member["value"]] for member in groups[group["displayName"]]["members"]}
            assert there == wanted


def members_at_target(made: Provisioning, name: str) -> set[str]:
    people = {row["id"]: row["userName"] for row in made.target.resources(made.room, "Users")}
    group = next(row for row in made.target.resources(made.room, "Groups") if row["displayName"] == name)
    return {people[member["value"]] for member in group["members"]}


@dataclass(frozen=True)
class Changed:
    """Who got a telephone number of a kind that they had not, and who left which group."""

    got_a_fax: dict[str, Any]
    group: str
    left: str


def change_everything(made: Provisioning) -> Changed:
    """One change of each kind, each to somebody else."""
    directory = made.customer.far_side.directory(made.customer.tid)
    users = {user["id"]: user for user in directory["users"]}
    assigned = [each["principalId"] for each in directory["assignments"]]
    people = [users[each] for each in assigned if each in users and users[each]["userType"] == "Member"]
    staff = next(group for group in directory["groups"] if group["id"] in assigned and len(group["members"]) > 3)
    leaves, is_deleted = [each["id"] for each in staff["members"] if each["id"] in users][:2]
    tenant = f"/tenants/{made.customer.tid}"
    made.change(people[1]["id"], jobTitle="Head of Something", city="Tampere", department="Research")
    made.change(people[2]["id"], faxNumber="+358 9 123")
    made.change(people[3]["id"], surname="Renamed", displayName="Somebody Renamed")
    made.change(people[4]["id"], accountEnabled=False)
    made.change(people[5]["id"], assigned=False)
    made.customer.far_side.ask("PATCH", f"{tenant}/groups/{staff['id']}", {"remove": [leaves]})
    made.customer.far_side.ask("DELETE", f"{tenant}/users/{is_deleted}")
    return Changed(people[2], staff["displayName"], users[leaves]["userPrincipalName"])


NO_TARGET = "no value of 'phone_numbers' matches the path filter"
NO_LIST = "x"


@pytest.mark.parametrize("flag", [STRICT, DEFAULT], ids=["strict", "default"])
def test_follows_changes_but_for_what_is_listed(provisioning, flag):
    made = provisioning(f"changes{len(flag)}", flag)
    who = change_everything(made)
    made.run_next()
    print(who, made.failures(), differences(made))
    print(members_at_target(made,who.group),who.left)
    assert 0
