"""One customer's Haiilo platform: its people, groups, teams and credentials, kept in the world."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..clock import graph_time
from . import schemas
from .refusals import ScimRefused

BASE = "/api/scim/v2"


@dataclass(slots=True)
class Person:
    """A user of the platform. `data` holds SCIM attributes without id, schemas and meta."""

    id: str
    data: dict[str, Any]
    created: datetime
    modified: datetime
    local: bool = False
    """Made by a person in Haiilo, not by SCIM."""
    hidden: bool = False
    """Not found by any search, but its user name is taken."""
    group: str = ""
    """Advocacy: the one group."""
    teams: tuple[str, ...] = ()
    unsupported: dict[str, Any] | None = None
    """Attributes that were sent and are not supported."""

    @property
    def user_name(self) -> str:
        """The identifier people sign in with."""
        return str(self.data.get("userName", ""))


@dataclass(slots=True)
class ScimGroup:
    """A group of Home."""

    id: str
    data: dict[str, Any]
    created: datetime
    modified: datetime


@dataclass
class Platform:
    """One platform. Change it with `world.lock` held."""

    host: str
    product: str
    groups: list[str] = field(default_factory=list)
    """Advocacy: names of the groups that a Company Admin made, the first is the default one."""
    people: dict[str, Person] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """User name in lower case → id."""
    externals: dict[str, str] = field(default_factory=dict)
    """externalId → id."""
    scim_groups: dict[str, ScimGroup] = field(default_factory=dict)
    teams: dict[str, dict[str, str]] = field(default_factory=dict)
    """Group → team name in lower case → as first written."""
    tokens: dict[str, str] = field(default_factory=dict)
    """Long-lived bearer token → id of the person it belongs to."""
    clients: dict[str, str] = field(default_factory=dict)
    """Home: OAuth client id → secret."""
    access_tokens: dict[str, datetime] = field(default_factory=dict)
    """Home: token from the token endpoint → when it ends, on `Clock.now`."""
    deprovision: str = "deactivate"
    """Home: deactivate or delete."""
    doubled: frozenset[str] = frozenset()
    """User names in lower case whose search finds two accounts."""
    side_effects: dict[str, int] = field(default_factory=dict)
    """Unsupported attribute → how often it was sent."""
    deleted: int = 0
    calls: int = 0
    production: str = ""
    """Host of the platform beside which this one stands; empty for one that stands alone."""

    def find_name(self, name: str) -> Person | None:
        """By user name in any case, also a hidden one."""
        return self.people.get(self.names.get(name.lower(), ""))

    def get(self, identity: str) -> Person:
        """The person with that id. Raises ScimRefused (404)."""
        person = self.people.get(identity)
        if person is None or person.hidden:
            raise ScimRefused(404, f"Resource {identity} not found.")
        return person

    def add(self, person: Person) -> Person:
        """Into the platform and its indexes. Raises ScimRefused (409) when the user name is taken."""
        self.check_free(person.user_name, person.id)
        self.people[person.id] = person
        self._index(person)
        return person

    def check_free(self, name: str, identity: str) -> None:
        """Raises ScimRefused (409) when the user name belongs to somebody else."""
        if self.names.get(name.lower(), identity) != identity:
            raise ScimRefused(409, f"A user with the userName {name} exists already.", "uniqueness")

    def change(self, person: Person, data: dict[str, Any], at: datetime) -> None:
        """Give the person new attributes."""
        self._unindex(person)
        person.data, person.modified = data, at
        self._index(person)

    def remove(self, person: Person) -> None:
        """For good; tokens of that person die too."""
        self._unindex(person)
        del self.people[person.id]
        self.deleted += 1
        for token in [token for token, owner in self.tokens.items() if owner == person.id]:
            del self.tokens[token]
        for group in self.scim_groups.values():
            members = group.data.get("members", [])
            if any(member.get("value") == person.id for member in members):
                group.data["members"] = [member for member in members if member.get("value") != person.id]

    def _index(self, person: Person) -> None:
        self.names[person.user_name.lower()] = person.id
        if person.data.get("externalId"):
            self.externals[str(person.data["externalId"])] = person.id

    def _unindex(self, person: Person) -> None:
        self.names.pop(person.user_name.lower(), None)
        self.externals.pop(str(person.data.get("externalId", "")), None)

    def note_unsupported(self, attributes: dict[str, Any]) -> None:
        """Count attributes that were sent and are not supported."""
        for name in attributes:
            self.side_effects[name] = self.side_effects.get(name, 0) + 1

    # As SCIM

    def user_json(self, person: Person) -> dict[str, Any]:
        """The User resource."""
        used = [urn for urn in sorted(schemas.extensions(self.product)) if urn in person.data]
        memberships = {"groups": self.groups_of(person)} if self.product == "home" else {}
        return {
            "schemas": [schemas.USER, *used],
            "id": person.id,
            **person.data,
            **{key: value for key, value in memberships.items() if value},
            "meta": self._meta("User", person),
        }

    def groups_of(self, person: Person) -> list[dict[str, str]]:
        """Home: the groups that have the person as a member."""
        return [
            {"value": group.id, "display": str(group.data.get("displayName", ""))}
            for group in self.scim_groups.values()
            if any(member.get("value") == person.id for member in group.data.get("members", []))
        ]

    def group_json(self, group: ScimGroup) -> dict[str, Any]:
        """The Group resource."""
        return {"schemas": [schemas.GROUP], "id": group.id, **group.data, "meta": self._meta("Group", group)}

    def _meta(self, kind: str, thing: Person | ScimGroup) -> dict[str, str]:
        return {
            "resourceType": kind,
            "created": graph_time(thing.created),
            "lastModified": graph_time(thing.modified),
            "location": f"https://{self.host}{BASE}/{kind}s/{thing.id}",
        }

    def provisioned(self) -> Iterator[Person]:
        """Everybody but untouched local accounts."""
        return (person for person in list(self.people.values()) if not person.local)


def new_platform(host: str, product: str, groups: list[str], now: datetime) -> Platform:
    """A platform with one local Company Admin, to whom a bearer token belongs; Home has an OAuth client too."""
    platform = Platform(host, product, list(groups))
    admin = Person(
        id=str(uuid.uuid4()),
        data={
            "userName": f"company.admin@{host}",
            "name": {"givenName": "Company", "familyName": "Admin"},
            "active": True,
        },
        created=now,
        modified=now,
        local=True,
        group=groups[0] if groups else "",
    )
    platform.add(admin)
    platform.tokens[f"hat_{secrets.token_urlsafe(32)}"] = admin.id
    if product == "home":
        platform.clients[str(uuid.uuid4())] = secrets.token_urlsafe(32)
    return platform


def issue_access_token(platform: Platform, client: str, secret: str, now: datetime) -> str | None:
    """Home: a token for an hour, or None for a client that is not known."""
    if not client or platform.clients.get(client) != secret:
        return None
    token = secrets.token_urlsafe(32)
    platform.access_tokens[token] = now + timedelta(hours=1)
    return token
