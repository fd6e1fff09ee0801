"""What our application owns in the tenant, where its permission reaches whatever it owns.

An owner can give an application new credentials and then act as it, so our application must own nothing but the one
application that is set up; before one is chosen, nothing but what could be it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as _

from graphclient import DirectoryObject, GraphClient, NotThere, ServicePrincipal
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Asking
from onboarding.steps.shared.owner_causes import OWNS_TOO_MUCH

PRINCIPAL, REGISTRATION = "servicePrincipal", "application"
MAX_LOOKED_AT_CLOSELY = 20  # things too many that are looked at closely; all of them are named
_PATHS = {PRINCIPAL: "servicePrincipals", REGISTRATION: "applications", "group": "groups"}


@dataclass(frozen=True)
class OwnedObjects:
    """All that our service principal owns. `our_id`: its object id."""

    our_id: str
    things: tuple[DirectoryObject, ...] = ()

    def holds(self, app: ServicePrincipal) -> bool:
        """Whether the enterprise application itself is among it."""
        return any(thing.id == app.id for thing in self.things)

    def registration_of(self, app: ServicePrincipal) -> str:
        """The object id of its registration where that is among it, else empty."""
        return next((thing.id for thing in self.things if _is_registration(thing, {app.app_id})), "")


@dataclass(frozen=True)
class Owning:
    """What we own of one application. `registration_id` is empty where the registration is in another tenant."""

    our_id: str
    principal: bool
    registration_id: str = ""
    registration: bool = False

    @property
    def lacks_registration(self) -> bool:
        """Whether there is a registration that we would have to own, too."""
        return bool(self.registration_id) and not self.registration


@dataclass(frozen=True)
class UnexpectedObject:
    """A thing that we own and must not. `powerful`: an application that has permissions of its own in the tenant."""

    id: str
    kind: str
    name: str
    powerful: bool = False

    def request(self, our_id: str) -> str:
        """What takes us out of its owners (Graph reference: remove owner)."""
        path = _PATHS.get(self.kind, "directoryObjects")
        return f"DELETE https://graph.microsoft.com/v1.0/{path}/{self.id}/owners/{our_id}/$ref"


# Reading


def read(graph: GraphClient, client_id: str) -> OwnedObjects:
    """Everything that our application owns, by one list. Raises `NotThere` where the tenant has no such application."""
    our_id = graph.service_principals.by_app_id(client_id).id
    return OwnedObjects(our_id, tuple(graph.service_principals.owned_by(our_id)))


def owning(graph: GraphClient, held: OwnedObjects, app: ServicePrincipal) -> Owning:
    """What we own of `app`; where its registration is not ours, it is looked for in the tenant."""
    owned = held.registration_of(app)
    if owned:
        return Owning(held.our_id, held.holds(app), owned, registration=True)
    try:
        registration = graph.applications.by_app_id(app.app_id)
    except NotThere:  # registered by its maker in a tenant of theirs
        return Owning(held.our_id, held.holds(app))
    return Owning(held.our_id, held.holds(app), registration.id)


def unexpected(
    graph: GraphClient, held: OwnedObjects, ids: Collection[str], app_ids: Collection[str]
) -> tuple[UnexpectedObject, ...]:
    """What we own besides the service principals `ids` and the registrations of `app_ids`, the powerful first."""
    found = [thing for thing in held.things if thing.id not in ids and not _is_registration(thing, app_ids)]
    extras = [
        UnexpectedObject(
            thing.id,
            thing.kind,
            thing.display_name or thing.id,
            number < MAX_LOOKED_AT_CLOSELY and _is_powerful(graph, thing),
        )
        for number, thing in enumerate(found)
    ]
    return tuple(sorted(extras, key=lambda extra: (not extra.powerful, extra.name, extra.id)))


def _is_registration(thing: DirectoryObject, app_ids: Collection[str]) -> bool:
    return thing.kind == REGISTRATION and thing.app_id in app_ids


def _is_powerful(graph: GraphClient, thing: DirectoryObject) -> bool:
    """Whoever owns a registration can act as its service principal, so that one counts."""
    principals = graph.service_principals
    try:
        if thing.kind == REGISTRATION and thing.app_id:
            return any(True for _role in principals.granted_roles(principals.by_app_id(thing.app_id).id))
        return thing.kind == PRINCIPAL and any(True for _role in principals.granted_roles(thing.id))
    except NotThere:
        return False


# Asking


def ask(extras: Collection[UnexpectedObject], our_id: str) -> Asking:
    """Names what has to be given back, by whom and how; nothing is changed in the tenant meanwhile."""
    names, requests = _names(extras), " ".join(extra.request(our_id) for extra in extras)
    offers = {"owned_beside": list(_lines(extras, our_id)), "names": names, "requests": requests}
    warnings = [_power(extra) for extra in extras if extra.powerful]
    return OWNS_TOO_MUCH.asking(offers=offers, warnings=warnings, names=names, requests=requests, count=len(extras))


def _power(extra: UnexpectedObject) -> Sentence:
    return say(_("“%(name)s” has permissions of its own in the tenant."), name=extra.name)


def _names(extras: Collection[UnexpectedObject]) -> str:
    return ", ".join(extra.name for extra in extras)


def _lines(extras: Collection[UnexpectedObject], our_id: str) -> Iterator[dict[str, Any]]:
    for extra in extras:
        yield {
            "id": extra.id,
            "kind": extra.kind,
            "name": extra.name,
            "powerful": extra.powerful,
            "request": extra.request(our_id),
        }
