"""The failures that live on Haiilo's side, by the switches of the tenant that owns the platform."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from .faults import ScimRefused
from .platform import Platform

if TYPE_CHECKING:
    from ..world import Tenant, World

SWITCHES = {
    "F8": "A second platform, <subdomain>-staging, takes the same token: the test passes and the data goes there.",
    "F9": "Haiilo answers 401 to every call: the test fails, a running job goes into quarantine at once.",
    "F14": "Haiilo demands name.familyName; the first user has none: MandatoryFieldsMissing.",
    "F15": "Haiilo's filter refuses special characters, and the first user's name has some: the search fails.",
    "F17": "The first user's name is taken by an account that no search finds: 409, EntryConflict.",
    "F18": "The first user's search finds two accounts (DuplicateTargetEntries); the next two users share a name"
    " (DuplicateSourceEntries).",
    "F20": "Removing one member of a group (without aadOptscim062020) removes them all.",
    "F21": 'Haiilo ignores the string "False": deactivations are answered with 200 and never happen.',
    "F27": "Haiilo answers 500 to every write: EntryLevelErrors, and no quarantine below 5,000 failures.",
    "F33": "Haiilo answers every third call with 429, 503 or 504: TooManyRequests and Timeout in the log.",
}
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.@_-")


def owner(world: World, host: str) -> Tenant | None:
    """The tenant whose platform this is."""
    return next((tenant for tenant in list(world.tenants.values()) if tenant.haiilo_host == host), None)


def find(world: World, host: str) -> tuple[Platform | None, Tenant | None]:
    """The platform at that host and its tenant, also the staging one that F8 brings up."""
    platform = world.platforms.get(host)
    if platform is None:
        platform = _staging(world, host)
    return platform, owner(world, host.replace("-staging.", ".", 1))


def _staging(world: World, host: str) -> Platform | None:
    first, _dot, rest = host.partition(".")
    production = f"{first.removesuffix('-staging')}.{rest}"
    tenant = owner(world, production)
    original = world.platforms.get(production)
    if not first.endswith("-staging") or tenant is None or original is None or not tenant.switched("F8"):
        return None
    with world.lock:
        copy = Platform(host, original.product, list(original.groups), tokens=dict(original.tokens))
        found: Platform = world.platforms.setdefault(host, copy)
        world.touch()
    return found


def before(platform: Platform, tenant: Tenant | None, method: str) -> None:
    """What happens to every call before it is looked at. Raises ScimRefused."""
    platform.calls += 1
    if tenant is None:
        return
    if tenant.switched("F9"):
        raise ScimRefused(401, "The access token is not valid.")
    if tenant.switched("F27") and method in ("POST", "PUT", "PATCH", "DELETE"):
        raise ScimRefused(500, "Internal Server Error")
    slow = tenant.switched("F33")
    if slow:
        _slow(platform.calls, method, slow)


def _slow(calls: int, method: str, wish: Any) -> None:
    """The switch's value may be {"seconds": 2} (every call takes that long) or {"throttle": true} (429 to writes)."""
    if isinstance(wish, dict):
        time.sleep(float(wish.get("seconds", 0)))
        if wish.get("throttle") and method != "GET":
            raise ScimRefused(429, "Too many requests.")
        return
    if calls % 9 == 3:
        raise ScimRefused(429, "Too many requests.")
    if calls % 9 == 6:
        raise ScimRefused(503, "Service unavailable.")
    if calls % 9 == 0:
        raise ScimRefused(504, "Gateway timeout.")


def check_filter(tenant: Tenant | None, text: str) -> None:
    """F15. Raises ScimRefused."""
    if tenant is None or not tenant.switched("F15"):
        return
    value = text.partition('"')[2].rpartition('"')[0]
    if not set(value) <= _PLAIN:
        raise ScimRefused(400, "The filter contains characters that are not allowed.", "invalidFilter")


def check_user(tenant: Tenant | None, data: dict[str, Any]) -> None:
    """F14. Raises ScimRefused."""
    if tenant is not None and tenant.switched("F14") and not (data.get("name") or {}).get("familyName"):
        raise ScimRefused(400, "Required property missing: name.familyName.", "invalidValue")
