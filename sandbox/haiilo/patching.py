"""PATCH (RFC 7644 3.5.2) on a resource, also in the forms that Entra's client sends.

Entra's forms beyond the standard: `op` capitalised, keys of a pathless value that are paths themselves
(``name.givenName``, ``emails[type eq "work"].value``), Booleans as strings, an Add through a filter that matches
nothing yet (which makes the element), and Remove of ``members`` with a list of values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import filters
from .refusals import ScimRefused

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_PATH = re.compile(
    r"""(?:(?P<urn>urn:[^\[\]]+?:2\.0:(?:User|Group)|urn:[^\[\]]+):)?
    (?P<attribute>[A-Za-z$][\w$-]*)
    (?:\[(?P<filter>.+)\])?
    (?:\.(?P<part>[A-Za-z$][\w$-]*))?""",
    re.VERBOSE | re.IGNORECASE,
)
_PAIR = re.compile(r'\s*(?P<name>\w+)\s+eq\s+(?P<value>"(?:[^"\\]|\\.)*"|true|false)\s*', re.IGNORECASE)
CORE = ("urn:ietf:params:scim:schemas:core:2.0:user", "urn:ietf:params:scim:schemas:core:2.0:group")
MULTIVALUED = frozenset(
    {
        "addresses",
        "emails",
        "entitlements",
        "groups",
        "ims",
        "members",
        "phonenumbers",
        "photos",
        "roles",
        "x509certificates",
    }
)


@dataclass(frozen=True)
class Path:
    """``urn:attribute[filter].part``; everything but the attribute may be missing."""

    urn: str
    attribute: str
    filter: str
    part: str


def path_of(text: str, extensions: frozenset[str] = frozenset()) -> Path:
    """Read a path. Raises ScimRefused (invalidPath)."""
    lower = text.lower()
    for urn in extensions:
        if lower == urn.lower():
            return Path("", urn, "", "")
        if lower.startswith(urn.lower() + ":"):
            inner = path_of(text[len(urn) + 1 :])
            return Path(urn, inner.attribute, inner.filter, inner.part)
    found = _PATH.fullmatch(text.strip())
    if found is None:
        raise ScimRefused(400, f"The path '{text}' cannot be read.", "invalidPath")
    urn = found["urn"] or ""
    return Path("" if urn.lower() in CORE else urn, found["attribute"], found["filter"] or "", found["part"] or "")


def operations(body: Any) -> list[tuple[str, str | None, Any]]:
    """(op in lower case, path or None, value). Raises ScimRefused."""
    if not isinstance(body, Mapping) or not isinstance(filters.get(body, "Operations"), list):
        raise ScimRefused(400, "The request has no Operations.", "invalidSyntax")
    if PATCH_OP not in (body.get("schemas") or []):
        raise ScimRefused(400, f"The schemas of a PATCH must be {PATCH_OP}.", "invalidSyntax")
    found = []
    for each in filters.get(body, "Operations"):
        op = str(each.get("op", "")).lower() if isinstance(each, Mapping) else ""
        if op not in ("add", "replace", "remove"):
            raise ScimRefused(400, f"There is no operation '{op}'.", "invalidSyntax")
        if op == "remove" and not each.get("path"):
            raise ScimRefused(400, "A remove needs a path.", "noTarget")
        if op != "remove" and "value" not in each:
            raise ScimRefused(400, f"The operation '{op}' needs a value.", "invalidValue")
        found.append((op, each.get("path") or None, each.get("value")))
    return found


@dataclass
class Patch:
    """Applies operations to one resource in place. `extensions`: schema URNs of the resource's extensions."""

    resource: dict[str, Any]
    extensions: frozenset[str]
    read_only: frozenset[str] = frozenset({"id", "meta", "schemas", "groups"})
    empties_members: bool = False
    """Whether Remove of ``members`` with a list of values removes all, as the letter of the standard has it."""

    def apply(self, op: str, path: str | None, value: Any) -> None:
        """One operation. Raises ScimRefused."""
        if path is not None:
            self._at(op, path_of(path, self.extensions), value)
            return
        if not isinstance(value, Mapping):
            raise ScimRefused(400, "An operation without a path needs an object as value.", "invalidValue")
        for key, one in value.items():
            if isinstance(one, Mapping) and key.lower() in {urn.lower() for urn in self.extensions}:
                for inner, each in one.items():
                    self._at(op, path_of(f"{key}:{inner}", self.extensions), each)
            elif key.lower() not in self.read_only:
                self._at(op, path_of(key, self.extensions), one)

    def _at(self, op: str, path: Path, value: Any) -> None:
        if path.attribute.lower() in self.read_only:
            if path.attribute.lower() == "id" and op != "remove" and value == self.resource.get("id"):
                return
            raise ScimRefused(400, f"'{path.attribute}' is read-only.", "mutability")
        holder = self._holder(path, create=op != "remove")
        if holder is None:
            return
        key = next((each for each in holder if each.lower() == path.attribute.lower()), path.attribute)
        if path.filter:
            self._filtered(op, holder, key, path, value)
        elif path.part and isinstance(holder.get(key), list):
            for element in holder[key]:
                _set(op, element, path.part, value)
        elif path.part:
            self._part(op, holder, key, path.part, value)
        elif key.lower() in MULTIVALUED:
            self._many(op, holder, key, value)
        else:
            _set(op, holder, key, value)
        if path.urn and not holder:
            self.resource.pop(path.urn, None)

    def _holder(self, path: Path, *, create: bool) -> dict[str, Any] | None:
        if not path.urn:
            return self.resource
        key = next((each for each in self.resource if each.lower() == path.urn.lower()), path.urn)
        if key not in self.resource and create:
            self.resource[key] = {}
        return self.resource.get(key)

    def _part(self, op: str, holder: dict[str, Any], key: str, part: str, value: Any) -> None:
        inner = holder.get(key)
        if not isinstance(inner, dict):
            if op == "remove":
                return
            inner = holder[key] = {}
        _set(op, inner, part, value)
        if not inner:
            del holder[key]

    def _filtered(self, op: str, holder: dict[str, Any], key: str, path: Path, value: Any) -> None:
        elements: list[dict[str, Any]] = holder.setdefault(key, [])
        matches = _tolerant(path.filter)
        hit = [element for element in elements if matches(element)]
        if not hit and op != "remove":
            pairs = [_PAIR.fullmatch(part) for part in re.split(r"\sand\s", path.filter, flags=re.IGNORECASE)]
            if not all(pairs):
                raise ScimRefused(400, f"Nothing matches '{path.filter}'.", "noTarget")
            hit = [{pair["name"]: _plain(pair["value"]) for pair in pairs if pair}]
            elements += hit
        for element in hit:
            if path.part:
                _set(op, element, path.part, value)
            elif op == "remove":
                elements.remove(element)
            else:
                element.update(value if isinstance(value, Mapping) else {"value": value})
        if not elements:
            del holder[key]

    def _many(self, op: str, holder: dict[str, Any], key: str, value: Any) -> None:
        given = [_element(each) for each in (value if isinstance(value, list) else [value]) if each is not None]
        if op == "replace":
            holder[key] = given
        elif op == "add":
            elements = holder.setdefault(key, [])
            known = {str(element.get("value")) for element in elements if "value" in element}
            elements += [each for each in given if str(each.get("value")) not in known or "value" not in each]
        elif given and not self.empties_members:
            gone = {str(each.get("value")) for each in given}
            holder[key] = [element for element in holder.get(key, []) if str(element.get("value")) not in gone]
        else:
            holder.pop(key, None)
        if key in holder and not holder[key]:
            del holder[key]


def _element(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {"value": value}


def _set(op: str, holder: dict[str, Any], name: str, value: Any) -> None:
    key = next((each for each in holder if each.lower() == name.lower()), name)
    if op == "remove" or value is None:
        holder.pop(key, None)
    elif op == "add" and isinstance(holder.get(key), dict) and isinstance(value, Mapping):
        holder[key].update(value)
    else:
        holder[key] = dict(value) if isinstance(value, Mapping) else value


def _plain(text: str) -> Any:
    return text[1:-1] if text.startswith('"') else text.lower() == "true"


def _tolerant(text: str) -> Callable[[Mapping[str, Any]], bool]:
    """The filter; a Boolean written as a string matches the Boolean (Entra's ``primary eq "True"``)."""
    plain = filters.read(text)
    truth = filters.read(re.sub(r'"(true|false)"', lambda found: found[1].lower(), text, flags=re.IGNORECASE))
    return lambda element: plain.matches(element) or truth.matches(element)
