"""Enterprise applications, their assignments and owners: /servicePrincipals (Graph reference: servicePrincipal)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from ..errors import NotThere, Rejected
from ..http.document import read_model
from ..http.memo import Read
from ..http.paging import ADVANCED_QUERY, Page, models, page_behind, page_of
from ..http.paths import guid, literal, part
from ..http.transport import Transport
from ..models.directory import DirectoryObject
from ..models.fields import count
from ..models.service_principal import AppRole, AppRoleAssignment, ServicePrincipal
from .owners import add_owner, list_owners

PATH = "/servicePrincipals"
SELECT = (
    "id,appId,displayName,applicationTemplateId,preferredSingleSignOnMode,accountEnabled,replyUrls,"
    "servicePrincipalNames,loginUrl,homepage,tags,appRoles,appOwnerOrganizationId,appRoleAssignmentRequired"
)
ENTERPRISE_APP_TAG = "WindowsAzureActiveDirectoryIntegratedApp"  # the portal lists applications with this tag
GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"  # Microsoft Graph itself, a principal in every tenant
PAGE_SIZE = "999"


HOW_MANY = Read("/users", {"$count": "true", "$top": "1", "$select": "id"}, ADVANCED_QUERY)


@dataclass(frozen=True)
class FirstAssigned:
    """The first page of an application's assignments, the roles that it offers, and how many people the directory has;
    None where that is not told.
    """

    page: Page[AppRoleAssignment]
    roles: tuple[AppRole, ...]
    in_directory: int | None


class ServicePrincipals:
    """Enterprise applications; every method may raise a `GraphError`, iterators while they run."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, sp_id: str) -> ServicePrincipal:
        """By object id. Raises `NotThere`."""
        return read_model(ServicePrincipal.from_json, self._transport.get(f"{PATH}/{part(sp_id)}", {"$select": SELECT}))

    def by_app_id(self, app_id: str) -> ServicePrincipal:
        """By application (client) id, Graph's alternate key. Raises `NotThere`."""
        read = read_by_app_id(app_id)
        return read_model(ServicePrincipal.from_json, self._transport.get(read.path, read.params))

    def named(self, *prefixes: str) -> Iterator[ServicePrincipal]:
        """All whose display name begins with one of `prefixes`, in any case."""
        return self._all(read_named(*prefixes))

    def single_sign_on(self) -> Iterator[ServicePrincipal]:
        """All integrated applications with SAML sign-in.

        This method filters by the mode itself, because Graph's documents do not say that Graph can. Where Graph
        refuses the filter by tag too (400), all applications are read and filtered by this method.
        """
        tagged = self._all(TAGGED)
        try:
            first = next(tagged, None)
        except Rejected as error:
            if error.status != 400:
                raise
            first, tagged = None, self._all(_listing(None))
        found = tagged if first is None else chain((first,), tagged)
        return (sp for sp in found if ENTERPRISE_APP_TAG in sp.tags and sp.preferred_single_sign_on_mode == "saml")

    def granted_roles(self, sp_id: str) -> Iterator[AppRoleAssignment]:
        """The roles that this service principal has at other applications: its application permissions."""
        path = f"{PATH}/{part(sp_id)}/appRoleAssignments"
        return models(self._transport, AppRoleAssignment.from_json, path, {"$top": PAGE_SIZE})

    def granted_permissions(self, app_id: str) -> frozenset[str]:
        """The application permissions on Microsoft Graph that the application with this client id has, by name.

        Shows a grant at once, while a token may be older than the grant. Raises `NotThere` where the application has
        no principal in the tenant.
        """
        ours, graph = self.by_app_id(app_id), self.by_app_id(GRAPH_APP_ID)
        names = {role.id: role.value for role in graph.app_roles}
        granted = [row.role for row in self.granted_roles(ours.id) if row.resource_id == graph.id]
        return frozenset(names.get(role_id) or role_id for role_id in granted)

    def assigned_to(
        self, sp_id: str, *, principal_id: str | None = None, named: str | None = None
    ) -> Iterator[AppRoleAssignment]:
        """The assignments to this application, of users, groups and service principals.

        `principal_id`: only of this principal; `named`: only of principals whose name begins so.
        """
        params = {"$top": PAGE_SIZE}
        if principal_id is not None:
            params["$filter"] = f"principalId eq {guid(principal_id)}"
        elif named is not None:
            params["$filter"] = f"startswith(principalDisplayName,{literal(named)})"
        path = f"{PATH}/{part(sp_id)}/appRoleAssignedTo"
        return models(self._transport, AppRoleAssignment.from_json, path, params)

    def assigned_first(self, sp_id: str) -> FirstAssigned:
        """The first page of assignments, with what else has to be known to go on, in one request.

        Raises `NotThere` where the application is not.
        """
        at = f"{PATH}/{part(sp_id)}"
        reads = [
            Read(f"{at}/appRoleAssignedTo", {"$top": PAGE_SIZE}),
            Read(at, {"$select": "id,appId,appRoles"}),
            HOW_MANY,
        ]
        page, app, users = self._transport.batch_get(
            [read.url for read in reads], [read.headers for read in reads], optional={reads.index(HOW_MANY)}
        )
        if page is None or app is None:
            raise NotThere("the application is not there", method="GET", path=at, status=404)
        return FirstAssigned(
            page_of(AppRoleAssignment.from_json, page, reads[0].path),
            read_model(ServicePrincipal.from_json, app).app_roles,
            count(users or {}, "@odata.count"),
        )

    def assigned_next(self, link: str) -> Page[AppRoleAssignment]:
        """The next page of assignments. Raises `LinkRefused`."""
        return page_behind(self._transport, AppRoleAssignment.from_json, link, PATH)

    def count_assigned(self, sp_id: str) -> int:
        """The number of assignments of every kind, counted in an index that lags."""
        return self._transport.get_count(f"{PATH}/{part(sp_id)}/appRoleAssignedTo/$count", ADVANCED_QUERY)

    def owners(self, sp_id: str) -> Iterator[DirectoryObject]:
        """The owners of the enterprise application."""
        return list_owners(self._transport, f"{PATH}/{part(sp_id)}")

    def add_owner(self, sp_id: str, owner_id: str) -> bool:
        """Make `owner_id` (a principal's object id) an owner; False where it was one already."""
        return add_owner(self._transport, f"{PATH}/{part(sp_id)}", owner_id)

    def owned_by(self, sp_id: str) -> Iterator[DirectoryObject]:
        """All objects that this service principal owns, groups too: with OwnedBy it can change nothing else."""
        params = {"$select": "id,appId,displayName", "$top": PAGE_SIZE}
        return models(self._transport, DirectoryObject.from_json, f"{PATH}/{part(sp_id)}/ownedObjects", params)

    def _all(self, read: Read) -> Iterator[ServicePrincipal]:
        return models(self._transport, ServicePrincipal.from_json, read.path, read.params)


def read_by_app_id(app_id: str) -> Read:
    """What `by_app_id` sends."""
    return Read(f"{PATH}(appId={_key(app_id)})", {"$select": SELECT})


def read_named(*prefixes: str) -> Read:
    """What `named` sends for its first page."""
    return _listing(" or ".join(f"startswith(displayName,{literal(prefix)})" for prefix in prefixes))


def _listing(odata_filter: str | None) -> Read:
    return Read(PATH, {"$select": SELECT, "$top": PAGE_SIZE} | ({"$filter": odata_filter} if odata_filter else {}))


TAGGED = _listing(f"tags/any(t:t eq {literal(ENTERPRISE_APP_TAG)})")  # what `single_sign_on` sends for its first page


def _key(app_id: str) -> str:
    return f"'{part(app_id.replace(chr(39), chr(39) * 2))}'"
