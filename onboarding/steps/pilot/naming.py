"""Who was named as test user: by user name, mail address or object id, as people typed it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from graphclient import GraphClient, NotThere, User
from onboarding.domain.desired import Desired
from onboarding.steps.pilot.evidence import PilotEvidence
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.sso_application.evidence import service_principal_id

MOST = 5
PEOPLE, PERSON = "people", "person"  # names in the answer; earlier releases and the kick-off name one person
BETWEEN = re.compile(r"[\s,;]+")


@dataclass(frozen=True)
class Named:
    """Somebody who was named as `text`: the person in the tenant, None where it has nobody of that name."""

    text: str
    person: User | None = None
    in_scope: bool = False


def named_in(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """What was typed for each, without what is there twice."""
    people = answer.get(PEOPLE)
    if people is None:
        people = [answer.get(PERSON) or ""]
    return tuple(dict.fromkeys(text for each in people if (text := str(each).strip())))[:MOST]


def split(text: str) -> list[str]:
    """The names in a text in which people wrote several."""
    return [part for part in BETWEEN.split(text) if part]


def find(graph: GraphClient, desired: Desired, names: Iterable[str]) -> tuple[Named, ...]:
    """The people behind these names, each once, and whether they are in scope."""
    found: dict[str, Named] = {}
    scope = _Scope(graph, desired)
    for name in names:
        person = _person(graph, name)
        if person is None:
            found[name] = Named(name)
        else:
            found.setdefault(person.id, Named(name, person, scope.holds(person)))
    return tuple(found.values())


def _person(graph: GraphClient, name: str) -> User | None:
    with suppress(NotThere):
        return graph.users.get(name)
    if "@" not in name:
        return None
    same = [user for user in graph.users.find(name) if user.mail.casefold() == name.casefold()]
    return same[0] if len(same) == 1 else None


class _Scope:
    """Assigned directly, or a direct member of an assigned group; the whole directory where the job takes that."""

    def __init__(self, graph: GraphClient, desired: Desired) -> None:
        self.graph, self.application = graph, service_principal_id(desired)
        scope = desired.evidence_of(ScopeEvidence)
        self.is_everybody = scope is not None and scope.sync_all
        self.groups: list[str] | None = None
        self.members: dict[str, set[str]] = {}

    def holds(self, person: User) -> bool:
        """Whether the job provisions this person."""
        principals = self.graph.service_principals
        if self.is_everybody or any(True for _each in principals.assigned_to(self.application, principal_id=person.id)):
            return True
        if self.groups is None:
            assigned = principals.assigned_to(self.application)
            self.groups = [each.principal_id for each in assigned if each.kind == "Group"]
        return any(person.id in self._members(group) for group in self.groups)

    def _members(self, group: str) -> set[str]:
        if group not in self.members:
            self.members[group] = {member.id for member in self.graph.groups.members(group)}
        return self.members[group]


def are_in(evidence: PilotEvidence, names: Iterable[str]) -> bool:
    """Whether each of these was tried already."""
    tried = {text for each in evidence.people for text in (each.named, each.id)}
    return bool(evidence.people) and set(names) <= tried
