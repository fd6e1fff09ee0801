"""Write docs/realities.md from the table of realities and the sandbox's settings."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from devtools.worlds.table import WORLDS
from devtools.worlds.world import World

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "realities.md"
HEAD = """# What only a real tenant can tell

Written by `python -m devtools.commands.realities` from `devtools/worlds/table.py` and `sandbox/reality/`.

Sources contradict each other about Microsoft's service, and are silent about much; about Haiilo's there are hardly
any. Each row is one reality: how the service may answer, who says so, what a person sees then, and where the customer
ends. `make rehearse WORLD=name` plays one to the whole product and exits with 0 if it ended as its row says;
`WORLD=list` prints the names, `WORLD=all` plays each in a tenant of its own; the suite puts up to eight that go live
into one. Marks: *recorded* on a wire and published, *documented* by Microsoft or by the RFCs, *told* by somebody,
*unconfirmed* where no public source says so.

## Realities
"""
SETTINGS = """
## Settings of the sandbox

How the sandbox may answer (`POST /reality`, `POST /tenants/<id>/reality`, the option `reality` of `POST /tenants`). The
default is in bold.
"""
BELIEVED = """
## Believed without a source

Where no public source says what the service does, and the sandbox has to do something:
"""
Row = Sequence[str]


def main() -> int:
    """Write the page."""
    PAGE.write_text(page())
    return 0


def page() -> str:
    """The whole page."""
    settings = settings_of_the_sandbox()
    heads = ("reality", "what differs", "source", "what a person sees", "ends")
    worlds = table(heads, [_world_row(world) for world in WORLDS])
    known = table(("setting", "question", "answers"), [_setting_row(*each) for each in settings.items()])
    believed = "\n".join(f"- {line}" for line in _believed(settings))
    return "\n".join([HEAD, worlds, SETTINGS, known, BELIEVED, believed, ""])


def settings_of_the_sandbox() -> dict[str, Any]:
    """Name → question, values and default, as the sandbox declares them."""
    command = [sys.executable, "-m", "sandbox.reality"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def table(heads: Row, rows: Sequence[Row]) -> str:
    """In Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _world_row(world: World) -> Row:
    source = world.mark if world.source == "none" else f"{world.mark}: {world.source}"
    return f"`{world.name}`", world.differs, source, world.seen, str(world.ends)


def _setting_row(name: str, setting: Mapping[str, Any]) -> Row:
    answers = "<br>".join(_answer(value, about, setting["value"]) for value, about in setting["values"].items())
    return f"`{name}`", setting["about"], answers


def _answer(value: str, about: Mapping[str, str], default: object) -> str:
    shown = f"**`{value}`**" if value == default else f"`{value}`"
    source = f": {about['source']}" if about["source"] else ""
    return f"{shown} {about['seen']} *({about['mark']}{source})*"


def _believed(settings: Mapping[str, Any]) -> Iterator[str]:
    for name, setting in settings.items():
        now = setting["values"].get(setting["value"])
        if now is not None and now["mark"] == "unconfirmed":
            yield f"`{name}`: {setting['about']} {now['seen']}"


if __name__ == "__main__":
    sys.exit(main())
