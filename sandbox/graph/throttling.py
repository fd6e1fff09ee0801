"""Limits that Microsoft publishes, always in force: provisioning logs and on demand.

Facts: docs/graph-facts.md, "Throttling".
"""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime, timedelta

from .exchange import Call, Refused

_seen: dict[tuple[int, str, str, str], deque[datetime]] = {}


def count(call: Call, what: str, most: int, seconds: float) -> None:
    """Raises Refused (429 with Retry-After) when an application exceeds `most` calls in a window, in one tenant."""
    now = call.world.clock.now()
    key = (id(call.world), call.tenant.id, call.caller.client_id, what)
    times = _seen.setdefault(key, deque())
    while times and times[0] <= now - timedelta(seconds=seconds):
        times.popleft()
    if len(times) >= most:
        wait = call.world.clock.wait(times[0] + timedelta(seconds=seconds) - now)
        raise too_many(max(1, math.ceil(wait)), f"{what}/Application_Tenant")
    times.append(now)


def too_many(seconds: int, scope: str = "Tenant_Application/ReadWrite") -> Refused:
    """429, to be tried again after so many seconds."""
    return Refused(
        429,
        "TooManyRequests",
        "Too many requests. Please wait for the time given in Retry-After.",
        headers={
            "Retry-After": str(seconds),
            "x-ms-throttle-limit-percentage": "1.2",
            "x-ms-throttle-scope": scope,
            "x-ms-throttle-information": "ResourceUnitLimitExceeded",
        },
    )
