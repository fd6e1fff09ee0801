"""A tenant, its Haiilo platform and the provisioning engine, joined by real HTTP on this machine."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import requests
from flask import Flask

from sandbox import faults, haiilo, provisioning
from sandbox.clock import Clock
from sandbox.graph.jobs import new_job
from sandbox.provisioning import memory, schema
from sandbox.serving import Server
from sandbox.world import Assignment, Group, Job, ServicePrincipal, Tenant, User, World, new_id

HOST = "contoso.smarpshare.com"
ADVOCACY = {
    "userName",
    "active",
    "name.givenName",
    "name.familyName",
    'addresses[type eq "work"].country',
    'addresses[type eq "work"].locality',
    'addresses[type eq "work"].region',
}


class Site:
    """One server on a free port for all tests; what it serves is the Haiilo side of the world that was set last."""

    def __init__(self) -> None:
        self._app: Any = None
        self._server = Server(self._serve)
        self._server.start()
        self.base = self._server.url

    def close(self) -> None:
        self._server.stop()

    def _serve(self, environ: dict[str, Any], start_response: Any) -> Any:
        return self._app(environ, start_response)

    def show(self, world: World) -> str:
        """The base URL at which the world is served now."""
        app = Flask("haiilo")
        app.register_blueprint(haiilo.blueprint(world))
        self._app = app
        world.hosts["*"] = self.base
        return self.base


@dataclass
class Rig:
    """One customer with everything that the service needs; `base` is where the platform is served."""

    world: World
    base: str
    host: str = HOST
    product: str = "advocacy"
    limits: provisioning.Limits = field(default_factory=provisioning.Limits)

    def __post_init__(self) -> None:
        self.tenant = Tenant(
            new_id(), "Contoso", ["contoso.example"], "contoso.onmicrosoft.com", self.product, self.host, ["Finland"]
        )
        self.world.tenants[self.tenant.id] = self.tenant
        self.token = haiilo.make_platform(self.world, self.host, self.product, ["Finland", "Germany"])
        self.platform = self.world.platforms[self.host]
        self.engine = provisioning.Engine(self.world, self.world.clock, limits=self.limits)
        self.sp = ServicePrincipal(new_id(), new_id(), "Haiilo SSO", templates=["scim"])
        self.tenant.service_principals[self.sp.id] = self.sp
        self.tenant.made = {"service_principal_id": self.sp.id}
        self.job = self.new_job()

    def new_job(self) -> Job:
        """A job with saved credentials; for Advocacy only the supported attributes are mapped."""
        job = new_job(self.tenant.id, self.sp.id, "scim", provisioning.default_schema("scim", self.tenant))
        self.tenant.jobs[job.id] = job
        self.save_secrets()
        if self.product == "advocacy":
            self.mapping("Group", job)["enabled"] = False
            users = self.mapping("User", job)
            users["attributeMappings"] = [
                each for each in users["attributeMappings"] if each["targetAttributeName"] in ADVOCACY
            ]
        return job

    def save_secrets(self, **changed: str) -> None:
        """As PUT secrets would: the whole set."""
        saved = {"BaseAddress": f"https://{self.host}/api/scim/v2", "SecretToken": self.token, "SyncAll": "false"}
        self.tenant.secrets[self.sp.id] = {**saved, **changed}

    def mapping(self, kind: str, job: Job | None = None) -> dict[str, Any]:
        """The object mapping of the job's schema, to be changed in place."""
        found = schema.object_mapping((job or self.job).schema, kind)
        assert found is not None
        return found

    def map(self, target: str, expression: str, **changed: Any) -> None:
        """Set one attribute mapping of the users."""
        mappings = self.mapping("User")["attributeMappings"]
        mappings[:] = [each for each in mappings if each["targetAttributeName"] != target]
        mappings.append({**schema.attribute_mapping(target, expression), **changed})

    # The directory

    def add_user(self, name: str, *, assigned: bool = True, **attributes: Any) -> User:
        given = attributes.pop("givenName", name.capitalize())
        wanted = {
            "displayName": f"{given} Berg",
            "givenName": given,
            "surname": "Berg",
            "country": "Finland",
            "city": "Helsinki",
            "mail": f"{name}@contoso.example",
            **attributes,
        }
        upn = wanted.pop("userPrincipalName", f"{name}@contoso.example")
        user = self.tenant.add_user(User(new_id(), upn, **wanted))
        if assigned:
            self.assign(user)
        return user

    def add_users(self, count: int, **attributes: Any) -> list[User]:
        return [self.add_user(f"user{number}", **attributes) for number in range(count)]

    def add_group(self, name: str, members: list[User | Group], *, assigned: bool = True) -> Group:
        group = Group(new_id(), name)
        group.members = {each.id: "user" if isinstance(each, User) else "group" for each in members}
        self.tenant.groups[group.id] = group
        self.tenant.change(group)
        if assigned:
            self.assign(group)
        return group

    def assign(self, thing: User | Group, **attributes: Any) -> Assignment:
        kind = "User" if isinstance(thing, User) else "Group"
        name = thing.displayName or ""
        role = "00000000-0000-0000-0000-000000000000"
        made = Assignment(new_id(), thing.id, kind, name, self.sp.id, self.sp.displayName, role, **attributes)
        self.tenant.assignments.setdefault(self.sp.id, {})[made.id] = made
        self.tenant.change(made)
        return made

    def unassign(self, *things: User | Group) -> None:
        gone = {thing.id for thing in things}
        kept = self.tenant.assignments[self.sp.id]
        self.tenant.assignments[self.sp.id] = {key: each for key, each in kept.items() if each.principalId not in gone}

    def change(self, user: User, **attributes: Any) -> None:
        for name, value in attributes.items():
            setattr(user, name, value)
        self.tenant.change(user)

    def switch(self, **values: Any) -> None:
        """As the control port would."""
        faults.switch(self.world, self.tenant, values)

    def answer_as(self, **values: Any) -> None:
        """As the control port would."""
        self.world.answer_as(values, self.tenant)

    # The job

    def run(self) -> dict[str, Any]:
        """Run what is due; the job's status afterwards."""
        self.engine.run(self.tenant, self.job)
        return copy.deepcopy(self.job.status)

    def start(self) -> dict[str, Any]:
        self.engine.on_start(self.tenant, self.job)
        return self.run()

    def next_cycle(self) -> dict[str, Any]:
        self.world.clock.jump(timedelta(minutes=41))
        return self.run()

    def restart(self, scope: str = "") -> dict[str, Any]:
        self.engine.on_restart(self.tenant, self.job, scope)
        return self.run()

    def on_demand(self, user: User | Group, **extra: Any) -> tuple[str, str]:
        kind = "User" if isinstance(user, User) else "Group"
        subject = {"objectId": user.id, "objectTypeName": kind, **extra}
        parameters = [{"ruleId": schema.RULE_ID, "subjects": [subject]}]
        return provisioning.on_demand(self.world, self.tenant, self.sp, self.job, parameters)

    @property
    def memory(self) -> memory.Memory:
        return memory.of(self.job)

    # What can be seen

    def rows(self, since: int = 0) -> list[dict[str, Any]]:
        return [row.json() for row in self.tenant.log[since:]]

    def codes(self, since: int = 0) -> list[str]:
        """action/status/code of every log row."""
        found = []
        for row in self.rows(since):
            info = row["provisioningStatusInfo"]
            code = (info["errorInformation"] or {}).get("errorCode") or skip_reason(row)
            found.append("/".join(filter(None, (row["provisioningAction"], info["status"], code))))
        return found

    def arrived(self) -> dict[str, dict[str, Any]]:
        """User name → resource."""
        return {resource["userName"]: resource for resource in haiilo.users(self.world, self.host)}

    def scim(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """A call to the platform with its token."""
        sent = {"Host": self.host, "Authorization": f"Bearer {self.token}", **headers}
        return requests.request(method, f"{self.base}/api/scim/v2{path}", json=body, headers=sent, timeout=60)


def skip_reason(row: dict[str, Any]) -> str:
    """Why nothing was done, in the details of the last step."""
    steps = row["provisioningSteps"]
    return str(steps[-1]["details"].get("SkipReason", "")) if steps else ""


def new_world(speed: float = 3600.0) -> World:
    return World(Clock(speed), seed=1)
