"""GET /servicePrincipals and what hangs below (Graph reference, servicePrincipal: list)."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Rejected
from ..http.paging import ADVANCED, pages
from ..http.paths import guid, literal, part
from ..http.transport import Transport
from ..models.directory import DirectoryObject
from ..models.service_principal import AppRoleAssignment, ServicePrincipal
from .owners import add_owner, list_owners

PATH = "/servicePrincipals"
SELECT = (
    "id,appId,displayName,applicationTemplateId,preferredSingleSignOnMode,accountEnabled,replyUrls,"
    "servicePrincipalNames,loginUrl,homepage,tags,appRoles,appOwnerOrganizationId,appRoleAssignmentRequired"
)
INTEGRATED = "WindowsAzureActiveDirectoryIntegratedApp"  # the tag of what the portal calls enterprise applications
GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"  # Microsoft Graph itself, a principal in every tenant
TOP = "999"


class ServicePrincipals:
    """Enterprise applications; every method may raise a `GraphError`, iterators while they run."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, sp_id: str) -> ServicePrincipal:
        """By object id. Raises `NotThere`."""
        return ServicePrincipal.from_json(self._transport.get(f"{PATH}/{part(sp_id)}", {"$select": SELECT}))

    def by_app_id(self, app_id: str) -> ServicePrincipal:
        """By application (client) id, Graph's alternate key. Raises `NotThere`."""
        path = f"{PATH}(appId={_key(app_id)})"
        return ServicePrincipal.from_json(self._transport.get(path, {"$select": SELECT}))

    def named(self, prefix: str) -> Iterator[ServicePrincipal]:
        """All whose display name begins with `prefix`, in any case."""
        return self._list(f"startswith(displayName,{literal(prefix)})")

    def single_sign_on(self) -> Iterator[ServicePrincipal]:
        """All integrated applications with SAML sign-in.

        The mode is filtered here: that Graph can filter by it is not documented. Where the tag cannot be
        filtered by either, everything is read and filtered here.
        """
        tagged = self._list(f"tags/any(t:t eq {literal(INTEGRATED)})")
        try:
            first = next(tagged, None)
        except Rejected as error:
            if error.status != 400:
                raise
            first, tagged = None, self._list(None)
        found = tagged if first is None else _chain(first, tagged)
        return (sp for sp in found if INTEGRATED in sp.tags and sp.preferred_single_sign_on_mode == "saml")

    def granted_roles(self, sp_id: str) -> Iterator[AppRoleAssignment]:
        """The roles that this service principal has itself: its application permissions."""
        rows = pages(self._transport, f"{PATH}/{part(sp_id)}/appRoleAssignments", {"$top": TOP})
        return (AppRoleAssignment.from_json(row) for row in rows)

    def granted_permissions(self, app_id: str) -> frozenset[str]:
        """The application permissions on Microsoft Graph that the application with this client id has, by name.

        What the tenant granted, at once; a token may be older. Raises `NotThere` where it has no principal.
        """
        ours, graph = self.by_app_id(app_id), self.by_app_id(GRAPH_APP_ID)
        names = {role.id: role.value for role in graph.app_roles}
        granted = [row.app_role_id for row in self.granted_roles(ours.id) if row.resource_id == graph.id]
        return frozenset(names.get(role_id) or role_id for role_id in granted)

    def assigned_to(
        self, sp_id: str, *, principal_id: str | None = None, named: str | None = None
    ) -> Iterator[AppRoleAssignment]:
        """Who is assigned to this application: users, groups, service principals.

        All of them, or only this principal, or those whose name begins with `named`.
        """
        params = {"$top": TOP}
        if principal_id is not None:
            params["$filter"] = f"principalId eq {guid(principal_id)}"
        elif named is not None:
            params["$filter"] = f"startswith(principalDisplayName,{literal(named)})"
        rows = pages(self._transport, f"{PATH}/{part(sp_id)}/appRoleAssignedTo", params)
        return (AppRoleAssignment.from_json(row) for row in rows)

    def count_assigned(self, sp_id: str) -> int:
        """How many assignments there are, of every kind. Counted in an index that lags."""
        return self._transport.number(f"{PATH}/{part(sp_id)}/appRoleAssignedTo/$count", ADVANCED)

    def owners(self, sp_id: str) -> Iterator[DirectoryObject]:
        """Who owns the enterprise application."""
        return list_owners(self._transport, f"{PATH}/{part(sp_id)}")

    def add_owner(self, sp_id: str, owner_id: str) -> bool:
        """Make `owner_id` (a principal's object id) an owner; False where it was one already."""
        return add_owner(self._transport, f"{PATH}/{part(sp_id)}", owner_id)

    def owned_by(self, sp_id: str) -> Iterator[DirectoryObject]:
        """What this service principal owns, groups too: with OwnedBy, the whole of what it can change."""
        params = {"$select": "id,appId,displayName", "$top": TOP}
        rows = pages(self._transport, f"{PATH}/{part(sp_id)}/ownedObjects", params)
        return (DirectoryObject.from_json(row) for row in rows)

    def _list(self, odata_filter: str | None) -> Iterator[ServicePrincipal]:
        params = {"$select": SELECT, "$top": TOP} | ({"$filter": odata_filter} if odata_filter else {})
        return (ServicePrincipal.from_json(row) for row in pages(self._transport, PATH, params))


def _key(app_id: str) -> str:
    return f"'{part(app_id.replace(chr(39), chr(39) * 2))}'"


def _chain(first: ServicePrincipal, rest: Iterator[ServicePrincipal]) -> Iterator[ServicePrincipal]:
    yield first
    yield from rest
