"""Rows of the directory's audit log (Graph reference: directoryAudit). They hold personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..errors import Unreadable
from . import fields
from .changes import Modified

RESULTS = ("success", "failure", "timeout")


@dataclass(frozen=True)
class Target:
    """An object that was changed. The texts in `modified` are JSON, as Graph gives them."""

    id: str = ""
    type: str = ""
    name: str = field(default="", repr=False)
    modified: tuple[Modified, ...] = field(default=(), repr=False)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Target:
        """Everything may be missing."""
        return cls(
            id=fields.text(data, "id"),
            type=fields.text(data, "type"),
            name=fields.text(data, "displayName"),
            modified=tuple(Modified.from_json(row) for row in fields.rows(data, "modifiedProperties")),
        )


@dataclass(frozen=True)
class DirectoryAudit:
    """One change of configuration: actor, activity, objects and time.

    `actor_kind`: "user", "app", or empty where Graph names nobody.
    """

    id: str
    at: datetime
    activity: str = ""
    category: str = ""
    service: str = ""
    result: str = ""
    reason: str = field(default="", repr=False)
    correlation_id: str = ""
    actor_kind: str = ""
    actor_id: str = ""
    actor_name: str = field(default="", repr=False)
    targets: tuple[Target, ...] = ()

    @classmethod
    def from_json(cls, data: Any) -> DirectoryAudit:
        """Raises `Unreadable` without an id or a readable time."""
        at = fields.moment(data.get("activityDateTime")) if isinstance(data, Mapping) else None
        if at is None:
            raise Unreadable("an audit row without activityDateTime")
        by = fields.part(data, "initiatedBy")
        user, app = fields.part(by, "user"), fields.part(by, "app")
        return cls(
            id=fields.need(data, "id", "an audit row"),
            at=at,
            activity=fields.text(data, "activityDisplayName"),
            category=fields.text(data, "category"),
            service=fields.text(data, "loggedByService"),
            result=fields.word(data, "result", RESULTS),
            reason=fields.text(data, "resultReason"),
            correlation_id=fields.text(data, "correlationId"),
            actor_kind="user" if user else "app" if app else "",
            actor_id=fields.text(user, "id") or fields.text(app, "servicePrincipalId") or fields.text(app, "appId"),
            actor_name=_name(user) or _name(app),
            targets=tuple(Target.from_json(row) for row in fields.rows(data, "targetResources")),
        )


def _name(actor: Mapping[str, Any]) -> str:
    return fields.text(actor, "userPrincipalName") or fields.text(actor, "displayName")
