"""Everything the sandbox knows: tenants and what is in them. Objects carry Graph's property names.

Whoever changes or iterates over a dict that others change holds `world.lock` (re-entrant) and calls `world.touch()`
afterwards, so that the change is kept. Never hold it while sending a request: the answer may come from this process.
"""

from __future__ import annotations

import json
import random
import threading
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .clock import Clock
from .journal import Journal
from .reality import Reality, changed

UNKEPT = ("lock", "random", "version", "engine", "journal", "hosts")
FORMAT = 5
"""Of what is kept; a world of another one is not read."""
LONG_AGO = datetime(2024, 1, 10, 8, tzinfo=UTC)


def new_id() -> str:
    """An object id as Entra makes them."""
    return str(uuid.uuid4())


@dataclass(slots=True)
class User:
    """A user of the directory (Graph: user). `changed` grows with every change, see `Tenant.change`."""

    id: str
    userPrincipalName: str
    displayName: str | None = None
    mail: str | None = None
    mailNickname: str | None = None
    givenName: str | None = None
    surname: str | None = None
    jobTitle: str | None = None
    department: str | None = None
    companyName: str | None = None
    employeeId: str | None = None
    officeLocation: str | None = None
    streetAddress: str | None = None
    city: str | None = None
    state: str | None = None
    postalCode: str | None = None
    country: str | None = None
    usageLocation: str | None = None
    preferredLanguage: str | None = None
    mobilePhone: str | None = None
    businessPhone: str | None = None
    faxNumber: str | None = None
    accountEnabled: bool = True
    userType: str = "Member"
    manager: str | None = None
    """Object id of the manager."""
    createdDateTime: datetime = LONG_AGO
    deleted_at: datetime | None = None
    """When it was soft-deleted, on `Clock.now`; it is gone for good after 30 days."""
    extensions: dict[str, str] | None = None
    """extensionAttribute1 … 15 and other extension attributes."""
    changed: int = 0


@dataclass(slots=True)
class Group:
    """A group (Graph: group). `members` is object id → "user" or "group", in order."""

    id: str
    displayName: str
    description: str | None = None
    mailNickname: str | None = None
    mailEnabled: bool = False
    securityEnabled: bool = True
    groupTypes: list[str] = field(default_factory=list)
    members: dict[str, str] = field(default_factory=dict)
    createdDateTime: datetime = LONG_AGO
    changed: int = 0


@dataclass(slots=True)
class ServicePrincipal:
    """An enterprise application (Graph: servicePrincipal). `templates` are the ids of its synchronization templates."""

    id: str
    appId: str
    displayName: str
    application_id: str | None = None
    """Object id of the registration, if that is in this tenant too."""
    applicationTemplateId: str | None = None
    appOwnerOrganizationId: str | None = None
    preferredSingleSignOnMode: str | None = None
    servicePrincipalType: str = "Application"
    accountEnabled: bool = True
    appRoleAssignmentRequired: bool = True
    servicePrincipalNames: list[str] = field(default_factory=list)
    replyUrls: list[str] = field(default_factory=list)
    loginUrl: str | None = None
    homepage: str | None = None
    notificationEmailAddresses: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    appRoles: list[dict[str, Any]] = field(default_factory=list)
    createdDateTime: datetime = LONG_AGO
    owners: list[str] = field(default_factory=list)
    application_owners: list[str] = field(default_factory=list)
    templates: list[str] = field(default_factory=list)
    readable_at: datetime | None = None
    listed_at: datetime | None = None


@dataclass(slots=True)
class Assignment:
    """An app role assignment (Graph: appRoleAssignment). `effective_at`: when provisioning sees it, on `Clock.now`."""

    id: str
    principalId: str
    principalType: str
    principalDisplayName: str
    resourceId: str
    resourceDisplayName: str
    appRoleId: str
    createdDateTime: datetime = LONG_AGO
    effective_at: datetime | None = None
    changed: int = 0


@dataclass(slots=True)
class Job:
    """A synchronization job. `schedule`, `status`, `settings` are as Graph shows them; `engine` is the engine's own."""

    id: str
    template_id: str
    service_principal_id: str
    schema: dict[str, Any]
    schedule: dict[str, Any]
    status: dict[str, Any]
    settings: list[dict[str, str]] = field(default_factory=list)
    engine: dict[str, Any] = field(default_factory=dict)
    deleted: bool = False
    """Also noted here because a cycle that runs has to see it."""
    ghost: bool = False
    """Never listed, and cannot be changed."""
    readable_at: datetime | None = None
    listed_at: datetime | None = None

    def as_graph(self) -> dict[str, Any]:
        """As Graph shows it (synchronizationJob)."""
        return {
            "id": self.id,
            "templateId": self.template_id,
            "schedule": self.schedule,
            "status": self.status,
            "synchronizationJobSettings": self.settings,
        }


