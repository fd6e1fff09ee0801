"""The control port's page: the tenants, and for each the switches that make it fail."""

from __future__ import annotations

from markupsafe import Markup

from .. import faults
from ..world import Tenant, World

STYLE = Markup("""
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: .3rem .6rem .3rem 0; vertical-align: top; }
tr { border-bottom: 1px solid #8884; } form { margin: 0; } button { font: inherit; min-width: 7rem; }
.on { font-weight: 700; } summary { cursor: pointer; padding: .4rem 0; }
""")


def show(world: World) -> str:
    """The whole page; works without JavaScript."""
    tenants = Markup("").join(_tenant(each) for each in world.tenants.values())
    nobody = Markup("<p>No tenant yet.</p>")
    return Markup(
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'><title>Sandbox</title>"
        "<style>{style}</style></head><body><h1>Sandbox</h1>"
        "<p>It is {now} here. Each switch makes one tenant fail in one way; the line says what will be seen.</p>"
        "{tenants}</body></html>"
    ).format(style=STYLE, now=f"{world.clock.stamp():%Y-%m-%d %H:%M} UTC", tenants=tenants or nobody)


def _tenant(tenant: Tenant) -> Markup:
    rows = Markup("").join(_row(tenant, key, text) for key, text in faults.known().items())
    on = ", ".join(tenant.switches) or "all well"
    return Markup(
        "<details{open}><summary><strong>{name}</strong> {domain}: {on}</summary><table><thead><tr><th>Switch</th>"
        "<th>What will be seen</th><th></th></tr></thead><tbody>{rows}</tbody></table></details>"
    ).format(
        open=Markup(" open") if tenant.switches else "", name=tenant.name, domain=tenant.domains[0], on=on, rows=rows
    )


def _row(tenant: Tenant, key: str, text: str) -> Markup:
    on = key in tenant.faults
    return Markup(
        "<tr><td class='{css}'>{key}</td><td>{text}</td><td><form method='post' action='/switch'>"
        "<input type='hidden' name='tenant' value='{tenant}'><input type='hidden' name='switch' value='{key}'>"
        "<button name='on' value='{value}' aria-label='{label}'>{button}</button></form></td></tr>"
    ).format(
        css="on" if on else "",
        key=key,
        text=text,
        tenant=tenant.id,
        value="0" if on else "1",
        label=f"{key} at {tenant.name}: {'make well' if on else 'make fail'}",
        button="Make well" if on else "Make fail",
    )
