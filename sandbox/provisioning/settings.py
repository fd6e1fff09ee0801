"""What the saved secrets of an application say to the service.

Facts: docs/graph-facts.md, "Connection test and secrets".
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..world import Job, Tenant, World

DEFAULT_DELETES = 500


@dataclass(frozen=True)
class Settings:
    """The settings of one application as the service sees them now."""

    base_address: str
    token: str
    sync_all: bool
    keeps_leavers: bool
    """SkipOutOfScopeDeletions."""
    guard: int | None
    """More deletes than this in one cycle are held back; None: never."""
    visible: bool
    """False while a PUT has not reached the service yet."""


def read_settings(world: World, tenant: Tenant, job: Job) -> Settings:
    """Read the settings from the application's secrets."""
    at = tenant.secrets_visible_at.get(job.service_principal_id)
    visible = at is None or at <= world.clock.now()
    saved = tenant.secrets.get(job.service_principal_id, {}) if visible else {}
    return Settings(
        base_address=saved.get("BaseAddress", ""),
        token=saved.get("SecretToken", ""),
        sync_all=saved.get("SyncAll", "false").lower() == "true",
        keeps_leavers=saved.get("SkipOutOfScopeDeletions", "").lower() == "true",
        guard=_guard(saved.get("SyncNotificationSettings", ""), job),
        visible=visible,
    )


def _guard(text: str, job: Job) -> int | None:
    try:
        values: Any = json.loads(text) if text else {}
    except ValueError:
        values = {}
    values = values if isinstance(values, dict) else {}
    if str(values.get("DeleteThresholdEnabled", True)).lower() != "true":
        return None
    value = str(values.get("DeleteThresholdValue") or _job_setting(job) or DEFAULT_DELETES)
    return int(value) if value.isdigit() else DEFAULT_DELETES


def _job_setting(job: Job) -> str:
    name = "QuarantineTooManyDeletesThreshold"
    return next((str(row.get("value")) for row in job.settings if row.get("name") == name), "")
