"""Every reality that can be rehearsed: `make rehearse WORLD=name`. docs/realities.md is written from this table."""

from __future__ import annotations

from devtools.worlds.access import ACCESS
from devtools.worlds.synchronization import SYNCHRONIZATION
from devtools.worlds.world import World

WORLDS = (*SYNCHRONIZATION, *ACCESS)


def named(name: str) -> World | None:
    """The row of that name."""
    return next((world for world in WORLDS if world.name == name), None)
