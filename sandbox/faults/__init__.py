"""The ways in which a tenant can go wrong: one module a fault, and the list of switches is the list of these modules.

A module `f<number>_<name>.py` declares one fault; `deviations.py` those that set reality against the documents, where
off is what was observed. The rooms of the sandbox ask a fault through its hooks (`faults/hooks.py`).
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from ..world import Applied, Tenant, World
from . import attributes
from .fault import Fault

_T = TypeVar("_T")
_DECLARES = re.compile(r"f\d\d_\w+|deviations")
PRODUCTS_OWN = {
    "F34": "The product's own: a link that was burnt or has expired.",
    "F36": "The product's own: a worker that dies, two people pressing the same button.",
}
"""Failure modes of the product itself, which are tested there and have no switch here."""


@cache
def registry() -> dict[str, type[Fault]]:
    """Key → fault, by number, then by name. Loaded when first asked, because faults use the rooms that ask them."""
    names = [module.name for module in pkgutil.iter_modules(__path__) if _DECLARES.fullmatch(module.name)]
    found = [fault for name in names for fault in declared(name)]
    return {fault.key: fault for fault in sorted(found, key=lambda fault: _order(fault.key))}


def declared(name: str) -> list[type[Fault]]:
    """The faults of one module of this package."""
    module = import_module(f"{__name__}.{name}")
    classes = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Fault)]
    return [each for each in classes if each.__module__ == module.__name__ and "key" in vars(each)]


def _order(key: str) -> tuple[int, str]:
    return (int(key[1:]), "") if re.fullmatch(r"F\d+", key) else (1000, key)


def known() -> dict[str, str]:
    """Every switch with what will be seen, in order."""
    return {key: fault.seen for key, fault in registry().items()}


def on(tenant: Tenant) -> list[Fault]:
    """The faults that are on in a tenant, in order."""
    if not tenant.faults:
        return []
    return [fault(tenant, tenant.faults[key]) for key, fault in registry().items() if key in tenant.faults]


def first(answers: Iterable[_T | None]) -> _T | None:
    """The first of the answers that is not None."""
    return next((each for each in answers if each is not None), None)


def check(values: Mapping[str, Any]) -> None:
    """Raises ValueError for a switch that there is not."""
    for key in values:
        if key not in registry():
            raise ValueError(PRODUCTS_OWN.get(key, f"no such switch: {key}"))


def switch(world: World, tenant: Tenant, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set switches (a false value takes one off) and return those that are on. Raises ValueError for an unknown one."""
    check(values)
    with world.lock:
        for key, value in sorted(values.items(), key=lambda row: _order(row[0])):
            there = tenant.faults.get(key)
            if value and there is not None and there.value == value:
                continue
            _undo(world, tenant, key)
            if value:
                _apply(world, tenant, key, value)
        world.touch()
    return tenant.switches


def _apply(world: World, tenant: Tenant, key: str, value: Any) -> None:
    fault = registry()[key]
    applied = tenant.faults[key] = Applied(value, fault.affects.chosen(tenant, value))
    _lay_attributes(tenant, fault)
    fault(tenant, applied).apply(world)


def _undo(world: World, tenant: Tenant, key: str) -> None:
    applied = tenant.faults.pop(key, None)
    if applied is not None:
        fault = registry()[key]
        fault(tenant, applied).undo(world)
        _lay_attributes(tenant, fault)


def _lay_attributes(tenant: Tenant, fault: type[Fault]) -> None:
    if fault.affects.users:
        attributes.lay(tenant, on(tenant))
