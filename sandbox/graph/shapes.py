"""Directory objects as Graph shows them, and what their collections can do.

Facts: docs/graph-facts.md, "Paging and batch".
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..clock import graph_time
from ..wording import words
from ..world import Assignment, Group, ServicePrincipal, User
from .exchange import Call
from .filters import Filterable, ops
from .lists import Listing

USER_DEFAULTS = words(
    "businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation preferredLanguage"
    " surname userPrincipalName"
)
_USER_PLAIN = words(
    "id userPrincipalName displayName mail mailNickname givenName surname jobTitle department companyName"
    " employeeId officeLocation streetAddress city state postalCode country usageLocation"
    " preferredLanguage mobilePhone faxNumber accountEnabled userType"
)
USER_PROPERTIES = frozenset(
    [
        *_USER_PLAIN,
        *words(
            "businessPhones createdDateTime onPremisesExtensionAttributes assignedLicenses proxyAddresses otherMails"
        ),
        *words("onPremisesSyncEnabled identities deletedDateTime"),
    ]
)


def show_user(user: User) -> dict[str, Any]:
    """Graph: user, with every property that we hold."""
    row: dict[str, Any] = {name: getattr(user, name) for name in _USER_PLAIN}
    row["userPrincipalName"] = user.userPrincipalName or None
    row["businessPhones"] = [user.businessPhone] if user.businessPhone else []
    row["createdDateTime"] = graph_time(user.createdDateTime)
    held = user.extensions or {}
    row["onPremisesExtensionAttributes"] = {
        f"extensionAttribute{n}": held.get(f"extensionAttribute{n}") for n in range(1, 16)
    }
    row |= {"proxyAddresses": [f"SMTP:{user.mail}"] if user.mail else [], "otherMails": [], "assignedLicenses": []}
    return row | {"onPremisesSyncEnabled": None, "identities": [], "deletedDateTime": None}


def show_group(group: Group) -> dict[str, Any]:
    """Graph: group."""
    return {
        "id": group.id,
        "displayName": group.displayName,
        "description": group.description,
        "mailNickname": group.mailNickname,
        "mail": None,
        "mailEnabled": group.mailEnabled,
        "securityEnabled": group.securityEnabled,
        "groupTypes": group.groupTypes,
        "visibility": None,
        "membershipRule": None,
        "onPremisesSyncEnabled": None,
        "createdDateTime": graph_time(group.createdDateTime),
        "deletedDateTime": None,
    }


def show_member(thing: User | Group) -> dict[str, Any]:
    """Graph: directoryObject with its type."""
    if isinstance(thing, User):
        return {"@odata.type": "#microsoft.graph.user", **show_user(thing)}
    return {"@odata.type": "#microsoft.graph.group", **show_group(thing)}


_SP_PLAIN = words(
    "id appId displayName applicationTemplateId appOwnerOrganizationId preferredSingleSignOnMode"
    " servicePrincipalType accountEnabled appRoleAssignmentRequired servicePrincipalNames replyUrls"
    " loginUrl homepage notificationEmailAddresses tags appRoles"
)


def show_service_principal(sp: ServicePrincipal) -> dict[str, Any]:
    """Graph: servicePrincipal."""
    row: dict[str, Any] = {name: getattr(sp, name) for name in _SP_PLAIN}
    row |= {"appDisplayName": sp.displayName, "passwordCredentials": [], "verifiedPublisher": None}
    row |= {"deletedDateTime": None, "description": None, "notes": None, "logoutUrl": None, "alternativeNames": []}
    return row | {"signInAudience": "AzureADMyOrg", "oauth2PermissionScopes": [], "keyCredentials": []}


def show_assignment(assignment: Assignment) -> dict[str, Any]:
    """Graph: appRoleAssignment."""
    return {
        "id": assignment.id,
        "deletedDateTime": None,
        "appRoleId": assignment.appRoleId,
        "createdDateTime": graph_time(assignment.createdDateTime),
        "principalDisplayName": assignment.principalDisplayName,
        "principalId": assignment.principalId,
        "principalType": assignment.principalType,
        "resourceDisplayName": assignment.resourceDisplayName,
        "resourceId": assignment.resourceId,
    }


def _get(thing: Any, name: str) -> Any:
    value = getattr(thing, name, None)
    return graph_time(value) if isinstance(value, datetime) else value


def get_row(row: Any, name: str) -> Any:
    """A property of a JSON object, a/b for one inside another."""
    for part in name.split("/"):
        row = row.get(part) if isinstance(row, dict) else None
    return row


_TEXT = ops("eq ne not ge le in startswith endswith")
_KEY = ops("eq ne not in")


def _user_by_id(call: Call, value: str) -> User | None:
    return call.tenant.users.get(value)


def _user_by_name(call: Call, value: str) -> User | None:
    found = call.tenant.user_named(value)
    return found if found is not None and found.userPrincipalName.lower() == value else None


USERS = Listing(
    name="users",
    type_name="user",
    properties=USER_PROPERTIES,
    filterable=Filterable(
        {
            **dict.fromkeys(words("displayName userPrincipalName mail givenName surname mailNickname"), _TEXT),
            **dict.fromkeys(words("jobTitle department city state country companyName employeeId"), _TEXT),
            **dict.fromkeys(["id", "userType", "usageLocation"], _KEY),
            "accountEnabled": ops("eq ne not in"),
            "createdDateTime": ops("eq ne not ge le in"),
        }
    ),
    get=_get,
    show=show_user,
    defaults=USER_DEFAULTS,
    orderable=frozenset({"displayName", "userPrincipalName", "createdDateTime"}),
    searchable=frozenset({"displayName", "mail", "userPrincipalName", "givenName", "surname"}),
    by_key={"id": _user_by_id, "userPrincipalName": _user_by_name},
)
GROUPS = Listing(
    name="groups",
    type_name="group",
    properties=frozenset(show_group(Group("", ""))),
    filterable=Filterable(
        {
            "displayName": _TEXT,
            "mailNickname": _TEXT,
            "id": _KEY,
            "securityEnabled": ops("eq ne not in"),
            "mailEnabled": ops("eq ne not in"),
            "groupTypes": ops("any/eq"),
        }
    ),
    get=_get,
    show=show_group,
    orderable=frozenset({"displayName"}),
    searchable=frozenset({"displayName", "description"}),
)
MEMBERS = Listing(
    name="directoryObjects",
    type_name="directoryObject",
    properties=USER_PROPERTIES | frozenset(show_group(Group("", ""))),
    filterable=Filterable({"displayName": _TEXT, "userPrincipalName": _TEXT}),
    get=_get,
    show=show_member,
    searchable=frozenset({"displayName"}),
)
SERVICE_PRINCIPALS = Listing(
    name="servicePrincipals",
    type_name="servicePrincipal",
    properties=frozenset(show_service_principal(ServicePrincipal("", "", ""))),
    filterable=Filterable(
        {
            "displayName": ops("eq ne not ge le in startswith"),
            "appId": ops("eq ne not in startswith"),
            "applicationTemplateId": ops("eq ne not startswith"),
            "tags": ops("any/eq any/ge any/le"),
            "servicePrincipalNames": ops("any/eq"),
            "id": _KEY,
            **dict.fromkeys(["appOwnerOrganizationId", "accountEnabled", "servicePrincipalType"], _KEY),
        }
    ),
    get=_get,
    show=show_service_principal,
    orderable=frozenset({"displayName"}),
    searchable=frozenset({"displayName"}),
)
ASSIGNMENTS = Listing(
    name="appRoleAssignments",
    type_name="appRoleAssignment",
    properties=frozenset(show_assignment(Assignment("", "", "", "", "", "", ""))),
    filterable=Filterable(
        {
            "principalId": ops("eq"),
            "resourceId": ops("eq"),
            "principalDisplayName": ops("eq startswith"),
        }
    ),
    get=_get,
    show=show_assignment,
)
