"""F6: the application came from a registration and cannot be provisioned."""

from __future__ import annotations

from typing import Any

from ..graph.applications import INTEGRATED
from ..world import ServicePrincipal, World
from .fault import Fault

AS_REGISTERED: dict[str, Any] = {
    "templates": [],
    "applicationTemplateId": None,
    "preferredSingleSignOnMode": "oidc",
    "tags": [INTEGRATED],
}


class OidcApplication(Fault):
    """The application that is to be provisioned has no templates."""

    key = "F6"
    seen = "The application is an OIDC registration: no template id, mode oidc, and its list of templates is empty."
    in_graph = "the application and its templates; a job that is there already stays"

    def apply(self, world: World) -> None:
        """Give the application what a registration has."""
        sp = self._application()
        if sp is not None:
            self.applied.kept = {name: getattr(sp, name) for name in AS_REGISTERED}
            for name, value in AS_REGISTERED.items():
                setattr(sp, name, value)

    def undo(self, world: World) -> None:
        """Give the application back what it had."""
        sp = self._application()
        for name, value in self.applied.kept.items() if sp is not None else ():
            setattr(sp, name, value)

    def _application(self) -> ServicePrincipal | None:
        return self.tenant.service_principals.get(str(self.tenant.made.get("service_principal_id")))
