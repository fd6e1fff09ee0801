"""Enterprise applications and their assignments (Graph reference: servicePrincipal, appRoleAssignment)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import Unreadable
from . import fields


@dataclass(frozen=True)
class AppRole:
    """A role that an application offers; `value` is empty where it has none."""

    id: str
    value: str = ""
    display_name: str = ""
    is_enabled: bool | None = None
    allowed_member_types: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: Any) -> AppRole:
        """Raises `Unreadable` without an id."""
        return cls(
            id=fields.need(data, "id", "an app role"),
            value=fields.text(data, "value"),
            display_name=fields.text(data, "displayName"),
            is_enabled=fields.told_flag(data, "isEnabled"),
            allowed_member_types=fields.texts(data, "allowedMemberTypes"),
        )


@dataclass(frozen=True)
class ServicePrincipal:
    """An enterprise application of a tenant.

    `account_enabled` is also True where it is not told: Graph sets it so when an application is made (Graph:
    servicePrincipal).
    """

    id: str
    app_id: str
    display_name: str = ""
    application_template_id: str | None = None
    preferred_single_sign_on_mode: str | None = None
    account_enabled: bool = True
    reply_urls: tuple[str, ...] = ()
    service_principal_names: tuple[str, ...] = ()
    login_url: str | None = None
    homepage: str | None = None
    tags: tuple[str, ...] = ()
    app_roles: tuple[AppRole, ...] = ()
    app_owner_organization_id: str | None = None
    app_role_assignment_required: bool = False

    @classmethod
    def from_json(cls, data: Any) -> ServicePrincipal:
        """Raises `Unreadable` without its ids, and for lists of addresses, names, tags or roles that are none."""
        modes, what = ("saml", "oidc", "password", "notSupported"), "a service principal"
        return cls(
            id=fields.need(data, "id", what),
            app_id=fields.need(data, "appId", what),
            display_name=fields.text(data, "displayName"),
            application_template_id=fields.maybe(data, "applicationTemplateId"),
            preferred_single_sign_on_mode=fields.word(data, "preferredSingleSignOnMode", modes) or None,
            account_enabled=fields.flag(data, "accountEnabled", default=True),
            reply_urls=fields.selected_texts(data, "replyUrls", what),
            service_principal_names=fields.selected_texts(data, "servicePrincipalNames", what),
            login_url=fields.maybe(data, "loginUrl"),
            homepage=fields.maybe(data, "homepage"),
            tags=fields.selected_texts(data, "tags", what),
            app_roles=tuple(AppRole.from_json(row) for row in fields.selected_rows(data, "appRoles", what)),
            app_owner_organization_id=fields.maybe(data, "appOwnerOrganizationId"),
            app_role_assignment_required=fields.flag(data, "appRoleAssignmentRequired"),
        )


@dataclass(frozen=True)
class AppRoleAssignment:
    """A user, group or service principal that has a role of an application."""

    id: str
    app_role_id: str
    principal_id: str
    principal_display_name: str = ""
    principal_type: str = ""
    resource_id: str = ""

    @classmethod
    def from_json(cls, data: Any) -> AppRoleAssignment:
        """Raises `Unreadable` without an id or a principal."""
        return cls(
            id=fields.need(data, "id", "an assignment"),
            app_role_id=fields.text(data, "appRoleId"),
            principal_id=fields.need(data, "principalId", "an assignment"),
            principal_display_name=fields.text(data, "principalDisplayName"),
            principal_type=fields.word(data, "principalType", ("User", "Group", "ServicePrincipal")),
            resource_id=fields.text(data, "resourceId"),
        )

    @property
    def kind(self) -> str:
        """User, Group, ServicePrincipal, or a word that is not known. Raises `Unreadable` where none is told."""
        if not self.principal_type:
            raise Unreadable("an assignment without principalType")
        return self.principal_type

    @property
    def role(self) -> str:
        """The id of the role. Raises `Unreadable` where none is told."""
        if not self.app_role_id:
            raise Unreadable("an assignment without appRoleId")
        return self.app_role_id
