"""What the two products make of a user that SCIM sends, as far as Haiilo's help centre tells it."""

from __future__ import annotations

import copy
import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from . import filters, patching, schemas
from .platform import Person, Platform
from .refusals import ScimRefused

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_BARE = ("country", "locality", "region")
GROUP_MISSING = "400.76"


def create(platform: Platform, body: Any, now: datetime) -> Person:
    """POST /Users. Raises ScimRefused."""
    person = Person(str(uuid.uuid4()), {}, now, now)
    person.data = _accepted(platform, person, _body(body))
    if person.data.get("active", True) is False and _deactivation_deletes(platform):
        raise ScimRefused(400, "A user cannot be created with active=false.", "invalidValue")
    return platform.add(person)


def replace(platform: Platform, person: Person, body: Any, now: datetime) -> None:
    """PUT /Users/{id}. Raises ScimRefused."""
    _take(platform, person, _body(body), now)


def patch(platform: Platform, person: Person, body: Any, now: datetime, *, keep_active: bool = False) -> None:
    """PATCH /Users/{id}; `keep_active`: the string "False" does not deactivate. Raises ScimRefused."""
    data = copy.deepcopy(person.data)
    change = patching.Patch(data, schemas.extensions(platform.product))
    for op, path, value in patching.operations(body):
        if keep_active and (path or "").lower() == "active" and isinstance(value, str):
            continue
        change.apply(op, path, value)
    _take(platform, person, data, now)


def remove(platform: Platform, person: Person, now: datetime) -> None:
    """DELETE /Users/{id}."""
    platform.remove(person)


def _body(body: Any) -> dict[str, Any]:
    if not isinstance(body, Mapping):
        raise ScimRefused(400, "The request body is not a JSON object.", "invalidSyntax")
    if not any(str(urn).lower() == schemas.USER.lower() for urn in body.get("schemas") or []):
        raise ScimRefused(400, f"The schemas of a user must contain {schemas.USER}.", "invalidSyntax")
    return dict(body)


def _take(platform: Platform, person: Person, data: dict[str, Any], now: datetime) -> None:
    accepted = _accepted(platform, person, data)
    platform.check_free(str(accepted["userName"]), person.id)
    platform.change(person, accepted, now)
    person.local = False
    if accepted.get("active") is False and _deactivation_deletes(platform):
        platform.remove(person)


def _deactivation_deletes(platform: Platform) -> bool:
    return platform.product == "advocacy" or platform.deprovision == "delete"


def _accepted(platform: Platform, person: Person, given: dict[str, Any]) -> dict[str, Any]:
    """The attributes as the product keeps them. Raises ScimRefused."""
    data, unsupported = _sorted(platform.product, given)
    name = data.get("userName")
    if not isinstance(name, str) or not name.strip():
        raise ScimRefused(400, "Required property missing: userName.", "invalidValue")
    data.setdefault("active", True)
    if platform.product == "advocacy":
        _check_advocacy(platform, person, data)
    if unsupported:
        platform.note_unsupported(unsupported)
        person.unsupported = {**(person.unsupported or {}), **unsupported}
    return data


def _check_advocacy(platform: Platform, person: Person, data: dict[str, Any]) -> None:
    if not _MAIL.fullmatch(str(data["userName"])):
        raise ScimRefused(400, f"userName must be an e-mail address: {data['userName']}", "invalidValue")
    if data["active"] is False:
        return
    work = _work_address(data)
    country = work.get("country") or (platform.groups[0] if platform.groups else None)
    if country not in platform.groups:
        raise ScimRefused(400, "Group does not exist", "invalidValue", GROUP_MISSING)
    person.group = str(country)
    teams = platform.teams.setdefault(person.group, {})
    wanted = [str(work[key]) for key in ("locality", "region") if work.get(key)]
    person.teams = tuple(dict.fromkeys(teams.setdefault(name.lower(), name) for name in wanted))


def _work_address(data: Mapping[str, Any]) -> dict[str, Any]:
    """The work address, with bare country, locality and region (as Haiilo writes them) on top."""
    work: dict[str, Any] = {}
    for address in data.get("addresses") or []:
        if str(address.get("type", "work")).lower() == "work":
            work |= address
    return {**work, **{key: data[key] for key in _BARE if data.get(key)}}