@dataclass(slots=True)
class Consent:
    """What one of our applications was granted in a tenant, and from when on tokens carry it (on `Clock.now`)."""

    roles: list[str]
    service_principal_id: str
    effective_at: datetime
    delegated: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ChaosSettings:
    """What goes wrong on purpose in one tenant. `calm` switches everything by chance off."""

    calm: bool = False
    throttle: int = 0
    """Seconds of Retry-After on every Graph call; 0 is off."""
    fail: int = 0
    """A status (500, 503, …) for every Graph call; 0 is off."""
    lose_next: list[dict[str, Any]] = field(default_factory=list)
    """Calls {method, path_contains, path_ends} that take effect but get no answer, each once."""
    hold_next: list[dict[str, Any]] = field(default_factory=list)
    """Calls {method, path_contains, path_ends} that take effect and are answered when released, each once."""
    throttle_next: list[dict[str, Any]] = field(default_factory=list)
    """Calls {method, path_contains, path_ends} of Graph that are refused with 429, without effect, each once."""


@dataclass(slots=True)
class LogRow:
    """A row of the provisioning log, packed; `json` is it as Graph shows it."""

    id: str
    at: datetime
    """On `Clock.now`, for retention."""
    shown: str
    """activityDateTime."""
    job_id: str
    packed: bytes

    def json(self) -> dict[str, Any]:
        """Unpacked (provisioningObjectSummary)."""
        row: dict[str, Any] = json.loads(zlib.decompress(self.packed))
        return row


@dataclass
class Applied:
    """What a fault that is on has done to a tenant, so that it can be undone; see `sandbox.faults`."""

    value: Any
    """What its switch was set to: True, or what the fault takes."""
    users: list[str] = field(default_factory=list)
    """Ids of the users whom the fault affects, in order."""
    assignments: set[str] = field(default_factory=set)
    """Ids of the assignments that the fault has taken away."""
    kept: dict[str, Any] = field(default_factory=dict)
    """What was there before, each fault by its own keys."""
    done: list[str] = field(default_factory=list)
    """Ids of what the fault has made, or of what happened once and does not happen again."""


@dataclass
class Tenant:
    """One organisation with its own directory."""

    id: str
    name: str
    domains: list[str]
    """Verified ones, the default first."""
    initial_domain: str
    product: str = "advocacy"
    haiilo_host: str = ""
    haiilo_groups: list[str] = field(default_factory=list)
    other_hosts: list[str] = field(default_factory=list)
    """Of further platforms, each with an application of its own in the directory."""
    licence: str = "P1"
    """P1, P2 or none."""
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    service_principals: dict[str, ServicePrincipal] = field(default_factory=dict)
    assignments: dict[str, dict[str, Assignment]] = field(default_factory=dict)
    """Service principal id → assignment id → assignment."""
    jobs: dict[str, Job] = field(default_factory=dict)
    former_jobs: list[Job] = field(default_factory=list)
    """Deleted ones: another job may have the same id since."""
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    """Service principal id → key → value, as saved by PUT secrets."""
    secrets_visible_at: dict[str, datetime] = field(default_factory=dict)
    """Service principal id → when the service sees the saved secrets."""
    consents: dict[str, Consent] = field(default_factory=dict)
    """Client id → what it may do here."""
    passwords: dict[str, str] = field(default_factory=dict)
    """User id → password, of those who can sign in."""
    roles: dict[str, list[str]] = field(default_factory=dict)
    """User id → role template ids."""
    chaos: ChaosSettings = field(default_factory=ChaosSettings)
    faults: dict[str, Applied] = field(default_factory=dict)
    """Key of a fault that is on → what it did here; see `sandbox.faults`."""
    truth: dict[str, dict[str, tuple[Any, Any]]] = field(default_factory=dict)
    """User id → attribute → its own value and the one that faults put there."""
    log: list[LogRow] = field(default_factory=list)
    audits: list[dict[str, Any]] = field(default_factory=list)
    """As Graph shows them (directoryAudit), oldest first."""
    refused_pages: set[str] = field(default_factory=set)
    """Tokens of pages of the log that were refused once."""
    changes: int = 0
    made: dict[str, Any] = field(default_factory=dict)
    """What POST /tenants of the control port answers."""
    upns: dict[str, str] = field(default_factory=dict)
    """Lower-case userPrincipalName → user id."""
    reality: Reality = field(default_factory=Reality)
    """How Microsoft's services answer here: the world's, with what this tenant says itself."""
    own_reality: dict[str, Any] = field(default_factory=dict)
    """What this tenant says itself, by the names of Reality."""

    def change(self, thing: User | Group | Assignment) -> None:
        """Mark it as changed just now; the number is what incremental cycles compare with."""
        self.changes += 1
        thing.changed = self.changes

    def add_user(self, user: User) -> User:
        """Put a user into the directory and its index."""
        self.users[user.id] = user
        self.upns[user.userPrincipalName.lower()] = user.id
        self.change(user)
        return user

    def user_named(self, name: str) -> User | None:
        """The user with that object id or user principal name, also one that the user had before."""
        return self.users.get(name) or self.users.get(self.upns.get(name.lower(), ""))

    def user_called(self, name: str) -> User | None:
        """By object id or today's user principal name, as Microsoft knows them; whoever has none keeps the last one."""
        found = self.user_named(name)
        if found is None or name in (found.id, "") or not found.userPrincipalName:
            return found
        return found if found.userPrincipalName.lower() == name.lower() else None

    @property
    def switches(self) -> dict[str, Any]:
        """Key of a fault that is on → what its switch was set to."""
        return {key: applied.value for key, applied in self.faults.items()}

    def assignments_of(self, service_principal_id: str) -> list[Assignment]:
        """In the order they were made, without those that a fault has taken away."""
        there = list(self.assignments.get(service_principal_id, {}).values())
        gone = set[str]().union(*(applied.assignments for applied in self.faults.values()))
        return [each for each in there if each.id not in gone] if gone else there

    def jobs_of(self, service_principal_id: str) -> list[Job]:
        """The jobs of an application that were not deleted."""
        return [
            job
            for job in list(self.jobs.values())
            if job.service_principal_id == service_principal_id and not job.deleted
        ]

    def add_log(self, row: dict[str, Any], at: datetime) -> None:
        """A row as Graph shows it (provisioningObjectSummary); `at` is its moment on `Clock.now`, for retention."""
        packed = zlib.compress(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode(), 1)
        self.log.append(LogRow(row["id"], at, row["activityDateTime"], row["jobId"], packed))


