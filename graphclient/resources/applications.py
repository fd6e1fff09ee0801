"""Application registrations, and new enterprise applications from a template.

Microsoft Graph reference, application and "applicationTemplate: instantiate".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..errors import NotThere
from ..http.document import read_model
from ..http.paging import rows_of
from ..http.paths import literal, part
from ..http.transport import Transport
from ..models.application import Application, Instantiated
from ..models.directory import DirectoryObject
from ..models.service_principal import ServicePrincipal
from .owners import add_owner, list_owners
from .service_principals import ServicePrincipals

PATH = "/applications"
SELECT = "id,appId,displayName,applicationTemplateId"
NON_GALLERY_TEMPLATE_ID = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"  # the template of "create your own application"
_MARKER = re.compile(r"[a-z0-9][a-z0-9-]{5,39}")


class Applications:
    """Registrations and templates; every method may raise a `GraphError`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._principals = ServicePrincipals(transport)

    def get(self, object_id: str) -> Application:
        """By object id. Raises `NotThere`."""
        return read_model(Application.from_json, self._transport.get(f"{PATH}/{part(object_id)}", {"$select": SELECT}))

    def by_app_id(self, app_id: str) -> Application:
        """By application (client) id, among the registrations of this tenant. Raises `NotThere`."""
        page = self._transport.get(PATH, {"$filter": f"appId eq {literal(app_id)}", "$select": SELECT})
        rows = rows_of(page, PATH)
        if not rows:
            raise NotThere("no registration with this application id", method="GET", path=PATH)
        return read_model(Application.from_json, page, rows[0])

    def owners(self, object_id: str) -> Iterator[DirectoryObject]:
        """The owners of the registration."""
        return list_owners(self._transport, f"{PATH}/{part(object_id)}")

    def add_owner(self, object_id: str, owner_id: str) -> bool:
        """Make `owner_id` an owner; False where it was one already. Provision on demand with OwnedBy needs an owner."""
        return add_owner(self._transport, f"{PATH}/{part(object_id)}", owner_id)

    def instantiate(self, name: str, marker: str, *, template_id: str = NON_GALLERY_TEMPLATE_ID) -> Instantiated:
        """Make an application named "`name` (`marker`)", owned by us, and return it.

        A second call makes a second application: after `OutcomeUnknown` look with `marked` first.
        """
        path = f"/applicationTemplates/{part(template_id)}/instantiate"
        answer = self._transport.ask("POST", path, json={"displayName": marked_name(name, marker)})
        return self._transport.read_unrepeatable(Instantiated.from_json, answer)

    def marked(self, name: str, marker: str) -> list[ServicePrincipal]:
        """The applications that `instantiate` made with this name and marker.

        Lists lag: for some minutes an empty list does not prove that there is none.
        """
        wanted = marked_name(name, marker).lower()
        return [sp for sp in self._principals.named(name) if sp.display_name.lower() == wanted]


def marked_name(name: str, marker: str) -> str:
    """The display name with the marker. Raises ValueError for an empty name and a malformed marker."""
    if not _MARKER.fullmatch(marker) or not name.strip():
        raise ValueError("a name, and six to forty small letters, digits and hyphens as marker")
    return f"{name.strip()} ({marker})"
