"""Every reality that can be rehearsed: `make rehearse WORLD=name`. docs/realities.md is written from this table."""

from __future__ import annotations

from dataclasses import replace

from devtools.worlds.access import ACCESS
from devtools.worlds.synchronization import SYNCHRONIZATION
from devtools.worlds.world import World

AWAITS = {
    "secrets-masked": "our own PUT is believed",
    "secrets-null": "our own PUT is believed",
    "secrets-missing": "our own PUT is believed",
    "secrets-refused": "our own PUT is believed",
    "replaced": "jobs are told apart by when they were made",
    "replaced-blocked": "jobs are told apart by when they were made",
    "replaced-ghost": "a ghost has a sentence",
    "schema-turned": "order does not count",
    "log-without-job": "the log is asked in another way",
    "log-unfiltered": "the log is asked in another way",
    "log-page-once": "a refused page is asked anew",
    "log-refused": "the log is optional",
    "log-refused-silently": "the log is optional",
    "cloud-usgov": "a foreign cloud has a sentence",
    "cloud-china": "a foreign cloud has a sentence",
    "switched-off": "a refused token keeps its reason",
    "conditional-access": "a refused token keeps its reason",
    "foreign-endpoint": "a foreign cloud has a sentence",
    "delegated-only": "a refused token keeps its reason",
    "approved-in-portal": "the tenant is looked at without a callback",
    "callback-lost": "the tenant is looked at without a callback",
    "callback-with-title": "a tail behind the state is borne",
    "log-unreadable": "the log is optional",
}
"""Name of a row → what the product still lacks to end so."""
WORLDS = tuple(replace(row, awaits=AWAITS.get(row.name, "")) for row in (*SYNCHRONIZATION, *ACCESS))


def named(name: str) -> World | None:
    """The row of that name."""
    return next((world for world in WORLDS if world.name == name), None)
