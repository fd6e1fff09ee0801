"""Enterprise applications, registrations, and making new ones from a template.

Facts: docs/graph-facts.md, "Applications and templates".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from .. import faults
from ..clock import graph_time
from ..world import ServicePrincipal, User, new_id
from .exchange import Answer, Call, Refused, context, not_found, service_principal
from .filters import Filterable, ops
from .lists import Listing, answer, count, one
from .permissions import KNOWN, MAKE_APPS, OWNED_BY, READ_APPS, WRITE_APPS, Need
from .routes import route
from .shapes import MEMBERS, SERVICE_PRINCIPALS, get_row, show_service_principal

READ_OWNED = Need(READ_APPS.kind, (*READ_APPS.any_of, frozenset({OWNED_BY})))
"""What an application owns, and who owns a registration, may be read with OwnedBy too, of the whole tenant."""
GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
NON_GALLERY = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"
INTEGRATED = "WindowsAzureActiveDirectoryIntegratedApp"
CUSTOM = "WindowsAzureActiveDirectoryCustomSingleSignOnApplication"
USER_ROLE: dict[str, Any] = {
    "id": "18d14569-c3bd-439b-9a66-3a2aee01d14f",
    "displayName": "User",
    "value": None,
    "isEnabled": True,
    "allowedMemberTypes": ["User"],
    "description": "User",
    "origin": "Application",
}
SAML_ROLE: dict[str, Any] = {
    **USER_ROLE,
    "id": "b9632174-c057-4f7e-951b-be3adc52bfe6",
    "displayName": "msiam_access",
    "description": "msiam_access",
}


def graph_roles() -> list[dict[str, Any]]:
    """What Graph's own service principal offers: every application permission with its id."""
    return [
        {
            "id": key,
            "value": value,
            "displayName": value,
            "description": value,
            "isEnabled": True,
            "allowedMemberTypes": ["Application"],
            "origin": "Application",
        }
        for value, key in KNOWN.items()
    ]


def _listed(call: Call) -> Sequence[ServicePrincipal]:
    now = call.world.clock.now()
    return [sp for sp in call.tenant.service_principals.values() if sp.listed_at is None or sp.listed_at <= now]


def _listing(call: Call) -> Listing:
    """What is documented, and what faults allow besides."""
    more = {name: each for fault in faults.on(call.tenant) for name, each in fault.service_principal_filters().items()}
    if not more:
        return SERVICE_PRINCIPALS
    return replace(SERVICE_PRINCIPALS, filterable=Filterable({**SERVICE_PRINCIPALS.filterable.properties, **more}))


@route("GET", "/servicePrincipals", READ_APPS)
def list_service_principals(call: Call) -> Answer:
    """Graph: servicePrincipal, list."""
    return answer(call, _listing(call), _listed(call))


@route("GET", "/servicePrincipals/$count", READ_APPS)
def count_service_principals(call: Call) -> Answer:
    """The number of service principals, as bare text."""
    return count(call, _listing(call), _listed(call))


@route("GET", "/servicePrincipals(appId='{appId}')", READ_APPS)
def get_by_app_id(call: Call) -> Answer:
    """The alternate key; it does not work below /synchronization (docs/graph-facts.md, "Documents and reality")."""
    wanted = call.parts["appId"].lower()
    found = next((sp for sp in _listed(call) if sp.appId.lower() == wanted), None)
    if found is None:
        raise not_found(wanted)
    return one(call, SERVICE_PRINCIPALS, found)


@route("GET", "/servicePrincipals/{servicePrincipal-id}", READ_APPS)
def get_service_principal(call: Call) -> Answer:
    """Graph: servicePrincipal, get."""
    return one(call, SERVICE_PRINCIPALS, service_principal(call))


_CHANGEABLE = {
    "accountEnabled": bool,
    "appRoleAssignmentRequired": bool,
    "notificationEmailAddresses": list,
    "preferredSingleSignOnMode": str,
    "loginUrl": str,
    "replyUrls": list,
    "tags": list,
}


@route("PATCH", "/servicePrincipals/{servicePrincipal-id}", WRITE_APPS)
def change_service_principal(call: Call) -> Answer:
    """Graph: servicePrincipal, update. Differs: only the properties that a set-up touches."""
    sp, body = service_principal(call), call.json()
    for name, value in (body or {}).items():
        if name not in _CHANGEABLE or not isinstance(value, _CHANGEABLE[name]):
            raise Refused(400, "Request_BadRequest", f"Invalid value specified for property '{name}' of resource.")
    for name, value in body.items():
        setattr(sp, name, value)
    return Answer(204)


# Owners


@route("GET", "/servicePrincipals/{servicePrincipal-id}/owners", READ_APPS)
def list_owners(call: Call) -> Answer:
    """Users and service principals (Graph: servicePrincipal, list owners)."""
    return _owners(call, service_principal(call).owners)


