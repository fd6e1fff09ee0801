"""The control port's page: the tenants, and for each the switches that make it fail."""

from __future__ import annotations

from flask import render_template

from .. import faults
from ..world import World


def show(world: World) -> str:
    """The whole page; it works without JavaScript."""
    return render_template(
        "control/page.html",
        now=f"{world.clock.stamp():%Y-%m-%d %H:%M} UTC",
        tenants=list(world.tenants.values()),
        faults=faults.registry(),
    )
