"""Home's groups over SCIM. Advocacy has none: a Company Admin makes them by hand."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from . import filters, patching, schemas
from .platform import Platform, ScimGroup
from .refusals import ScimRefused

_TAKES = ("displayName", "externalId", "members")


def get(platform: Platform, identity: str) -> ScimGroup:
    """The group with that id. Raises ScimRefused (404)."""
    group = platform.scim_groups.get(identity)
    if group is None:
        raise ScimRefused(404, f"Resource {identity} not found.")
    return group


def create(platform: Platform, body: Any, now: datetime) -> ScimGroup:
    """POST /Groups. Raises ScimRefused."""
    data = _accepted(platform, _body(body), "")
    group = ScimGroup(str(uuid.uuid4()), data, now, now)
    platform.scim_groups[group.id] = group
    return group


def replace(platform: Platform, group: ScimGroup, body: Any, now: datetime) -> None:
    """PUT /Groups/{id}. Raises ScimRefused."""
    group.data, group.modified = _accepted(platform, _body(body), group.id), now


def patch(platform: Platform, group: ScimGroup, body: Any, now: datetime, *, empties_members: bool) -> None:
    """PATCH /Groups/{id}; `empties_members`: removing some members removes all. Raises ScimRefused."""
    data = copy.deepcopy(group.data)
    change = patching.Patch(data, frozenset(), empties_members=empties_members)
    for op, path, value in patching.operations(body):
        change.apply(op, path, value)
    group.data, group.modified = _accepted(platform, data, group.id), now


def search(platform: Platform, text: str | None) -> list[ScimGroup]:
    """GET /Groups?filter=…. Raises ScimRefused."""
    if not text:
        return list(platform.scim_groups.values())
    matches = filters.read(text).matches
    return [group for group in list(platform.scim_groups.values()) if matches({"id": group.id, **group.data})]


def _body(body: Any) -> dict[str, Any]:
    if not isinstance(body, Mapping):
        raise ScimRefused(400, "The request body is not a JSON object.", "invalidSyntax")
    if schemas.GROUP.lower() not in {str(urn).lower() for urn in body.get("schemas") or []}:
        raise ScimRefused(400, f"The schemas of a group must contain {schemas.GROUP}.", "invalidSyntax")
    return dict(body)


def _accepted(platform: Platform, given: Mapping[str, Any], identity: str) -> dict[str, Any]:
    data = {name: value for name in _TAKES if (value := filters.get(given, name)) not in (None, [])}
    name = data.get("displayName")
    if not isinstance(name, str) or not name.strip():
        raise ScimRefused(400, "Required property missing: displayName.", "invalidValue")
    for other in platform.scim_groups.values():
        if other.id != identity and str(other.data.get("displayName", "")).lower() == name.lower():
            raise ScimRefused(409, f"A group with the displayName {name} exists already.", "uniqueness")
    if "members" in data:
        data["members"] = [_member(platform, each) for each in data["members"]]
    return data


def _member(platform: Platform, given: Any) -> dict[str, Any]:
    identity = str(given.get("value", "") if isinstance(given, Mapping) else given)
    if identity in platform.people:
        kind = "User"
    elif identity in platform.scim_groups:
        kind = "Group"
    else:
        raise ScimRefused(400, f"There is no user or group {identity} to be a member.", "invalidValue")
    location = f"https://{platform.host}/api/scim/v2/{kind}s/{identity}"
    return {"value": identity, "$ref": location, "type": kind}
