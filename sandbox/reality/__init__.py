"""What only a real tenant can tell: how Microsoft's service, and Haiilo, answer where sources differ or are silent.

`Reality` has one field for each such thing. A tenant has its own; the world's is that of every tenant that says nothing
else. Rooms read `tenant.reality`; people change it by the control port.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from .login import Login
from .logs import Logs
from .receiver import Receiver
from .setting import Mark, Setting, settings_of
from .synchronization import Synchronization
from .wire import Wire

__all__ = ["Mark", "Reality", "Setting", "changed", "described", "settings"]


@dataclass(frozen=True)
class Reality(Receiver, Wire, Login, Logs, Synchronization):
    """One way in which Microsoft's services and Haiilo may answer."""


def settings() -> dict[str, Setting]:
    """Name → setting of every field, in order."""
    return settings_of(Reality)


def changed(reality: Reality, values: Mapping[str, Any]) -> Reality:
    """The reality with these values in it. Raises ValueError for a name or a value that there is not."""
    known = settings()
    for name, value in values.items():
        if name not in known:
            raise ValueError(f"no such setting: {name}")
        known[name].check(name, value)
    return replace(reality, **values)


def described(reality: Reality) -> dict[str, Any]:
    """Name → what it is set to, what it may be and how sure that is."""
    now = asdict(reality)
    return {name: {"value": now[name], **_described(setting)} for name, setting in settings().items()}


def _described(setting: Setting) -> dict[str, Any]:
    values = setting.values or ({"number": setting.number} if setting.number else {})
    return {
        "about": setting.about,
        "values": {
            name: {"seen": each.seen, "mark": each.mark, "source": each.source} for name, each in values.items()
        },
    }
