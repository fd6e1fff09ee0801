"""The control port: what a person would prepare at Microsoft and Haiilo, what goes wrong, and what can be inspected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, make_response, redirect, request
from werkzeug.exceptions import HTTPException

from .. import faults, haiilo, seeding
from ..chaos import Chaos
from ..haiilo import lookup
from ..login import consenting, keys
from ..provisioning_port import cycles
from ..reality import described
from ..world import App, Tenant, World
from . import directory, page
from .directory import Unknown

Body = dict[str, Any]


def application(world: World, chaos: Chaos) -> Flask:
    """The WSGI application of the control port."""
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.register_blueprint(_Control(world, chaos).blueprint())

    @app.errorhandler(ValueError)
    def refuse(error: ValueError) -> Response:
        return make_response(jsonify(error=str(error)), 404 if isinstance(error, Unknown) else 400)

    @app.errorhandler(HTTPException)
    def refuse_http(error: HTTPException) -> Response:
        return make_response(jsonify(error=error.description), error.code or 500)

    return app


class _Control:
    def __init__(self, world: World, chaos: Chaos) -> None:
        self.world, self.chaos = world, chaos

    def blueprint(self) -> Blueprint:
        control = Blueprint("control", __name__, template_folder="templates")
        table: list[tuple[str, str, Callable[..., Any]]] = [
            ("GET", "/healthz", self.health),
            ("GET", "/", self.page),
            ("POST", "/switch", self.switch_on_page),
            ("POST", "/apps", self.register),
            ("GET", "/tenants", self.tenants),
            ("POST", "/tenants", self.make_tenant),
            ("GET", "/tenants/<tenant_id>", self.tenant),
            ("DELETE", "/tenants/<tenant_id>", self.forget_tenant),
            ("GET", "/tenants/<tenant_id>/directory", self.directory),
            ("POST", "/tenants/<tenant_id>/applications", self.add_application),
            ("PATCH", "/tenants/<tenant_id>/users/<user>", self.change_user),
            ("DELETE", "/tenants/<tenant_id>/users/<user>", self.delete_user),
            ("POST", "/tenants/<tenant_id>/users/<user>/restore", self.restore_user),
            ("PATCH", "/tenants/<tenant_id>/groups/<group>", self.change_group),
            ("DELETE", "/tenants/<tenant_id>/applications/<application>", self.delete_application),
            ("POST", "/tenants/<tenant_id>/consent", self.consent),
            ("POST", "/tenants/<tenant_id>/revoke", self.revoke),
            ("POST", "/tenants/<tenant_id>/own", self.own),
            ("POST", "/tenants/<tenant_id>/chaos", self.set_chaos),
            ("GET", "/tenants/<tenant_id>/switches", self.switches),
            ("POST", "/tenants/<tenant_id>/switches", self.set_switches),
            ("GET", "/tenants/<tenant_id>/reality", self.reality),
            ("POST", "/tenants/<tenant_id>/reality", self.set_reality),
            ("GET", "/reality", self.every_reality),
            ("POST", "/reality", self.set_every_reality),
            ("POST", "/tenants/<tenant_id>/run", self.run),
            ("GET", "/switches", self.every_switch),
            ("POST", "/release", self.release),
            ("GET", "/journal", self.journal),
            ("GET", "/journal/counts", self.journal_counts),
            ("GET", "/violations", self.violations),
            ("POST", "/hosts", self.hosts),
            ("POST", "/clock", self.clock),
            ("GET", "/clock", self.time),
            ("POST", "/keys/roll", self.roll),
            ("GET", "/haiilo/<host>/users", self.arrived),
        ]
        for method, rule, function in table:
            control.add_url_rule(rule, f"{method} {rule}".replace(".", " "), _json(function), methods=[method])
        return control

    # The world

    def health(self) -> Body:
        """Answer once both ports listen."""
        return {"ready": True}

    def page(self) -> str:
        """The page on which a person makes a tenant fail."""
        return page.show(self.world)

    def switch_on_page(self) -> Response:
        """Set one switch by the page's form."""
        form = request.form
        faults.switch(self.world, self._tenant(form.get("tenant", "")), {form.get("switch", ""): form.get("on") == "1"})
        answer: Any = redirect("/", 303)
        return make_response(answer)

    def register(self) -> Body:
        """An application registration; again with the same client id replaces it, consents stay."""
        body = _body()
        client_id = str(body["client_id"]).lower()
        pems = [body["certificate_pem"]] if body.get("certificate_pem") else list(body.get("certificates", []))
        app = App(
            client_id,
            str(body.get("display_name", "Application")),
            list(body.get("redirect_uris", [])),
            pems,
            list(body.get("permissions", [])),
            list(body.get("secrets", [])),
        )
        unknown = [name for name in app.permissions if name not in seeding.graph_permissions()]
        if unknown:
            raise ValueError(f"unknown permissions: {unknown}")
        self.world.apps[client_id] = app
        self.world.touch()
        return {"client_id": client_id}

    def tenants(self) -> list[Body]:
        """List all tenants, in short."""
        return [
            {"tenant_id": each.id, "name": each.name, "domain": each.domains[0], **dict(seeding.describe(each))}
            for each in self.world.tenants.values()
        ]

    def make_tenant(self) -> Body:
        """Make a tenant; the same domain gives the same one."""
        return seeding.make_tenant(self.world, _body())

    def tenant(self, tenant_id: str) -> Body:
        """Consent, roles, jobs, chaos, and whether an answer is being held."""
        tenant = self._tenant(tenant_id)
        consents = {
            client: {"roles": each.roles, "effective": each.effective_at <= self.world.clock.now()}
            for client, each in tenant.consents.items()
        }
        first = next(iter(tenant.consents.values()), None)
        return {
            **tenant.made,
            "name": tenant.name,
            "licence": tenant.licence,
            "consent": bool(tenant.consents),
            "consents": consents,
            "roles": first.roles if first else [],
            "jobs": [
                {**job.as_graph(), "service_principal_id": job.service_principal_id}
                for job in tenant.jobs.values()
                if not job.deleted
            ],
            "secrets": {key: sorted(values) for key, values in tenant.secrets.items()},
            "chaos": asdict(tenant.chaos),
            "switches": tenant.switches,
            "holding": self.chaos.holding(tenant),
            "log_rows": len(tenant.log),
        }

    def forget_tenant(self, tenant_id: str) -> Body:
        """Take a tenant out of the world, so that it costs nothing any more; what it was asked stays in the journal."""
        seeding.forget_tenant(self.world, self._tenant(tenant_id))
        return {}

    def directory(self, tenant_id: str) -> Body:
        """Users, groups, and the assignments to the application that is to be provisioned, or to a named one."""
        return directory.show(self.world, self._tenant(tenant_id), request.args.get("service_principal_id", ""))

    def add_application(self, tenant_id: str) -> Body:
        """One more application for Haiilo in this tenant, with a platform and people of its own."""
        return seeding.add_application(self.world, self._tenant(tenant_id), _body())

    def change_user(self, tenant_id: str, user: str) -> Body:
        """Change attributes as Graph names them; {"assigned": false} takes the assignment away."""
        return directory.change_user(self.world, self._tenant(tenant_id), user, _body())

    def delete_user(self, tenant_id: str, user: str) -> Body:
        """Delete a user softly, as Graph does."""
        return directory.delete_user(self.world, self._tenant(tenant_id), user)

    def restore_user(self, tenant_id: str, user: str) -> Body:
        """Take a user out of the recycle bin."""
        return directory.restore_user(self.world, self._tenant(tenant_id), user)

    def change_group(self, tenant_id: str, group: str) -> Body:
        """Change the members: {"add": [ids], "remove": [ids]}."""
        return directory.change_group(self.world, self._tenant(tenant_id), group, _body())

    def delete_application(self, tenant_id: str, application: str) -> Body:
        """Delete the enterprise application with this id of its service principal, as its owner would."""
        return directory.delete_application(self.world, self._tenant(tenant_id), application)

    # What people decide

    def _app(self, body: Body) -> App:
        apps = self.world.apps
        chosen = str(body.get("client_id") or next(iter(apps), "")).lower()
        if chosen not in apps:
            raise Unknown(f"no such application: {chosen}")
        return apps[chosen]

    def consent(self, tenant_id: str) -> Body:
        """Grant consent as if the person had accepted on the page. Raises ValueError when the role is not enough."""
        tenant, body = self._tenant(tenant_id), _body()
        user = tenant.user_named(str(body.get("user_name") or tenant.made["admin"]["user_name"]))
        if user is None or not consenting.may_consent(tenant, user):
            raise ValueError("AADSTS90094: this account may not consent")
        made = consenting.grant(self.world, tenant, self._app(body))
        return {"roles": made.roles, "service_principal_id": made.service_principal_id}

    def revoke(self, tenant_id: str) -> Body:
        """Delete our enterprise application, as an admin would."""
        consenting.revoke(self.world, self._tenant(tenant_id), self._app(_body()).client_id)
        return {}

    def own(self, tenant_id: str) -> Body:
        """Make our service principal an owner of the customer's application, as an admin would."""
        tenant, body = self._tenant(tenant_id), _body()
        consent = tenant.consents.get(self._app(body).client_id)
        sp = tenant.service_principals.get(str(body.get("service_principal_id", tenant.made["service_principal_id"])))
        if consent is None or sp is None:
            raise ValueError("consent first")
        for owners in (sp.owners, sp.application_owners) if body.get("application", True) else (sp.owners,):
            if consent.service_principal_id not in owners:
                owners.append(consent.service_principal_id)
        self.world.touch()
        return {"owners": sp.owners}

    # What goes wrong

    def set_chaos(self, tenant_id: str) -> Body:
        """throttle, fail, calm, lose_next, hold_next, throttle_next."""
        tenant = self._tenant(tenant_id)
        self.chaos.change(tenant, _body())
        return asdict(tenant.chaos)

    def release(self) -> Body:
        """Let held answers go."""
        self.chaos.release()
        return {}

    def switches(self, tenant_id: str) -> Body:
        """The switches that are on, with their values."""
        return self._tenant(tenant_id).switches

    def set_switches(self, tenant_id: str) -> Body:
        """Set switches, such as {"F9": true}; a false value takes one off."""
        return faults.switch(self.world, self._tenant(tenant_id), _body())

    def every_switch(self) -> Body:
        """Every switch with what will be seen."""
        return faults.known()

    def reality(self, tenant_id: str) -> Body:
        """How Microsoft's services answer in this tenant."""
        return asdict(self._tenant(tenant_id).reality)

    def set_reality(self, tenant_id: str) -> Body:
        """Let Microsoft's services answer otherwise in this tenant, such as {"counts": "pairs"}."""
        tenant = self._tenant(tenant_id)
        self.world.answer_as(_body(), tenant)
        return asdict(tenant.reality)

    def every_reality(self) -> Body:
        """Every setting: what it is in the world, what it may be, and how sure that is."""
        return described(self.world.reality)

    def set_every_reality(self) -> Body:
        """The same for every tenant that says nothing else."""
        self.world.answer_as(_body())
        return asdict(self.world.reality)

    def hosts(self) -> Body:
        """Where the provisioning service finds a host: {"scim.example": "http://127.0.0.1:9000"}; null forgets it."""
        for host, base_url in _body().items():
            self.world.hosts.pop(host.lower(), None)
            if base_url is not None:
                self.world.hosts[host.lower()] = str(base_url)
        return dict(self.world.hosts)

    # Time

    def run(self, tenant_id: str) -> Body:
        """Run any cycle that is due, now; whoever waits for one need not wait for the clock."""
        tenant = self._tenant(tenant_id)
        for job in list(tenant.jobs.values()):
            if not job.deleted:
                cycles(self.world).run(tenant, job)
        return {}

    def clock(self) -> Body:
        """Move the clock on, such as {"hours": 700}."""
        body = _body()
        self.world.clock.jump(timedelta(**{key: float(value) for key, value in body.items()}))
        self.world.touch()
        return self.time()

    def time(self) -> Body:
        """Both readings of the clock, and its speed."""
        clock = self.world.clock
        return {"now": clock.now().isoformat(), "stamp": clock.stamp().isoformat(), "speed": clock.speed}

    def roll(self) -> Body:
        """Make a new signing key."""
        return {"kid": keys.roll(self.world).kid}

    # What can be seen

    def journal(self) -> Response:
        """Filtered by any of its fields: ?tenant=…&method=PUT&path=/schema (path: contains).

        The headers Journal-Kept and Journal-Dropped say how many requests it holds and how many older ones are gone.
        """
        wanted = {key: value for key, value in request.args.items() if key not in ("path", "last")}
        part, whose = request.args.get("path", ""), self._owners()
        found = [
            line
            for line in self.world.journal.lines(
                lambda host: whose.get(host, ""), kind=wanted.pop("kind", ""), tenant=wanted.pop("tenant", "")
            )
            if part in line["path"] and all(str(line.get(key)) == value for key, value in wanted.items())
        ]
        answer = jsonify(found[-int(request.args["last"]) :] if "last" in request.args else found)
        answer.headers["Journal-Kept"] = str(self.world.journal.kept)
        answer.headers["Journal-Dropped"] = str(self.world.journal.dropped)
        return answer

    def _owners(self) -> dict[str, str]:
        """Host → id of the tenant whose platform it is."""
        tenants = reversed(list(self.world.tenants.values()))
        return {host: each.id for each in tenants for host in lookup.hosts_of(each)}

    def journal_counts(self) -> Body:
        """How often what was asked, whether or not the request is still kept."""
        return self.world.journal.counts()

    def violations(self) -> list[Body]:
        """Calls with one tenant's token that named an object of another."""
        return list(self.world.violations)

    def arrived(self, host: str) -> Body:
        """The users whom Haiilo holds."""
        return {"users": haiilo.users(self.world, host)}

    def _tenant(self, name: str) -> Tenant:
        found = self.world.tenant_at(name)
        if found is None:
            raise Unknown(f"no such tenant: {name}")
        return found


def _body() -> Body:
    body = request.get_json(silent=True, force=True) if request.content_length else {}
    if not isinstance(body, dict):
        raise ValueError("a JSON object is needed")
    return body


def _json(function: Callable[..., Any]) -> Callable[..., Any]:
    def answer(**arguments: Any) -> Any:
        made = function(**arguments)
        return made if isinstance(made, str | Response) else jsonify(made)

    return answer
