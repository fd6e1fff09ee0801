"""A customer's tenant as it is before we come: people, groups, applications, and who is assigned to what."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import faults, haiilo
from .faults.deviations import WidsInIdTokens
from .graph.applications import CUSTOM, GRAPH_APP_ID, INTEGRATED, NON_GALLERY, SAML_ROLE, USER_ROLE, graph_roles
from .graph.assignments import put
from .graph.jobs import job_for
from .login.consenting import APPLICATION_ADMINISTRATOR, GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR
from .login.tokens import signs_in_as
from .names import made_up
from .wording import words
from .world import Group, ServicePrincipal, Tenant, User, World, new_id

DEFAULT_GROUPS = ("Germany", "Finland", "Netherlands")
KNOWN = frozenset(
    words(
        "name domain users product haiilo_host haiilo_groups calm licence group_members groups tenant_id"
        " app_name switches wids reality job"
    )
)
KNOWN_OF_APPLICATIONS = frozenset(words("product haiilo_host haiilo_groups app_name users also"))
PRODUCTS = ("advocacy", "home")
GALLERY = "WindowsAzureActiveDirectoryGalleryApplicationNonPrimaryV1"
GROUP_MEMBERS, NESTED_MEMBERS = 5, 3


class BadOption(ValueError):
    """An option that the sandbox does not know, or that cannot be."""


def make_tenant(world: World, options: Mapping[str, Any]) -> dict[str, Any]:
    """The tenant of a domain, made if it is not there yet. Raises BadOption."""
    unknown = set(options) - KNOWN
    domain = str(options.get("domain", "")).lower()
    if unknown or "." not in domain:
        raise BadOption(f"unknown: {sorted(unknown)}" if unknown else "a tenant needs a domain")
    wanted = dict(options.get("switches") or {}) | ({WidsInIdTokens.key: True} if options.get("wids") else {})
    faults.check(wanted)
    with world.lock:
        there = world.tenant_at(domain)
        if there is not None:
            return there.made
        tenant = _tenant(world, domain, options)
        world.answer_as({**_by_name(domain), **(options.get("reality") or {})}, tenant)
        world.tenants[tenant.id] = tenant
        for name in [*tenant.domains, tenant.initial_domain]:
            world.domains[name] = tenant.id
        tenant.made = _TenantBuilder(world, tenant, options).build()
        faults.switch(world, tenant, wanted)
        world.touch()
    return tenant.made


def add_application(world: World, tenant: Tenant, options: Mapping[str, Any]) -> dict[str, Any]:
    """One more application for Haiilo in a tenant, as for a second product or a subsidiary: with its own platform, and
    with people of its own assigned to it; `also` names people of the tenant who are assigned besides. Raises BadOption.
    """
    unknown, host = set(options) - KNOWN_OF_APPLICATIONS, str(options.get("haiilo_host", "")).lower()
    product, also = str(options.get("product", "advocacy")), list(options.get("also") or [])
    unknown |= {str(name) for name in also if tenant.user_named(str(name)) is None}
    if unknown or "." not in host or product not in PRODUCTS or int(options.get("users", 1)) < 1:
        raise BadOption(
            f"unknown: {sorted(unknown)}" if unknown else "it needs a host, a product and people of its own"
        )
    with world.lock:
        if host in world.platforms:
            raise BadOption(f"somebody has this platform already: {host}")
        tenant.other_hosts.append(host)
        made = _TenantBuilder(world, tenant, options, host).build_beside(product, also)
        world.touch()
    return made


def forget_tenant(world: World, tenant: Tenant) -> None:
    """Take a tenant out of the world, with its platforms; a cycle that runs ends at the next person."""
    with world.lock:
        for job in tenant.jobs.values():
            job.deleted = True
        hosts = set(haiilo.hosts_of(tenant))
        for host, platform in list(world.platforms.items()):
            if (platform.production or host) in hosts:
                del world.platforms[host]
        for name in [*tenant.domains, tenant.initial_domain]:
            world.domains.pop(name, None)
        world.tenants.pop(tenant.id, None)
        world.touch()


def _tenant(world: World, domain: str, options: Mapping[str, Any]) -> Tenant:
    label = domain.partition(".")[0]
    licence = str(options.get("licence", "P1"))
    if licence not in ("P1", "P2", "none"):
        raise BadOption(f"no such licence: {licence}")
    tenant = Tenant(
        id=str(options.get("tenant_id") or new_id()).lower(),
        name=str(options.get("name") or label.title()),
        domains=[domain],
        initial_domain=f"{label}.onmicrosoft.example",
        product=str(options.get("product", "advocacy")),
        haiilo_host=str(options.get("haiilo_host") or f"{label}.smarpshare.com").lower(),
        haiilo_groups=list(options.get("haiilo_groups") or DEFAULT_GROUPS),
        licence=licence,
    )
    tenant.chaos.calm = bool(options.get("calm", False))
    return tenant


def _by_name(domain: str) -> dict[str, Any]:
    """Domains that begin with usgov or china are of those clouds."""
    return next(({"cloud": cloud} for cloud in ("usgov", "china") if domain.startswith(cloud)), {})


class _TenantBuilder:
    """Fills one tenant, or adds to it what belongs to another platform at `host`."""

    def __init__(self, world: World, tenant: Tenant, options: Mapping[str, Any], host: str = "") -> None:
        self.world, self.tenant, self.options = world, tenant, options
        self.groups = list(options.get("haiilo_groups") or DEFAULT_GROUPS)
        drawn = made_up(f"{world.seed}/{host or tenant.domains[0]}", tenant.domains[0], self.groups)
        self.people = (each for each in drawn if each["userPrincipalName"] not in tenant.upns)

    def build(self) -> dict[str, Any]:
        tenant, count = self.tenant, int(self.options.get("users", 10))
        self._platform_principals()
        admins = self._admins()
        sso = self._applications()
        direct = [self._assign(self._user(), sso) for _number in range(count)]
        scope = self._groups(sso)
        guest = self._assign(self._guest(), sso)
        disabled = self._assign(self._user(accountEnabled=False), sso)
        unassigned = self._user()
        self._managers(direct)
        if self.options.get("job"):
            self._job(sso, str(self.options["job"]))
        token = haiilo.make_platform(self.world, tenant.haiilo_host, tenant.product, tenant.haiilo_groups)
        pilot = direct[0] if direct else guest
        return {
            "tenant_id": tenant.id,
            **admins,
            "pilot": {"user_name": pilot.userPrincipalName, "id": pilot.id},
            "scim_token": token,
            "haiilo": haiilo.credentials(self.world, tenant.haiilo_host),
            "base_url": f"https://{tenant.haiilo_host}/api/scim/v2",
            "service_principal_id": sso.id,
            "scope": {"direct": len(direct), "guests": 1, "disabled": 1, "unassigned": 1, **scope},
            "guest": {"user_name": guest.userPrincipalName},
            "disabled": {"user_name": disabled.userPrincipalName},
            "unassigned": {"user_name": unassigned.userPrincipalName},
        }

    def build_beside(self, product: str, also: Sequence[str]) -> dict[str, Any]:
        host = self.tenant.other_hosts[-1]
        sp = self._to_provision(product, host)
        pilot, *_others = [self._assign(self._user(), sp) for _number in range(int(self.options.get("users", 3)))]
        for user in filter(None, map(self.tenant.user_named, also)):
            self._assign(user, sp)
        token = haiilo.make_platform(self.world, host, product, self.groups)
        return {
            "service_principal_id": sp.id,
            "haiilo_host": host,
            "base_url": f"https://{host}/api/scim/v2",
            "scim_token": token,
            "haiilo": haiilo.credentials(self.world, host),
            "pilot": {"user_name": pilot.userPrincipalName, "id": pilot.id},
        }

    # People

    def _user(self, **other: Any) -> User:
        return self.tenant.add_user(User(**{**next(self.people), **other}))

    def _member(self, local: str) -> User:
        name = f"{local}@{self.tenant.domains[0]}"
        return self._user(userPrincipalName=name, mail=name, mailNickname=local)

    def _guest(self, local: str = "") -> User:
        """A guest of another organisation: its user principal name carries #EXT#."""
        drawn = next(self.people)
        local = local or str(drawn["mailNickname"])
        name = f"{local}_partner.example#EXT#@{self.tenant.initial_domain}"
        guest = {**drawn, "userPrincipalName": name, "mail": f"{local}@partner.example", "userType": "Guest"}
        return self.tenant.add_user(User(**guest))

    def _admins(self) -> dict[str, dict[str, str]]:
        wanted = {
            "admin": ("admin", GLOBAL_ADMINISTRATOR),
            "privileged_admin": ("role.admin", PRIVILEGED_ROLE_ADMINISTRATOR),
            "app_admin": ("app.admin", APPLICATION_ADMINISTRATOR),
            "plain_user": ("somebody", ""),
        }
        found = {}
        for key, (local, role) in wanted.items():
            user = self._guest(local) if self.tenant.reality.admins == "guests" else self._member(local)
            self.tenant.passwords[user.id] = secrets.token_urlsafe(9)
            self.tenant.roles[user.id] = [role] if role else []
            name = signs_in_as(user)
            found[key] = {"user_name": name, "password": self.tenant.passwords[user.id], "id": user.id}
        return found

    def _managers(self, people: list[User]) -> None:
        """Make every tenth the manager of the next nine."""
        for index, user in enumerate(people):
            if index % 10:
                user.manager = people[index - index % 10].id

    # Groups

    def _groups(self, sso: ServicePrincipal) -> dict[str, int]:
        """An assigned group with members and a group inside it, whose members are not provisioned.

        Facts: docs/graph-facts.md, "Scope and assignments".
        """
        tenant = self.tenant
        count = int(self.options.get("group_members", GROUP_MEMBERS))
        nested = self._group("Night shift", [self._user() for _number in range(NESTED_MEMBERS)])
        staff = [self._user() for _number in range(count)]
        if tenant.licence == "none":
            self._group("All staff", [*staff, nested])
            return {"by_group": 0, "nested": 0}
        self._put(sso, self._group("All staff", [*staff, nested]))
        by_group = count
        for number in range(int(self.options.get("groups", 0))):
            members = [self._user() for _each in range(2)]
            self._put(sso, self._group(f"Team {number + 1}", members))
            by_group += len(members)
        return {"by_group": by_group, "nested": NESTED_MEMBERS}

    def _group(self, name: str, members: Sequence[User | Group]) -> Group:
        group = Group(new_id(), name, mailNickname=name.lower().replace(" ", "-"))
        group.members = {each.id: "user" if isinstance(each, User) else "group" for each in members}
        self.tenant.groups[group.id] = group
        self.tenant.change(group)
        return group

    # Applications

    def _job(self, sp: ServicePrincipal, template: str) -> None:
        """A job that others made and run, to another host; the application lists its template alone."""
        sp.templates = [template]
        job = job_for(self.world, self.tenant, sp, template)
        job.schedule.update(state="Active", interval="PT40M")
        job.status["code"] = "Active"
        self.tenant.jobs[job.id] = job
        address = f"https://old-{self.tenant.haiilo_host}/api/scim/v2"
        self.tenant.secrets[sp.id] = {"BaseAddress": address, "SecretToken": "old", "SyncAll": "false"}

    def _put(self, sp: ServicePrincipal, principal: User | Group) -> None:
        put(self.tenant, sp, principal, USER_ROLE["id"])

    def _assign(self, user: User, sp: ServicePrincipal) -> User:
        self._put(sp, user)
        return user

    def _platform_principals(self) -> None:
        self._principal(
            "Microsoft Graph", GRAPH_APP_ID, appRoles=graph_roles(), tags=[], appRoleAssignmentRequired=False
        )

    def _applications(self) -> ServicePrincipal:
        """The one to be provisioned comes back; the others are what a directory has besides."""
        tenant, host = self.tenant, self.tenant.haiilo_host
        other = f"test-{host}"
        for name, address in (("Payroll", "https://payroll.example/saml"), ("Travel", "https://travel.example/acs")):
            self._principal(name, new_id(), **_saml(address, GALLERY), templates=[])
        self._principal("Expenses", new_id(), replyUrls=["https://expenses.example/oidc"], tags=[INTEGRATED])
        self._principal("Haiilo (test)", new_id(), **_oidc(f"https://{other}/login/oauth2/code/microsoft"))
        return self._to_provision(tenant.product, host)

    def _to_provision(self, product: str, host: str) -> ServicePrincipal:
        """Advocacy takes its single sign-on application; Home has a second one for provisioning."""
        name = str(self.options.get("app_name") or "Haiilo SSO")
        saml = _saml(f"https://{host}/login/saml2/sso", CUSTOM)
        if product != "home":
            return self._principal(name, new_id(), **saml, templates=["scim"], applicationTemplateId=NON_GALLERY)
        self._principal("Haiilo Home", new_id(), **saml, templates=[])
        return self._principal(
            str(self.options.get("app_name") or "Haiilo SCIM app"),
            new_id(),
            templates=["scim"],
            applicationTemplateId=NON_GALLERY,
            tags=[INTEGRATED, CUSTOM],
            appRoles=[dict(USER_ROLE), dict(SAML_ROLE)],
            homepage=f"https://{host}/",
        )

    def _principal(self, name: str, app_id: str, **more: Any) -> ServicePrincipal:
        sp = ServicePrincipal(
            new_id(), app_id, name, application_id=new_id(), appOwnerOrganizationId=self.tenant.id, **more
        )
        sp.servicePrincipalNames = [app_id, *[url for url in sp.replyUrls if "saml" in url]]
        self.tenant.service_principals[sp.id] = sp
        return sp


