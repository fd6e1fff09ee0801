"""Every reality that can be rehearsed: `make rehearse WORLD=name`. docs/realities.md is written from this table."""

from __future__ import annotations

from dataclasses import replace

from devtools.worlds.access import ACCESS
from devtools.worlds.synchronization import SYNCHRONIZATION
from devtools.worlds.world import World

AWAITS = {
    "replaced-ghost": "it is told after a quarter of an hour of the wall",
    "replaced-stays": "it is told after a quarter of an hour of the wall",
    "delegated-only": "it is told after a quarter of an hour of the wall",
}
"""Name of a row → what the product still lacks to end so."""
WORLDS = tuple(replace(row, awaits=AWAITS.get(row.name, "")) for row in (*SYNCHRONIZATION, *ACCESS))


def named(name: str) -> World | None:
    """The row of that name."""
    return next((world for world in WORLDS if world.name == name), None)