@dataclass
class App:
    """An application registration that is not in a customer's tenant: ours. Certificates are PEM."""

    client_id: str
    display_name: str
    redirect_uris: list[str]
    certificates: list[str]
    permissions: list[str]
    secrets: list[str] = field(default_factory=list)
    home_tenant: str = "5d1f0000-0000-4000-8000-00000000b00c"


@dataclass
class World:
    """All of it. `platforms` belongs to `sandbox.haiilo`: host → its own object."""

    clock: Clock
    seed: int = 0
    apps: dict[str, App] = field(default_factory=dict)
    tenants: dict[str, Tenant] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)
    """Every verified domain → tenant id."""
    platforms: dict[str, Any] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)
    """Host → base URL, for the provisioning service; "*" is the sandbox itself."""
    keys: list[Any] = field(default_factory=list)
    """Signing keys of the login service, see `sandbox.login.keys`."""
    violations: list[dict[str, Any]] = field(default_factory=list)
    reality: Reality = field(default_factory=Reality)
    """How Microsoft's services answer in every tenant that says nothing else."""

    def __post_init__(self) -> None:
        self._prepare()

    def _prepare(self) -> None:
        """Make what is not kept in a file."""
        self.lock = threading.RLock()
        self.random = random.Random(self.seed)
        self.version = 0
        self.engine: Any = None
        self.hosts: dict[str, str] = {}
        self.journal = Journal()

    def touch(self) -> None:
        """Note that something changed that must be kept."""
        self.version += 1

    def answer_as(self, values: Mapping[str, Any], tenant: Tenant | None = None) -> None:
        """Let the services answer so, in one tenant or in all. Raises ValueError for what there is not."""
        with self.lock:
            if tenant is None:
                self.reality = changed(self.reality, values)
            else:
                changed(self.reality, values)
                tenant.own_reality |= values
            for each in self.tenants.values() if tenant is None else [tenant]:
                each.reality = changed(self.reality, each.own_reality)
            self.touch()

    def tenant_at(self, name: str) -> Tenant | None:
        """The tenant with that id, or with that domain."""
        key = name.lower()
        return self.tenants.get(key) or self.tenants.get(self.domains.get(key, ""))

    def __getstate__(self) -> dict[str, Any]:
        return {"format": FORMAT} | {key: value for key, value in self.__dict__.items() if key not in UNKEPT}

    def __setstate__(self, state: dict[str, Any]) -> None:
        if state.pop("format", 1) != FORMAT:
            raise ValueError("the world was kept by another version")
        self.__dict__.update(state)
        self._prepare()