def _saml(reply_url: str, tag: str) -> dict[str, Any]:
    return {
        "preferredSingleSignOnMode": "saml",
        "replyUrls": [reply_url],
        "tags": [INTEGRATED, tag],
        "appRoles": [dict(USER_ROLE), dict(SAML_ROLE)],
        "loginUrl": None,
    }


def _oidc(reply_url: str) -> dict[str, Any]:
    """An enterprise application that came from a registration: it cannot be provisioned."""
    return {"preferredSingleSignOnMode": "oidc", "replyUrls": [reply_url], "tags": [INTEGRATED]}


def describe(tenant: Tenant) -> Iterator[tuple[str, int]]:
    """How many users, groups and service principals there are."""
    yield "users", len(tenant.users)
    yield "groups", len(tenant.groups)
    yield "service_principals", len(tenant.service_principals)


def reassign(tenant: Tenant, user: User, assigned: bool) -> None:
    """Assign a user to the application that is to be provisioned, or take the assignment away."""
    sp = tenant.service_principals[tenant.made["service_principal_id"]]
    there = tenant.assignments.setdefault(sp.id, {})
    for key in [key for key, each in there.items() if each.principalId == user.id]:
        del there[key]
    if assigned:
        put(tenant, sp, user, USER_ROLE["id"])


def graph_permissions() -> frozenset[str]:
    """The application permissions that Graph offers here."""
    return frozenset(role["value"] for role in graph_roles())
