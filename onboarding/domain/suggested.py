"""People whom the roster offers as test users: of each way to be assigned somebody."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Suggested:
    """A person in scope: `by` is "direct" or "group", with the name of the `group`; empty where nobody knows."""

    id: str
    name: str = ""
    user_name: str = ""
    by: str = ""
    group: str = ""
    is_guest: bool = False
