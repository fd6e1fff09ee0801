"""One person in the customer's directory: who it is, and whether and how they are assigned. Reads only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from graphclient import AppRoleAssignment, DirectoryObject, GraphClient, NotThere, User
from onboarding.domain.standings import Scope
from onboarding.people.scope_rows import left_out_roles, path, scope_of

MAX_FOUND = 6
MAX_GROUPS = 20
MAX_MEMBERS = 5000  # read of one group; who is further behind is not known
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """Somebody of the directory. `scope` is unread where there are several who may be meant, and where the groups are
    too many or too large to tell.
    """

    id: str
    name: str = ""
    user_name: str = ""
    is_guest: bool = False
    scope: str = Scope.UNREAD
    paths: Sequence[Mapping[str, Any]] = ()

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept."""
        return {**asdict(self), "scope": str(self.scope), "paths": [dict(each) for each in self.paths]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Found:
        """What `to_json` made."""
        return cls(**stored)


def look_up(graph: GraphClient, asked: str, application: str, *, sync_all: bool = False) -> list[Found]:
    """Whom `asked` may mean: an object id, user name, e-mail address, or the beginning of a name. Empty: nobody.

    Of a single one also where they stand in the scope of `application`, the service principal's id, empty while none is
    chosen; `sync_all`: the job takes the whole directory. Raises `GraphError`.
    """
    people = _people(graph, asked.strip())
    if len(people) != 1 or not application:
        return [_found(person) for person in people]
    [person] = people
    paths = [path("all")] if sync_all else _paths(graph, person, application)
    return [_found(person, scope=_scope(person, paths), paths=paths or ())]


def _found(person: User, **more: Any) -> Found:
    is_guest = person.user_type.lower() == "guest"
    return Found(person.id, person.display_name, person.user_principal_name, is_guest, **more)


def _people(graph: GraphClient, asked: str) -> list[User]:
    if GUID.fullmatch(asked) or ("@" in asked and " " not in asked):
        try:
            return [graph.users.get(asked)]
        except NotThere:
            pass
    found = graph.users.find(asked, MAX_FOUND)
    exact = [each for each in found if asked.lower() in (each.user_principal_name.lower(), each.mail.lower())]
    return exact or found


def _scope(person: User, paths: list[dict[str, Any]] | None) -> Scope:
    if paths is None:
        return Scope.UNREAD
    return scope_of(paths, disabled=person.account_enabled is False) if paths else Scope.OUT


def _paths(graph: GraphClient, person: User, application: str) -> list[dict[str, Any]] | None:
    """How the person is assigned; None where that cannot be told."""
    own = list(graph.service_principals.assigned_to(application, principal_id=person.id))
    if own:
        return [path("direct", no_access=_leaves_out(graph, application, own))]
    assigned = graph.service_principals.assigned_to(application)
    groups = list(islice((each for each in assigned if each.kind == "Group"), MAX_GROUPS + 1))
    looks = [_Look(graph, group, person.id) for group in groups[:MAX_GROUPS]]
    for group in looks:
        if group.has_as_member():
            return [path("group", group.name, no_access=_leaves_out(graph, application, [group.assigned]))]
    nested = [path("nested", group.name) for group in looks if group.has_within()]
    is_whole = len(groups) <= MAX_GROUPS and all(group.is_whole for group in looks)
    return nested if nested or is_whole else None


def _leaves_out(graph: GraphClient, application: str, assigned: Sequence[AppRoleAssignment]) -> bool:
    """Whether older jobs leave out who has only these assignments."""
    roles = left_out_roles(graph.service_principals.get(application).app_roles)
    return all(each.role in roles for each in assigned)


class _Look:
    """A look into an assigned group for one person."""

    def __init__(self, graph: GraphClient, assigned: AppRoleAssignment, person_id: str) -> None:
        self._graph, self.assigned, self._person_id = graph, assigned, person_id
        self.name, self.is_whole, self._has_groups = assigned.principal_display_name, True, False

    def has_as_member(self) -> bool:
        """Whether the person is a direct member."""
        return self._reads(self._graph.groups.members(self.assigned.principal_id))

    def has_within(self) -> bool:
        """Whether the person is a member of a group within; asked where there are such."""
        return self._has_groups and self._reads(self._graph.groups.transitive_members(self.assigned.principal_id))

    def _reads(self, members: Iterator[DirectoryObject]) -> bool:
        try:
            for number, member in enumerate(members):
                self._has_groups = self._has_groups or member.kind == "group"
                if member.id == self._person_id:
                    return True
                if number + 1 == MAX_MEMBERS:
                    self.is_whole = False
                    return False
        except NotThere:  # the group was deleted, and its assignment not yet
            return False
        return False
