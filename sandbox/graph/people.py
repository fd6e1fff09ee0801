"""Users, groups and their members.

Facts: docs/graph-facts.md, "Scope and assignments".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..world import Group, User
from .exchange import Answer, Call, Refused, context, not_found
from .lists import Listing, answer, count, one
from .permissions import READ_GROUPS, READ_USERS
from .routes import route
from .shapes import GROUPS, MEMBERS, USERS, show_member


def _users(call: Call) -> Sequence[User]:
    """Without the soft-deleted ones, which are in the recycle bin."""
    return [user for user in call.tenant.users.values() if user.deleted_at is None]


@route("GET", "/users", READ_USERS)
def list_users(call: Call) -> Answer:
    """A few properties unless others are selected (Graph: user, list)."""
    return answer(call, USERS, _users(call))


@route("GET", "/users/$count", READ_USERS)
def count_users(call: Call) -> Answer:
    """The number of users, as bare text; needs ConsistencyLevel: eventual."""
    return count(call, USERS, _users(call))


@route("GET", "/users/delta", READ_USERS)
def delta(call: Call) -> Answer:
    """Everything, then what changed since the $deltatoken (Graph: user, delta).

    Differs: one page for each 200 users, and removed users are always reported as "changed".
    """
    tenant = call.tenant
    since = call.query.get("$deltatoken") or call.query.get("$skiptoken", "")
    if since and not since.isdigit():
        raise Refused(410, "SyncStateNotFound", "The sync state generation is not found; please restart.")
    changed = sorted((u for u in tenant.users.values() if u.changed > int(since or 0)), key=lambda user: user.changed)
    page, names = changed[:200], [name for name in call.query.get("$select", "").split(",") if name]
    shown = USERS.defaults or ()
    rows: list[dict[str, Any]] = []
    for user in page:
        row = USERS.show(user)
        kept = {key: row.get(key) for key in [*(names or shown), "id"]}
        rows.append({**kept, "@removed": {"reason": "changed"}} if user.deleted_at else kept)
    mark = str(page[-1].changed if page else int(since or 0))
    more = len(changed) > len(page)
    kept_query = {key: value for key, value in call.query.items() if key not in ("$deltatoken", "$skiptoken")}
    link = call.link({**kept_query, "$skiptoken" if more else "$deltatoken": mark})
    body = {"@odata.context": context(call, "users"), "value": rows}
    return Answer(200, {**body, "@odata.nextLink" if more else "@odata.deltaLink": link})


@route("GET", "/users/{user-id}", READ_USERS)
def get_user(call: Call) -> Answer:
    """By object id or user principal name (Graph: user, get)."""
    user = call.tenant.user_called(call.parts["user-id"])
    if user is None or user.deleted_at:
        raise not_found(call.parts["user-id"])
    return one(call, USERS, user)


@route("GET", "/users/{user-id}/manager", READ_USERS)
def get_manager(call: Call) -> Answer:
    """404 when there is none (Graph: user, list manager)."""
    user = call.tenant.user_called(call.parts["user-id"])
    manager = call.tenant.users.get(user.manager) if user and user.manager else None
    if manager is None:
        raise not_found("manager")
    return one(call, MEMBERS, manager)


@route("GET", "/groups", READ_GROUPS)
def list_groups(call: Call) -> Answer:
    """Graph: group, list."""
    return answer(call, GROUPS, list(call.tenant.groups.values()))


@route("GET", "/groups/$count", READ_GROUPS)
def count_groups(call: Call) -> Answer:
    """The number of groups, as bare text."""
    return count(call, GROUPS, list(call.tenant.groups.values()))


def _group(call: Call) -> Group:
    found = call.tenant.groups.get(call.parts["group-id"].lower())
    if found is None:
        raise not_found(call.parts["group-id"])
    return found


@route("GET", "/groups/{group-id}", READ_GROUPS)
def get_group(call: Call) -> Answer:
    """Graph: group, get."""
    return one(call, GROUPS, _group(call))


def _members(call: Call, group: Group) -> list[User | Group]:
    tenant = call.tenant
    found = (tenant.users.get(key) or tenant.groups.get(key) for key in list(group.members))
    return [each for each in found if each is not None and not getattr(each, "deleted_at", None)]


def _transitive(call: Call, group: Group) -> list[User | Group]:
    """Each once, however deep; groups may contain each other."""
    seen: set[str] = {group.id}

    def walk(inside: Group) -> Iterator[User | Group]:
        for each in _members(call, inside):
            if each.id in seen:
                continue
            seen.add(each.id)
            yield each
            if isinstance(each, Group):
                yield from walk(each)

    return list(walk(group))


def _as_may_be_seen(call: Call) -> Listing:
    """Of users whom the caller may not read, only type and id (Graph: group, list members)."""
    if any(wanted <= call.caller.roles for wanted in READ_USERS.any_of):
        return MEMBERS
    return replace(MEMBERS, show=_limited)


def _limited(thing: User | Group) -> dict[str, Any]:
    row = show_member(thing)
    if isinstance(thing, Group):
        return row
    return {key: value if key in ("@odata.type", "id") else None for key, value in row.items()}


@route("GET", "/groups/{group-id}/members", READ_GROUPS)
def list_members(call: Call) -> Answer:
    """Direct members of every kind (Graph: group, list members)."""
    return answer(call, _as_may_be_seen(call), _members(call, _group(call)))


@route("GET", "/groups/{group-id}/members/$count", READ_GROUPS)
def count_members(call: Call) -> Answer:
    """The number of direct members, as bare text."""
    return count(call, MEMBERS, _members(call, _group(call)))


@route("GET", "/groups/{group-id}/transitiveMembers", READ_GROUPS)
def list_transitive(call: Call) -> Answer:
    """Members of members too (Graph: group, list transitiveMembers)."""
    found, largest = _transitive(call, _group(call)), call.tenant.reality.largest_group
    if largest and len(found) > largest:
        raise Refused(400, "Directory_ResultSizeLimitExceeded", "The size of the result is too large.")
    return answer(call, _as_may_be_seen(call), found)


@route("GET", "/groups/{group-id}/transitiveMembers/$count", READ_GROUPS)
def count_transitive(call: Call) -> Answer:
    """The number of members of members too, as bare text."""
    return count(call, MEMBERS, _transitive(call, _group(call)))


@route("GET", "/groups/{group-id}/transitiveMembers/microsoft.graph.user", READ_GROUPS)
def list_transitive_users(call: Call) -> Answer:
    """Members of members too, only the users among them (OData cast)."""
    return answer(call, USERS, [each for each in _transitive(call, _group(call)) if isinstance(each, User)])


@route("GET", "/groups/{group-id}/transitiveMembers/microsoft.graph.user/$count", READ_GROUPS)
def count_transitive_users(call: Call) -> Answer:
    """The number of users among members of members, as bare text."""
    return count(call, USERS, [each for each in _transitive(call, _group(call)) if isinstance(each, User)])
