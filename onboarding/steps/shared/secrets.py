"""What Microsoft stores for the connection: merged without loss, and the threshold for deletions inside it.

A PUT replaces the whole set, secret values come back masked, and one setting is JSON inside a string (Graph:
synchronizationSecretKeyStringValuePair). Everything here is pure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from onboarding.domain.desired import Desired
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.enable.evidence import EnableEvidence
from onboarding.steps.scope.evidence import ScopeEvidence

SETTINGS = "SyncNotificationSettings"
# With a bearer token none of these may stay, and their values come masked: writing them back would spoil them.
OTHER_CREDENTIALS = frozenset(
    {
        "UserName", "Password", "SecretToken", "AppKey", "ClientIdentifier", "ClientSecret", "ConsumerKey",
        "ConsumerSecret", "TokenKey", "TokenExpiration", "Oauth2AccessToken", "Oauth2AccessTokenCreationTime",
        "Oauth2RefreshToken", "Oauth2ClientId", "Oauth2ClientSecret", "Oauth2AuthorizationCode", "Oauth2RedirectUri",
        "Oauth2TokenExchangeUri", "Oauth2AuthorizationUri", "AuthenticationType", "ConnectionString",
    }
)  # fmt: skip
MAX_DELETES = 500  # Microsoft's own default
MIN_DELETES = 5


def same_address(one: str, other: str) -> bool:
    """Whether two SCIM addresses are the same but for case of the host and a slash at the end."""
    return one.strip().rstrip("/").casefold() == other.strip().rstrip("/").casefold()


def merged(
    stored: Mapping[str, str],
    *,
    base_url: str,
    token: str,
    only_assigned: bool = False,
    guard: int | None = None,
    recipients: str = "",
) -> dict[str, str]:
    """All keys to PUT: what is stored stays, address and token are ours; `only_assigned` overrules a stored scope.

    Microsoft writes to `recipients` where nobody is named yet. Two keys alone are accepted and not saved, in several
    reports, so all four are always sent.
    """
    kept = {key: value for key, value in stored.items() if key not in OTHER_CREDENTIALS}
    settings = read_settings(kept.get(SETTINGS, ""))
    settings.setdefault("Enabled", False)
    if recipients and not settings.get("Recipients"):
        settings |= {"Enabled": True, "Recipients": recipients}
    if guard is not None:
        settings |= {"DeleteThresholdEnabled": True, "DeleteThresholdValue": guard + 1}
    return {
        **kept,
        "BaseAddress": base_url,
        "SecretToken": token,
        "SyncAll": "false" if only_assigned else kept.get("SyncAll") or "false",
        SETTINGS: json.dumps(settings),
    }


def covers_all(stored: Mapping[str, str]) -> bool:
    """Whether the whole directory is in scope, not only assigned users and groups."""
    return stored.get("SyncAll", "").strip().lower() == "true"


def keeps_leavers(stored: Mapping[str, str]) -> bool:
    """Whether whoever leaves the scope stays at the target as they are (Microsoft: skip deletions)."""
    return stored.get("SkipOutOfScopeDeletions", "").strip().lower() == "true"


def read_settings(text: str) -> dict[str, Any]:
    """The settings inside the string; empty where there are none that can be read."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def is_settings(text: str) -> bool:
    """Whether these are the settings themselves, not something that stands in their place."""
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def without_credentials(values: Mapping[str, str]) -> dict[str, str]:
    """What may be kept of a set that is put: all but what is secret."""
    return {key: value for key, value in values.items() if key not in OTHER_CREDENTIALS}


def told(scope: str = "", recipients: str = "", deletes: int | None = None) -> dict[str, str]:
    """Settings as a person read them in the portal, by key; `scope` is "all", "assigned" or empty for "as shown"."""
    settings: dict[str, Any] = {"Enabled": bool(recipients), **({"Recipients": recipients} if recipients else {})}
    if deletes:
        settings |= {"DeleteThresholdEnabled": True, "DeleteThresholdValue": deletes}
    values = {"SyncAll": str(scope == "all").lower()} if scope else {}
    return {**values, SETTINGS: json.dumps(settings)}


def guard_of(stored: Mapping[str, str]) -> int | None:
    """How many deletions at once the guard lets through, or None where it is off or cannot be seen.

    With a DeleteThresholdValue of 500 that is 499 (docs/graph-facts.md, "Connection test and secrets").
    """
    settings = read_settings(stored.get(SETTINGS, ""))
    if str(settings.get("DeleteThresholdEnabled")).lower() != "true":
        return None
    try:
        return max(int(settings.get("DeleteThresholdValue") or 0) - 1, 0)
    except (TypeError, ValueError):
        return 0


def as_seen_before(desired: Desired) -> dict[str, str]:
    """Address, scope and guard by the evidence of the steps that saw them."""
    enabled, scope = desired.evidence_of(EnableEvidence), desired.evidence_of(ScopeEvidence)
    connection = desired.evidence_of(ConnectionEvidence)
    guard = enabled.guard if enabled else None
    settings = {"DeleteThresholdEnabled": guard is not None, "DeleteThresholdValue": guard + 1 if guard else 0}
    return {
        "BaseAddress": connection.base_url if connection else "",
        "SyncAll": str(scope is not None and scope.sync_all).lower(),
        SETTINGS: json.dumps(settings),
    }


def guard_for(people: int) -> int:
    """A tenth of the people in scope, at least 5, at most 500: more deletions than that need the customer's yes."""
    return max(MIN_DELETES, min(MAX_DELETES, people // 10))
