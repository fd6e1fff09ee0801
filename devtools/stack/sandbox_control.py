"""The sandbox as a process, and its control port: what a person would prepare and inspect at Microsoft and Haiilo.

No other module of devtools, bench or tests knows the control port's paths.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import requests

from devtools.stack.processes import Program

TIMEOUT = 120.0  # seconds
Json = dict[str, Any]


def program(
    port: int,
    control_port: int,
    environment: Mapping[str, str],
    *,
    state: Path | None = None,
    speed: float = 1.0,
    seed: int | None = None,
) -> Program:
    """The sandbox as a process; with `state` the process keeps its world in that file."""
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--control-port", str(control_port)]
    command += ["--speed", f"{speed:g}"]
    command += ["--state", str(state)] if state else []
    command += ["--seed", str(seed)] if seed is not None else []
    return Program("sandbox", command, environment, lambda log: '"ready": true' in log)


def redirects_of(public_url: str) -> list[str]:
    """The redirect URIs of our application's registration, for a product that runs at `public_url`."""
    return [f"{public_url}/consent/signed-in/", f"{public_url}/consent/granted/"]


class SandboxRefused(RuntimeError):
    """The control port answered with an error, whose status is `status`; the message carries the answer."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class SandboxControl:
    """The control port of one running sandbox. Each method is one request.

    Every method raises SandboxRefused for an error, or requests' exceptions when nobody answers.
    """

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self.url = url
        self._timeout = timeout  # seconds
        self._http = requests.Session()
        self._http.trust_env = False

    def ask(self, method: str, path: str, body: Json | None = None) -> Any:
        """The JSON of any answer; None for an empty one."""
        answer = self._http.request(method, self.url + path, json=body, timeout=self._timeout)
        if not answer.ok:
            raise SandboxRefused(f"{method} {path}: {answer.status_code} {answer.text[:500]}", answer.status_code)
        return answer.json() if answer.content else None

    # Applications and tenants

    def register_app(
        self,
        client_id: str,
        name: str,
        *,
        permissions: Iterable[str],
        redirect_uris: Iterable[str] = (),
        certificates: Iterable[str] = (),
        secrets: Iterable[str] = (),
    ) -> None:
        """Register an application, or replace the registration with that client id; `certificates` are PEM."""
        about = {"redirect_uris": redirect_uris, "certificates": certificates, "secrets": secrets}
        about |= {"permissions": permissions}
        lists = {key: list(values) for key, values in about.items()}
        self.ask("POST", "/apps", {"client_id": client_id, "display_name": name, **lists})

    def make_tenant(self, **wanted: Any) -> SandboxTenant:
        """A customer's tenant and Haiilo platform; the same `domain` gives the same tenant again."""
        return SandboxTenant(self, {**wanted, **self.ask("POST", "/tenants", wanted)})

    def tenants(self) -> list[Json]:
        """Every tenant, in short."""
        return list(self.ask("GET", "/tenants"))

    def arrived(self, host: str) -> list[Json]:
        """The SCIM users that Haiilo holds for this host."""
        return list(self.ask("GET", f"/haiilo/{quote(host)}/users")["users"])

    def route_host(self, host: str, base_url: str | None) -> None:
        """Let the provisioning service find `host` at `base_url`; None forgets it."""
        self.ask("POST", "/hosts", {host: base_url})

    # Faults

    def faults(self) -> Json:
        """What each fault that can be switched on will show."""
        return dict(self.ask("GET", "/switches"))

    def realities(self) -> Json:
        """Every setting of how Microsoft may answer: its value in the world, what it may be, how sure that is."""
        return dict(self.ask("GET", "/reality"))

    def answer_as(self, **values: Any) -> None:
        """Let Microsoft answer so in every tenant that says nothing else, by the names of `realities`."""
        self.ask("POST", "/reality", values)

    def release(self) -> None:
        """Let held answers go."""
        self.ask("POST", "/release", {})

    # Time and keys

    def advance_clock(self, **units: float) -> Json:
        """Move the sandbox's clock on by `minutes`, `hours` or `days`; both readings then."""
        return dict(self.ask("POST", "/clock", units))

    def clock(self) -> Json:
        """Both readings of the sandbox's clock, and its speed."""
        return dict(self.ask("GET", "/clock"))

    def roll_keys(self) -> str:
        """Sign with a new key from now on; its id."""
        return str(self.ask("POST", "/keys/roll", {})["kid"])

    # What was asked

    def journal(self, **filters: Any) -> list[Json]:
        """The requests that the sandbox remembers; `path` is part of the path, `last` a number, others are equal."""
        return list(self.ask("GET", f"/journal?{urlencode(filters)}"))

    def journal_counts(self) -> Json:
        """How often each request was made, whether or not the journal still holds it."""
        return dict(self.ask("GET", "/journal/counts"))

    def violations(self) -> list[Any]:
        """Requests that used one tenant's token in another. Must stay empty."""
        return list(self.ask("GET", "/violations"))


