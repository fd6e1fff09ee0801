"""What of Haiilo nobody has said."""

from __future__ import annotations

from dataclasses import dataclass

from .setting import one_of, unconfirmed


@dataclass(frozen=True)
class Wire:
    """What Haiilo may answer."""

    haiilo_groups: str = one_of(
        "missing",
        "What does Haiilo Advocacy answer to a search of groups?",
        missing=unconfirmed("404: it has no groups over SCIM."),
        empty=unconfirmed("200 and an empty list: without it no connection test that asks for groups would pass."),
    )
