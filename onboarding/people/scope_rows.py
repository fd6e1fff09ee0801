"""What one look at a person's assignments makes of the person's row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graphclient import AppRole, DirectoryObject, User
from onboarding.domain.standings import SHOULD_ARRIVE, Scope
from onboarding.models import Person
from onboarding.people.scope_place import CERTAIN_TO_FAIL, FINDING, GroupPlace

DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"
NAMED_SO = "default access"
MAX_PATHS = 10  # kept of one person; which they are decides nothing any more by then
COLUMNS = (
    *("scope", "paths", "is_guest", "scope_at", "name", "user_name", "at"),
    *("findings", "finding_codes", "certain_to_fail", "made_name", "made_marks", "differs", "differs_in", "shapes"),
)
"""The columns of a person that the assignments tell."""
UNREAD = {"unread": True}  # in the first path of all, as `people.scope` finds these people by
"""In the path of somebody who is assigned, and of whose account nothing is known yet."""


@dataclass(frozen=True)
class Account:
    """What the directory tells of a person; what it did not tell is None."""

    name: str = ""
    user_name: str = ""
    enabled: bool | None = None
    is_guest: bool = False
    surname: str | None = None
    country: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    """All of it, by Graph's names."""

    @classmethod
    def of(cls, person: User | DirectoryObject) -> Account:
        """Attributes byte for byte, empty where the person has none."""
        return cls(
            person.display_name,
            person.user_principal_name or "",
            person.account_enabled,
            (person.user_type or "").lower() == "guest",
            _told(person, "surname"),
            _told(person, "country"),
            person.raw,
        )


def _told(person: User | DirectoryObject, attribute: str) -> str | None:
    return str(person.raw[attribute] or "") if attribute in person.raw else None


@dataclass(frozen=True)
class Met:
    """Somebody who was met in a reading: by which path, none where it is known already; `account` where it was told."""

    id: str
    path: Mapping[str, Any] | None
    account: Account | None = None
    name: str = ""


def met_in(group: GroupPlace, row: DirectoryObject) -> Iterator[Met]:
    """This member of the group. Nobody would miss a disabled account in an inner one."""
    account = Account.of(row)
    if not group.nested:
        yield Met(row.id, path("group", group.name, no_access=group.no_access), account)
    elif account.enabled is not False:
        yield Met(row.id, path("nested", group.name), account)


def left_out_roles(roles: Sequence[AppRole]) -> frozenset[str]:
    """The ids of roles with which older jobs leave people out: "Default Access", where the application offers people
    another one.

    docs/graph-facts.md, "Scope and assignments".
    """
    named = {role.id for role in roles if NAMED_SO in (role.value.strip().lower(), role.display_name.strip().lower())}
    default = {DEFAULT_ACCESS} | named
    others = [role for role in roles if role.id not in default and role.is_enabled]
    return frozenset(default if any("User" in role.allowed_member_types for role in others) else ())


def path(by: str, group: str = "", *, no_access: bool = False, unread: bool = False) -> dict[str, Any]:
    """How somebody is assigned, in the form in which it is kept."""
    told = {"by": by, "group": group} if group else {"by": by}
    return told | ({"no_access": True} if no_access else {}) | (UNREAD if unread else {})


def is_unread(person: Person) -> bool:
    """Whether the person's account is not known yet."""
    return any(each.get("unread") for each in person.paths)


def is_settled(person: Person | None, began: datetime) -> bool:
    """Whether the reading that began then has met this person, and knows the account."""
    return person is not None and person.scope_at == began and not is_unread(person)


def meet(row: Person, met: Met, began: datetime) -> None:
    """Change the row as the reading that began then has met the person. Within one reading the account that was told
    first counts.
    """
    settled = is_settled(row, began)
    was_disabled = settled and row.scope == Scope.DISABLED
    if row.scope_at != began:
        row.scope_at, row.paths = began, []
        forget_forecast(row)
    if met.path is not None:
        row.paths = _with(row.paths, met.path)
    _name(row, met)
    if met.account is not None and not settled:
        row.paths = [{key: value for key, value in each.items() if key not in UNREAD} for each in row.paths]
        row.is_guest = met.account.is_guest
    if is_unread(row):
        return
    enabled_later = settled and row.scope not in (Scope.NESTED, Scope.DISABLED)
    disabled = met.account is not None and met.account.enabled is False and not enabled_later
    row.scope = scope_of(row.paths, disabled=was_disabled or disabled)


def forget_forecast(row: Person) -> None:
    """Nothing is known any more of what the mappings would make of the person; what Haiilo keeps is."""
    row.findings, row.certain_to_fail, row.made_name, row.made_marks = [], None, "", {}
    row.shapes = ""


def _with(paths: Sequence[Mapping[str, Any]], more: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if more in paths:
        return list(paths)
    if len(paths) < MAX_PATHS:
        return [*paths, more]
    decides = scope_of([*paths, more], disabled=False) != scope_of(paths, disabled=False)
    return [more, *paths[:-1]] if decides else list(paths)


def _name(row: Person, met: Met) -> None:
    """Names as the directory has them, until the log tells them; none where they were erased."""
    if row.erased_at is not None:
        return
    name, user_name = (met.account.name, met.account.user_name) if met.account else (met.name, "")
    if name and not (row.result and row.name):
        row.name = name
    if user_name and not (row.result and row.user_name):
        row.user_name = user_name


def scope_of(paths: Iterable[Mapping[str, Any]], *, disabled: bool) -> Scope:
    """Where somebody with these paths stands: one good one is enough."""
    assigned = [each for each in paths if each["by"] != "nested"]
    if not assigned:
        return Scope.NESTED
    if disabled:
        return Scope.DISABLED
    return Scope.NO_ACCESS if all(each.get("no_access") for each in assigned) else Scope.IN


def counted_as(row: Person) -> Iterator[str]:
    """The numbers in which this row counts once."""
    if row.scope != Scope.IN:
        yield str(row.scope)
    if row.scope in SHOULD_ARRIVE:
        yield "direct" if any(each["by"] == "direct" for each in row.paths) else "by_group"
        if row.is_guest:
            yield "guests"
        if row.certain_to_fail:
            yield CERTAIN_TO_FAIL
        yield from {f"{FINDING}{each['code']}" for each in row.findings}
