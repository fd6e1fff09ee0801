"""What is true at the far side at one moment: who is in scope at Microsoft, and who has an account at Haiilo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from devtools.robots import expectation
from devtools.stack.sandbox_control import SandboxTenant

NO_ROLE = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Truth:
    """Ids are those of the directory; an account that belongs to nobody known has its user name for an id.

    `in_scope`: assigned, directly or by an assigned group, and enabled. `nameless`: of those, without a last name.
    `nested`: only in a group within an assigned one. `there`: have an active account. `twice`: have more than one.
    `default_access`: no assignment gives them a role. `gone`: have lost an account, at whatever look before this one.
    `amiss`: in scope, and their account is missing or differs from the directory. `names`: each user name under which
    somebody is known; `shared`: those of them that several want at Haiilo.
    """

    in_scope: frozenset[str] = frozenset()
    direct: frozenset[str] = frozenset()
    disabled: frozenset[str] = frozenset()
    guests: frozenset[str] = frozenset()
    nameless: frozenset[str] = frozenset()
    nested: frozenset[str] = frozenset()
    nested_groups: int = 0
    default_access: frozenset[str] = frozenset()
    assignments: int = 0
    there: frozenset[str] = frozenset()
    twice: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    amiss: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()

    @property
    def missing(self) -> frozenset[str]:
        """Should be in Haiilo and are not."""
        return self.in_scope - self.there

    @property
    def leaving(self) -> frozenset[str]:
        """Are in Haiilo and no longer in scope."""
        return self.there - self.in_scope

    @property
    def numbers(self) -> dict[str, int]:
        """Every number that a page may tell, by name."""
        return {
            "in_haiilo": len(self.there),
            "arrived": len(self.in_scope & self.there),
            "in_scope": len(self.in_scope),
            "direct": len(self.direct),
            "by_group": len(self.in_scope) - len(self.direct),
            "missing": len(self.missing),
            "amiss": len(self.amiss),
            "wrong": len(self.amiss | self.twice) + len(self.leaving),
            "outdated": len(self.amiss & self.there),
            "leaving": len(self.leaving),
            "twice": len(self.twice),
            "removed": len(self.gone),
            "disabled": len(self.disabled),
            "guests": len(self.guests),
            "nameless": len(self.nameless),
            "nested": len(self.nested),
            "default_access": len(self.default_access),
            "nested_groups": self.nested_groups,
            "assignments": self.assignments,
        }

    def as_if_removed(self) -> Truth:
        """The same if everybody who is out of scope had lost the account."""
        return replace(self, there=self.there - self.leaving, gone=self.gone | self.leaving)

    def who(self, user_name: str) -> str:
        """The id of whoever is or was known by this user name; empty for a stranger, and where it may be of several."""
        return "" if user_name.lower() in self.shared else self.names.get(user_name.lower(), "")


def look(tenant: SandboxTenant, product: str, before: Truth = Truth()) -> Truth:
    """The truth now; `before` is what was true earlier."""
    # without naming the application, which may have been deleted
    directory, arrived = _named(tenant.ask("GET", "/directory"), before), tenant.arrived()
    users = {str(user["id"]): user for user in directory["users"]}
    names = _names(users) | dict(before.names)
    people, held = expectation.people(directory, product), expectation.found(list(arrived), product)
    owners = [_whose(name, held[name], people) or _owner(name, names) for name in _active(arrived)]
    there, assigned = frozenset(owners), _assigned(directory)
    everybody = assigned.direct | assigned.by_group
    enabled = {key for key in everybody if users[key]["accountEnabled"]}
    differing = {key for key, (name, wanted) in people.items() if held.get(name) != wanted}
    return Truth(
        in_scope=frozenset(enabled),
        direct=frozenset(assigned.direct & enabled),
        disabled=frozenset(everybody - enabled),
        guests=frozenset(key for key in enabled if users[key].get("userType") == "Guest"),
        nameless=frozenset(key for key in enabled if not users[key].get("surname")),
        nested=frozenset(assigned.nested),
        nested_groups=len(assigned.inner),
        default_access=frozenset(assigned.default & enabled),
        there=there,
        twice=frozenset(owner for owner in owners if owners.count(owner) > 1),
        gone=before.gone | (before.there - there),
        assignments=len(directory["assignments"]),
        amiss=frozenset(differing & enabled) | (frozenset(enabled) - there),
        names=names,
        shared=_shared(people),
    )


def _named(directory: dict[str, Any], before: Truth) -> dict[str, Any]:
    """The directory, where whoever has lost their user name goes by the last one."""
    last = {owner: name for name, owner in before.names.items()}
    users = [
        {**user, "userPrincipalName": user.get("userPrincipalName") or last.get(str(user["id"]), str(user["id"]))}
        for user in directory["users"]
    ]
    return {**directory, "users": users}


def _names(users: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Each user name, in Entra and at Haiilo, and whose it is: of two, the one who was there first."""
    found = dict[str, str]()
    for key, user in users.items():
        name = str(user["userPrincipalName"])
        for each in (name.lower(), expectation.arriving_name(name).lower()):
            found.setdefault(each, key)
    return found


def _active(arrived: Iterable[Mapping[str, Any]]) -> list[str]:
    return [str(each.get("userName", "")) for each in arrived if each.get("active", True) not in (False, "False")]


def _shared(people: Mapping[str, tuple[str, expectation.Person]]) -> frozenset[str]:
    names = Counter(name.lower() for name, _wanted in people.values())
    return frozenset(name for name, wanted_by in names.items() if wanted_by > 1)


def _whose(name: str, held: expectation.Person, people: Mapping[str, tuple[str, expectation.Person]]) -> str | None:
    """Whose account of this name has their values. Of two who want one name, either may have got it."""
    return next((key for key, (own, wanted) in people.items() if own == name and wanted == held), None)


def _owner(name: str, names: Mapping[str, str]) -> str:
    return names.get(name.lower(), name.lower())


@dataclass(frozen=True)
class _Assigned:
    """Ids of who is assigned directly, is a direct member of an assigned group, or only in a group inside one of
    these `inner` groups; and of whom no assignment gives a role (`default`).
    """

    direct: set[str]
    by_group: set[str]
    nested: set[str]
    inner: set[str]
    default: set[str]


def _assigned(directory: Mapping[str, Any]) -> _Assigned:
    groups = {str(group["id"]): [str(member["id"]) for member in group["members"]] for group in directory["groups"]}
    users = {str(user["id"]) for user in directory["users"]}
    principals = {str(each["principalId"]) for each in directory["assignments"]}
    members = {member for key in principals & set(groups) for member in groups[key]}
    inner = members & set(groups)
    direct, by_group = principals & users, members & users
    nested = {member for key in inner for member in groups[key] if member in users} - direct - by_group
    with_a_role = {str(each["principalId"]) for each in directory["assignments"] if each["appRoleId"] != NO_ROLE}
    given = with_a_role | {member for key in with_a_role & set(groups) for member in groups[key]}
    return _Assigned(direct, by_group, nested, inner, (direct | by_group) - given)