@dataclass(frozen=True)
class SandboxTenant:
    """One customer's tenant and platform. `made` is what was wanted of the tenant and what the sandbox answered."""

    control: SandboxControl = field(repr=False)
    made: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        """What the tenant was made with: admin, base_url, domain, haiilo_host, pilot, scim_token and others."""
        return self.made[name]

    @property
    def id(self) -> str:
        """The tenant's id at Microsoft."""
        return str(self.made["tenant_id"])

    def ask(self, method: str, path: str = "", body: Json | None = None) -> Any:
        """The JSON of any answer about this tenant."""
        return self.control.ask(method, f"/tenants/{self.id}{path}", body)

    def forget(self) -> None:
        """Take the tenant and its platforms out of the sandbox, whose provisioning would go on."""
        self.ask("DELETE")

    # What its people decide

    def consent(self, *, client_id: str = "", user_name: str = "") -> str:
        """Let `user_name`, else the admin, approve an application, else the first one that was registered.

        The id of the service principal that the application has in the tenant then.
        """
        made = self.ask("POST", "/consent", _without_empty(client_id=client_id, user_name=user_name))
        return str(made["service_principal_id"])

    def revoke(self, client_id: str = "") -> None:
        """Let the admin delete the enterprise application of `client_id`, else of the first application."""
        self.ask("POST", "/revoke", _without_empty(client_id=client_id))

    def own(self, client_id: str = "", *, application: bool = True, service_principal_id: str = "") -> None:
        """Let the admin make an application's service principal an owner of the customer's application."""
        which = _without_empty(client_id=client_id, service_principal_id=service_principal_id)
        self.ask("POST", "/own", {**which, "application": application})

    def change_user(self, user: str, **attributes: Any) -> None:
        """Change a person's attributes as Graph names them, or `assigned`; `user` is an id or a user name."""
        self.ask("PATCH", f"/users/{quote(user)}", attributes)

    def delete_user(self, user: str) -> None:
        """Move a person to the recycle bin."""
        self.ask("DELETE", f"/users/{quote(user)}")

    def restore_user(self, user: str) -> None:
        """Take a person out of the recycle bin."""
        self.ask("POST", f"/users/{quote(user)}/restore", {})

    def change_group(self, group_id: str, **changes: Any) -> None:
        """Change a group: `add` and `remove` are ids of members, `displayName` its name."""
        self.ask("PATCH", f"/groups/{group_id}", changes)

    def add_application(self, **wanted: Any) -> SandboxTenant:
        """The same tenant, seen from one more application for Haiilo with a platform of its own: product, haiilo_host,
        haiilo_groups, app_name, users, and also, the names of people of the tenant who are assigned to it besides.
        """
        return SandboxTenant(self.control, {**self.made, **wanted, **self.ask("POST", "/applications", wanted)})

    def delete_application(self) -> None:
        """Let an owner delete the enterprise application that is to be provisioned, with its jobs."""
        self.ask("DELETE", f"/applications/{self['service_principal_id']}")

    # What goes wrong

    def switch(self, **faults: Any) -> None:
        """Switch faults on (True, or their parameters) or off (False), by key: F2=True."""
        self.ask("POST", "/switches", faults)

    def switched_on(self) -> Json:
        """The faults that are on, with their parameters."""
        return dict(self.ask("GET", "/switches"))

    def answer_as(self, **values: Any) -> None:
        """Let Microsoft answer so in this tenant, by the names of SandboxControl.realities."""
        self.ask("POST", "/reality", values)

    def chaos(self, **chaos: Any) -> None:
        """Set random and one-shot faults: throttle, fail, calm, lose_next, hold_next, throttle_next."""
        self.ask("POST", "/chaos", chaos)

    def run_cycles(self) -> None:
        """Run every provisioning cycle of the tenant now, without waiting for the clock."""
        self.ask("POST", "/run", {})

    # What can be seen

    def details(self) -> Json:
        """Consent, roles, provisioning jobs, secrets, faults, and whether an answer is being held."""
        return dict(self.ask("GET"))

    def jobs(self) -> list[Json]:
        """The provisioning jobs that are not deleted."""
        return list(self.details()["jobs"])

    def is_holding(self) -> bool:
        """Whether an answer to this tenant is being held."""
        return bool(self.details()["holding"])

    def directory(self) -> Json:
        """Users, groups, and who is assigned to the application that is to be provisioned."""
        return dict(self.ask("GET", f"/directory?service_principal_id={self.made['service_principal_id']}"))

    def arrived(self) -> list[Json]:
        """The SCIM users that Haiilo holds for this customer."""
        return self.control.arrived(str(self.made["haiilo_host"]))

    def journal(self, **filters: Any) -> list[Json]:
        """The remembered requests that concerned this tenant; `filters` as those of SandboxControl.journal."""
        return self.control.journal(tenant=self.id, **filters)

    def graph_calls(self, method: str, containing: str) -> list[Json]:
        """The remembered requests to Graph with that method whose path contains `containing`."""
        return self.journal(kind="graph", method=method, path=containing)


def _without_empty(**fields: str) -> Json:
    return {name: value for name, value in fields.items() if value}
