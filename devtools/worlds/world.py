"""One reality that can be rehearsed, and how it has to end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class End:
    """Where a customer ends: live, or at a step with a cause, in somebody's court; `code` is that of the verdict."""

    step: str = ""
    code: str = ""
    court: str = ""

    def __str__(self) -> str:
        """In words."""
        return f"{self.step}: `{self.code}`, court {self.court}" if self.step else "live"


LIVE = End()


@dataclass(frozen=True)
class World:
    """`reality` is how Microsoft answers, by the names of the sandbox's settings; the rest is laid on the tenant.

    `differs`: from what the sandbox does without a word. `seen`: what a person reads. `admin`: what the customer's
    admin does at Microsoft, see `devtools.worlds.play`. `chaos`: what goes wrong once; all of it has to be met.
    """

    name: str
    differs: str
    mark: str
    source: str
    seen: str
    ends: End = LIVE
    reality: Mapping[str, Any] = field(default_factory=dict)
    switches: Mapping[str, Any] = field(default_factory=dict)
    chaos: Mapping[str, Any] = field(default_factory=dict)
    tenant: Mapping[str, Any] = field(default_factory=dict)
    admin: str = "accepts"


ON_THE_WIRE, DOCUMENTED, TOLD, UNCONFIRMED = "recorded", "documented", "told", "unconfirmed"
NO_SOURCE = "none"
GOES_LIVE = "Nothing of it: every step is done, everybody arrives."


def answering(
    name: str, differs: str, mark: str, source: str, seen: str = GOES_LIVE, ends: End = LIVE, **reality: Any
) -> World:
    """A row whose reality is all that differs."""
    return World(name, differs, mark, source, seen, ends, reality)
