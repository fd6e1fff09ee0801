"""Chaos: faults of single calls, by chance (seeded and bounded) or by order (one-shot).

By chance, unless a tenant is calm: 429 with Retry-After, 503 and 504, JSON that ends in the middle, a connection that
breaks off in the body, an effect without an answer, a slow answer. The next call of the same kind after a faulty one
always goes well, so a client that tries again gets through. A client has to bear all of them:
docs/graph-facts.md, "Throttling".
"""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .world import Tenant, World

MAX_HOLD = 300.0  # seconds on the wall
CHANCES = (
    ("throttle", 0.02),
    ("unavailable", 0.01),
    ("timeout", 0.01),
    ("truncate", 0.005),
    ("break", 0.005),
    ("lose", 0.01),
    ("slow", 0.01),
)
AFTER_EFFECT = frozenset({"truncate", "break", "lose", "slow"})
"""Faults of the answer: the call took effect."""
LOGIN_ONLY = frozenset({"unavailable"})
"""What can be ordered besides, for calls of the login service alone: 503, without effect."""


@dataclass
class Chaos:
    """The chaos of one world; not kept over a restart."""

    world: World
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _numbers: dict[str, int] = field(default_factory=dict)
    _faulty: set[tuple[str, str, str]] = field(default_factory=set)
    _held: dict[str, int] = field(default_factory=dict)
    _release: threading.Event = field(default_factory=threading.Event)

    def change(self, tenant: Tenant, values: Mapping[str, Any]) -> None:
        """Take over what POST /tenants/<id>/chaos says. Raises ValueError for an unknown setting."""
        settings = tenant.chaos
        for key, value in values.items():
            match key:
                case "calm":
                    settings.calm = bool(value)
                case "throttle" | "fail":
                    setattr(settings, key, int(value))
                case "lose_next" | "hold_next" | "throttle_next":
                    orders = value if isinstance(value, list) else [value]
                    getattr(settings, key).extend([_order(key, order) for order in orders])
                case _:
                    raise ValueError(f"no such setting: {key}")

    def random_fault(self, tenant: Tenant, method: str, template: str) -> str:
        """The fault of this call by chance: one of CHANCES, or "". The same seed gives the same series."""
        if tenant.chaos.calm:
            return ""
        key = (tenant.id, method, template)
        with self._lock:
            number = self._numbers[tenant.id] = self._numbers.get(tenant.id, 0) + 1
            if key in self._faulty:
                self._faulty.discard(key)
                return ""
            drawn = random.Random(f"{self.world.seed}/{tenant.domains[0]}/{number}").random()
            for name, share in CHANCES:
                if drawn < share:
                    self._faulty.add(key)
                    return name
                drawn -= share
        return ""

    def one_shot(self, tenant: Tenant, method: str, path: str) -> str:
        """The fault that was ordered for this call through the control port, each order once; "" when there is none.

        "hold", or what a lose_next order says under "how": one of AFTER_EFFECT or LOGIN_ONLY, "lose" unless it is told.
        """
        for name, orders in (("lose", tenant.chaos.lose_next), ("hold", tenant.chaos.hold_next)):
            with self._lock:
                found = next((order for order in orders if fits(order, method, path)), None)
                if found is not None:
                    orders.remove(found)
                    return str(found.get("how", name))
        return ""

    def is_throttled(self, tenant: Tenant, method: str, path: str) -> bool:
        """Whether a 429 was ordered for this call through the control port, each order once; in a batch as well."""
        orders = tenant.chaos.throttle_next
        with self._lock:
            found = next((order for order in orders if fits(order, method, path)), None)
            if found is not None:
                orders.remove(found)
        return found is not None

    def hold(self, tenant: Tenant) -> None:
        """Wait until somebody releases the answer."""
        with self._lock:
            self._held[tenant.id] = self._held.get(tenant.id, 0) + 1
            event = self._release
        event.wait(MAX_HOLD)
        with self._lock:
            self._held[tenant.id] -= 1

    def holding(self, tenant: Tenant) -> bool:
        """Whether an answer to this tenant is being held."""
        return self._held.get(tenant.id, 0) > 0

    def release(self) -> None:
        """Let every held answer go."""
        with self._lock:
            self._release.set()
            self._release = threading.Event()


def fits(order: Mapping[str, Any], method: str, path: str) -> bool:
    """Whether a call is meant by an order {method, path_contains, path_ends}."""
    same = str(order.get("method", method)).upper() == method
    return same and str(order.get("path_contains", "")) in path and path.endswith(str(order.get("path_ends", "")))


def _order(key: str, order: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ValueError for a "how" that such a call cannot have."""
    how = order.get("how", "lose")
    login = "/oauth2/" in str(order.get("path_contains", ""))
    if (how not in AFTER_EFFECT and not (how in LOGIN_ONLY and login)) or ("how" in order and key != "lose_next"):
        raise ValueError(f"{key} cannot be had in this way: {how}")
    return dict(order)