# Sorting what came into what is supported


@lru_cache
def _known(product: str, urn: str) -> dict[str, dict[str, Any]]:
    """Attribute name in lower case → its definition."""
    return {each["name"].lower(): each for each in schemas.schemas(product)[urn]["attributes"]}


def _sorted(product: str, given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(supported attributes in the schema's spelling, unsupported ones by their path)."""
    kept: dict[str, Any] = {}
    other: dict[str, Any] = {}
    known, extensions = _known(product, schemas.USER), schemas.extensions(product)
    for key, value in given.items():
        lower = key.lower()
        if lower in ("schemas", "id", "meta", "groups") or value is None:
            continue
        urn = next((urn for urn in extensions if urn.lower() == lower), None)
        if urn is not None and isinstance(value, Mapping):
            inside: dict[str, Any] = {}
            _sort(_known(product, urn), dict(value), inside, other, f"{urn}:")
            if inside:
                kept[urn] = inside
        elif lower.startswith("urn:") and isinstance(value, Mapping):
            other |= {f"{key}:{name}": each for name, each in value.items()}
        elif product == "advocacy" and lower in _BARE:
            kept[lower] = value
        elif product == "home" and lower == "externalid":
            kept["externalId"] = str(value)
        else:
            _sort(known, {key: value}, kept, other, "")
    return kept, other


def _sort(
    known: Mapping[str, dict[str, Any]],
    given: dict[str, Any],
    kept: dict[str, Any],
    other: dict[str, Any],
    prefix: str,
) -> None:
    for key, value in given.items():
        definition = known.get(key.lower())
        if definition is None:
            other[prefix + key] = value
            continue
        name = definition["name"]
        if definition["type"] != "complex":
            kept[name] = _plain(definition, value)
        elif definition["multiValued"]:
            elements = value if isinstance(value, list) else [value]
            parts = [_complex(definition, each, other, f"{prefix}{name}") for each in elements]
            if any(parts):
                kept[name] = [part for part in parts if part]
        else:
            part = _complex(definition, value, other, f"{prefix}{name}")
            if part:
                kept[name] = part


def _complex(definition: Mapping[str, Any], value: Any, other: dict[str, Any], path: str) -> dict[str, Any]:
    """A complex value; a bare one is its `value` (Entra's manager)."""
    if not isinstance(value, Mapping):
        value = {"value": value}
    known = {each["name"].lower(): each for each in definition["subAttributes"]}
    kept: dict[str, Any] = {}
    for key, part in value.items():
        found = known.get(key.lower())
        if found is None:
            if key.lower() not in ("primary", "$ref", "type"):
                other[f"{path}.{key}"] = part
        elif part is not None and found["mutability"] != "readOnly":
            kept[found["name"]] = _plain(found, part)
    return {} if set(kept) <= {"type", "primary"} and definition["multiValued"] else kept


def _plain(definition: Mapping[str, Any], value: Any) -> Any:
    if definition["type"] == "boolean":
        text = str(value).lower()
        if text not in ("true", "false"):
            raise ScimRefused(400, f"{definition['name']} must be true or false, not {value!r}.", "invalidValue")
        return text == "true"
    if isinstance(value, Mapping | list):
        raise ScimRefused(400, f"{definition['name']} takes a single value.", "invalidValue")
    return value if isinstance(value, str) else str(value)


def search(platform: Platform, text: str | None) -> list[Person]:
    """GET /Users?filter=…; without a filter, all. Raises ScimRefused."""
    if not text:
        return [person for person in list(platform.people.values()) if not person.hidden]
    allowed = frozenset({"eq", "and"}) if platform.product == "advocacy" else filters.EVERYTHING
    found = filters.read(text, allowed)
    if found.equals is not None:
        index = {"username": platform.names, "externalid": platform.externals}.get(found.equals[0])
        if index is not None:
            wanted = str(found.equals[1])
            person = platform.people.get(index.get(wanted.lower() if index is platform.names else wanted, ""))
            return [person] if person is not None and not person.hidden else []
    return [
        person
        for person in list(platform.people.values())
        if not person.hidden and found.matches({"id": person.id, **person.data})
    ]