def _owners(call: Call, ids: Sequence[str]) -> Answer:
    tenant = call.tenant
    rows = [tenant.users.get(key) or tenant.service_principals.get(key) for key in ids]
    return answer(call, _DIRECTORY_OBJECTS, [row for row in rows if row])


def _show_object(thing: User | ServicePrincipal | Registration) -> dict[str, Any]:
    if isinstance(thing, User):
        return MEMBERS.show(thing)
    if isinstance(thing, Registration):
        return {"@odata.type": "#microsoft.graph.application", **_show_application(thing.sp)}
    return {"@odata.type": "#microsoft.graph.servicePrincipal", **show_service_principal(thing)}


@dataclass(frozen=True)
class Registration:
    """The registration behind a service principal, where it is a row of its own."""

    sp: ServicePrincipal

    @property
    def displayName(self) -> str:
        return self.sp.displayName


@route("GET", "/servicePrincipals/{servicePrincipal-id}/ownedObjects", READ_OWNED)
def list_owned_objects(call: Call) -> Answer:
    """Applications and service principals. Differs: groups have no owners here (Graph: servicePrincipal, list
    ownedObjects).
    """
    owner = service_principal(call).id
    everything = _listed(call)
    rows: list[ServicePrincipal | Registration] = [sp for sp in everything if owner in sp.owners]
    rows += [Registration(sp) for sp in everything if sp.application_id and owner in sp.application_owners]
    return answer(call, _DIRECTORY_OBJECTS, rows)


@route("POST", "/servicePrincipals/{servicePrincipal-id}/owners/$ref", WRITE_APPS)
def add_owner(call: Call) -> Answer:
    """Graph: servicePrincipal, add owner (docs/graph-facts.md, "Permissions and ownership")."""
    return _add_owner(call, service_principal(call).owners)


@route("GET", "/servicePrincipals/{servicePrincipal-id}/owners/$ref", READ_APPS)
def list_owner_references(call: Call) -> Answer:
    """Addresses only (Graph: servicePrincipal, list owners, $ref)."""
    return _references(call, service_principal(call).owners)


def _references(call: Call, ids: Sequence[str]) -> Answer:
    """Objects, as the reference shows them; the OpenAPI document says texts."""
    rows = [{"@odata.id": f"{call.origin}{call.root}/directoryObjects/{key}"} for key in ids]
    return Answer(200, {"@odata.context": context(call, "Collection($ref)"), "value": rows}, deviates=True)


@route("DELETE", "/servicePrincipals/{servicePrincipal-id}/owners/{directoryObject-id}/$ref", WRITE_APPS)
def remove_owner(call: Call) -> Answer:
    """Graph: servicePrincipal, remove owner."""
    return _remove_owner(call, service_principal(call).owners)


@route("GET", "/applications/{application-id}", READ_APPS)
def get_application(call: Call) -> Answer:
    """Graph: application, get."""
    return one(call, _APPLICATIONS, _registered(call))


@route("GET", "/applications", READ_APPS)
def list_applications(call: Call) -> Answer:
    """Registrations of this tenant (Graph: application, list)."""
    return answer(call, _APPLICATIONS, [sp for sp in _listed(call) if sp.application_id])


@route("GET", "/applications/{application-id}/owners", READ_OWNED)
def list_application_owners(call: Call) -> Answer:
    """Users and service principals (Graph: application, list owners)."""
    return _owners(call, _registered(call).application_owners)


@route("GET", "/applications/{application-id}/owners/$ref", READ_OWNED)
def list_application_owner_references(call: Call) -> Answer:
    """Addresses only (Graph: application, list owners, $ref)."""
    return _references(call, _registered(call).application_owners)


@route("DELETE", "/applications/{application-id}/owners/{directoryObject-id}/$ref", MAKE_APPS)
def remove_application_owner(call: Call) -> Answer:
    """Graph: application, remove owner."""
    return _remove_owner(call, _registered(call).application_owners)


@route("POST", "/applications/{application-id}/owners/$ref", MAKE_APPS)
def add_application_owner(call: Call) -> Answer:
    """Needed too for provision on demand with OwnedBy (docs/graph-facts.md, "Permissions and ownership")."""
    return _add_owner(call, _registered(call).application_owners)


def _registered(call: Call) -> ServicePrincipal:
    wanted = call.parts["application-id"].lower()
    found = next((sp for sp in call.tenant.service_principals.values() if sp.application_id == wanted), None)
    if found is None:
        raise not_found(wanted)
    return found


def _add_owner(call: Call, owners: list[str]) -> Answer:
    body = call.json()
    address = body.get("@odata.id", "") if isinstance(body, dict) else ""
    found = re.search(r"/(?:directoryObjects|users|servicePrincipals)/([0-9a-fA-F-]{36})$", str(address))
    key = found[1].lower() if found else ""
    if key not in call.tenant.users and key not in call.tenant.service_principals:
        raise Refused(400, "Request_BadRequest", f"Invalid object identifier '{key or address}'.")
    if key in owners:
        raise Refused(
            400,
            "Request_BadRequest",
            "One or more added object references already exist for the following modified properties: 'owners'.",
        )
    owners.append(key)
    return Answer(204)


