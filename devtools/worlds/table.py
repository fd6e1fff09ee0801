"""Every reality that can be rehearsed: `make rehearse WORLD=name`. docs/realities.md is written from this table."""

from __future__ import annotations

from dataclasses import replace

from devtools.worlds.access import ACCESS
from devtools.worlds.synchronization import SYNCHRONIZATION
from devtools.worlds.world import World

AWAITS = {
    "replaced-ghost": "a ghost has a sentence",
    "replaced-stays": "a job that stays has an end",
    "cloud-usgov": "a foreign cloud has a sentence",
    "cloud-china": "a foreign cloud has a sentence",
    "switched-off": "a refused token keeps its reason",
    "conditional-access": "a refused token keeps its reason",
    "foreign-endpoint": "a foreign cloud has a sentence",
    "delegated-only": "a refused token keeps its reason",
    "approved-in-portal": "the tenant is looked at without a callback",
    "callback-lost": "the tenant is looked at without a callback",
    "callback-with-title": "a tail behind the state is borne",
}
"""Name of a row → what the product still lacks to end so."""
WORLDS = tuple(replace(row, awaits=AWAITS.get(row.name, "")) for row in (*SYNCHRONIZATION, *ACCESS))


def named(name: str) -> World | None:
    """The row of that name."""
    return next((world for world in WORLDS if world.name == name), None)
