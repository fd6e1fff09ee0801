"""Places in a SCIM resource by the names of target attributes, such as ``emails[type eq "work"].value``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .values import Value, as_list, as_text

_NAME = re.compile(
    r"(?:(?P<urn>urn:.+):)?(?P<attribute>[^\[\].:]+)(?:\[(?P<filter>[^\]]+)\])?(?:\.(?P<part>[^\[\].]+))?"
)
_PAIR = re.compile(r'(\w+)\s+eq\s+"?([^"]*)"?', re.IGNORECASE)


@dataclass(frozen=True)
class Slot:
    """One place; `type`, `multivalued` and `case_exact` come from the target directory's attribute definition."""

    name: str
    urn: str
    attribute: str
    pairs: tuple[tuple[str, str], ...]
    part: str
    type: str = "String"
    multivalued: bool = False
    case_exact: bool = False
    required: bool = False

    def read(self, resource: Mapping[str, Any]) -> Value:
        """The value in a resource, or None."""
        holder = get(resource, self.urn) if self.urn else resource
        value = get(holder, self.attribute) if isinstance(holder, Mapping) else None
        if self.pairs:
            value = next((element for element in as_list(value) if self._is_meant(element)), None)
        if self.part:
            return get(value, self.part) if isinstance(value, Mapping) else None
        if self.type == "Reference" and isinstance(value, Mapping):
            return get(value, "value")
        return value

    def put(self, resource: dict[str, Any], value: Value) -> None:
        """Write the value there, for a POST."""
        holder = resource.setdefault(self.urn, {}) if self.urn else resource
        if self.pairs:
            holder = self._element(holder.setdefault(self.attribute, []))
            holder[self.part or "value"] = value
        elif self.part:
            holder.setdefault(self.attribute, {})[self.part] = value
        elif self.type == "Reference":
            holder[self.attribute] = {"value": value}
        else:
            holder[self.attribute] = value

    def _element(self, elements: list[dict[str, Any]]) -> dict[str, Any]:
        for element in elements:
            if self._is_meant(element):
                return element
        made: dict[str, Any] = dict(self.pairs)
        if self.attribute == "emails" and made.get("type") == "work":
            made["primary"] = True
        elements.append(made)
        return made

    def _is_meant(self, element: Any) -> bool:
        return isinstance(element, Mapping) and all(
            str(get(element, key)).lower() == value.lower() for key, value in self.pairs
        )

    def convert(self, value: Value) -> Value:
        """The value as the target's type wants it."""
        if self.type == "Boolean":
            return as_text(value).lower() == "true"
        if self.multivalued:
            return [one if isinstance(one, Mapping) else {"value": as_text(one)} for one in as_list(value)]
        if self.type == "Integer":
            text = as_text(value)
            return int(text) if text.lstrip("-").isdigit() else text
        return as_text(value)

    def same(self, current: Value, wanted: Value) -> bool:
        """Whether nothing needs to be written."""
        if current is None:
            return False
        if self.multivalued:
            return sorted(map(_plain, as_list(current))) == sorted(map(_plain, as_list(wanted)))
        one, other = as_text(current), as_text(wanted)
        return one == other if self.case_exact and self.type != "Boolean" else one.casefold() == other.casefold()


def _plain(value: Any) -> str:
    return str(get(value, "value")) if isinstance(value, Mapping) else as_text(value)


def get(holder: Mapping[str, Any], name: str) -> Any:
    """The value under a name in any case."""
    if name in holder:
        return holder[name]
    lower = name.lower()
    return next((value for key, value in holder.items() if key.lower() == lower), None)


@lru_cache(maxsize=4096)
def slot(
    name: str,
    kind: str = "String",
    multivalued: bool = False,
    case_exact: bool = False,
    required: bool = False,
) -> Slot:
    """The place of that target attribute. Raises ValueError for a name that is no path."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"'{name}' is not the name of a target attribute.")
    pairs = tuple(_PAIR.findall(found["filter"] or ""))
    return Slot(
        name,
        found["urn"] or "",
        found["attribute"],
        pairs,
        found["part"] or "",
        kind,
        multivalued,
        case_exact,
        required,
    )
