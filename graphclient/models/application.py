"""Application registrations, and the pair of objects that a template makes (Graph reference: application)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import fields
from .service_principal import ServicePrincipal


@dataclass(frozen=True)
class Application:
    """An application registration: `id` is its object id, not the client id and not the service principal's."""

    id: str
    app_id: str
    display_name: str = ""
    application_template_id: str | None = None

    @classmethod
    def from_json(cls, data: Any) -> Application:
        """Raises `Unreadable` without both ids."""
        return cls(
            id=fields.need(data, "id", "an application"),
            app_id=fields.need(data, "appId", "an application"),
            display_name=fields.text(data, "displayName"),
            application_template_id=fields.maybe(data, "applicationTemplateId"),
        )


@dataclass(frozen=True)
class Instantiated:
    """Registration and service principal that a template made; for some seconds Graph may find neither."""

    application: Application
    service_principal: ServicePrincipal

    @classmethod
    def from_json(cls, data: Any) -> Instantiated:
        """Raises `Unreadable` where an object or an id of it is missing."""
        return cls(
            Application.from_json(fields.need_part(data, "application", "an instantiated template")),
            ServicePrincipal.from_json(fields.need_part(data, "servicePrincipal", "an instantiated template")),
        )