def _remove_owner(call: Call, owners: list[str]) -> Answer:
    key = call.parts["directoryObject-id"].lower()
    if key not in owners:
        raise not_found(key)
    owners.remove(key)
    return Answer(204)


def _show_application(sp: ServicePrincipal) -> dict[str, Any]:
    return {
        "id": sp.application_id,
        "appId": sp.appId,
        "displayName": sp.displayName,
        "applicationTemplateId": sp.applicationTemplateId,
        "signInAudience": "AzureADMyOrg",
        "identifierUris": [],
        "appRoles": sp.appRoles,
        "tags": sp.tags,
        "createdDateTime": graph_time(sp.createdDateTime),
    }


_APPLICATIONS = Listing(
    "applications",
    "application",
    frozenset(_show_application(ServicePrincipal("", "", ""))),
    Filterable({"displayName": ops("eq startswith"), "appId": ops("eq in")}),
    lambda sp, name: getattr(sp, name, None),
    _show_application,
    orderable=frozenset({"displayName"}),
)

_DIRECTORY_OBJECTS = replace(
    MEMBERS,
    properties=frozenset({*MEMBERS.properties, *SERVICE_PRINCIPALS.properties, *_APPLICATIONS.properties}),
    show=_show_object,
)


# Templates


_GALLERY: list[dict[str, Any]] = [
    {"id": NON_GALLERY, "displayName": "Custom", "publisher": None, "supportedProvisioningTypes": ["sync"]},
    {
        "id": "cd3ed3de-93ee-400b-8b19-b61ef44a0f29",
        "displayName": "Salesforce",
        "publisher": "Salesforce",
        "supportedProvisioningTypes": ["sync"],
    },
]
_TEMPLATES = Listing(
    "applicationTemplates",
    "applicationTemplate",
    frozenset(_GALLERY[0]),
    Filterable({"displayName": ops("eq contains startswith"), "id": ops("eq")}),
    get_row,
    dict,
    advanced=False,
)


@route("GET", "/applicationTemplates", READ_APPS)
def list_templates(call: Call) -> Answer:
    """The gallery. Differs: two entries (Graph: applicationTemplate, list)."""
    return answer(call, _TEMPLATES, _GALLERY)


@route("GET", "/applicationTemplates/{applicationTemplate-id}", READ_APPS)
def get_template(call: Call) -> Answer:
    """Graph: applicationTemplate, get."""
    found = next((row for row in _GALLERY if row["id"] == call.parts["applicationTemplate-id"].lower()), None)
    if found is None:
        raise not_found(call.parts["applicationTemplate-id"])
    return one(call, _TEMPLATES, found)


@route("POST", "/applicationTemplates/{applicationTemplate-id}/instantiate", MAKE_APPS)
def instantiate(call: Call) -> Answer:
    """A new application with its service principal, owned by the caller; both visible only after a while.

    Not idempotent (Graph: applicationTemplate, instantiate).
    """
    template = call.parts["applicationTemplate-id"].lower()
    body = call.json()
    name = body.get("displayName") if isinstance(body, dict) else None
    if template not in {row["id"] for row in _GALLERY}:
        raise not_found(template)
    if not isinstance(name, str) or not name.strip():
        raise Refused(400, "Request_BadRequest", "A value is required for property 'displayName' of resource.")
    sp = make(call, name.strip(), template)
    shown: dict[str, Any] = {"id": sp.application_id, "appId": sp.appId, "displayName": sp.displayName, "appRoles": []}
    answer_body = {"application": shown, "servicePrincipal": show_service_principal(sp)}
    kind = "microsoft.graph.applicationServicePrincipal"
    return Answer(201, {"@odata.context": context(call, kind), **answer_body})


def make(call: Call, name: str, template: str) -> ServicePrincipal:
    """Into the tenant; reads and lists lag apart from each other."""
    tenant, now = call.tenant, call.world.clock.now()
    lag = (timedelta(0), timedelta(0))
    if not tenant.chaos.calm:
        lag = (timedelta(seconds=call.world.random.uniform(2, 20)), timedelta(seconds=call.world.random.uniform(2, 40)))
    owner = [call.caller.service_principal_id] if call.caller.service_principal_id else []
    sp = ServicePrincipal(
        new_id(),
        new_id(),
        name,
        application_id=new_id(),
        applicationTemplateId=template,
        appOwnerOrganizationId=tenant.id,
        tags=[INTEGRATED, CUSTOM],
        appRoles=[USER_ROLE, SAML_ROLE],
        createdDateTime=call.world.clock.stamp(),
        owners=list(owner),
        application_owners=list(owner),
        templates=["scim"],
        readable_at=now + lag[0],
        listed_at=now + lag[1],
    )
    sp.servicePrincipalNames = [sp.appId]
    tenant.service_principals[sp.id] = sp
    return sp
